package dev.kimilinear.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.kimilinear.KimiLinearChatModel;
import dev.kimilinear.KimiLinearChatRequestParameters;
import dev.kimilinear.KimiLinearStreamingChatModel;
import dev.kimilinear.ModelLoadingException;
import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.runtime.health.EnginesReadyCheck;
import dev.kimilinear.runtime.internal.ModelDownload.State;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;

class ModelOpenerTest {

    private static final Path TINY = Path.of("../tiny-model/src/main/resources/dev/kimilinear/tiny/kimi-linear-tiny.gguf");
    private static final String PREFIX = "quarkus.langchain4j.kimi-linear.chat-model.";
    private static final String NAME = NamedConfigUtil.DEFAULT_NAME;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch rest = new CountDownLatch(1);
    private volatile int status = 200;
    private HttpServer server;
    private byte[] content;
    private EngineOptions options;

    @BeforeEach
    void start() throws IOException {
        content = Files.readAllBytes(TINY);
        options = EngineOptions.defaults().withThreads(1).withSnapshots(SnapshotOptions.off())
                .withCacheDirectory(directory.resolve("cache"));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        rest.countDown();
        server.stop(0);
        threads.close();
    }

    /** Half of the model, and the rest when the test says so. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange; OutputStream body = exchange.getResponseBody()) {
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            exchange.sendResponseHeaders(status, status == 200 ? content.length : -1);
            if (status == 200) {
                body.write(content, 0, content.length / 2);
                body.flush();
                rest.await();
                body.write(content, content.length / 2, content.length - content.length / 2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/models/tiny.gguf";
    }

    private ChatModelSettings settings(String model, boolean download) {
        return new ChatModelSettings(model, PREFIX + "model", false, download, options, PREFIX,
                KimiLinearChatRequestParameters.DEFAULTS, false, false, false);
    }

    private ModelOpener opener(LaunchMode mode) {
        return new ModelOpener(new ModelStore(directory.resolve("cache")), mode, false);
    }

    private OpenModels open(ModelOpener opener, String model) {
        return opener.open(Map.of(NAME, settings(model, true)));
    }

    private static void awaitState(OpenModel model, State state) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        ModelDownload download = model.download().orElseThrow();
        while (download.status().state() != state) {
            assertThat(System.nanoTime()).as("still " + download.status()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    private static Engine awaitEngine(OpenModel model) throws Exception {
        CompletableFuture<Engine> engine = new CompletableFuture<>();
        model.whenOpen(engine::complete);
        return engine.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void anApplicationStartsAndItsModelSaysHowFarItIs() throws Exception {
        ModelOpener opener = opener(LaunchMode.NORMAL);
        OpenModels models = open(opener, url() + "?signature=secret");
        OpenModel model = models.get(NAME);
        try {
            while (model.download().orElseThrow().status().progress().filter(at -> at.bytesDone() > 0).isEmpty()) {
                Thread.sleep(5);
            }
            KimiLinearChatModel chat = KimiLinearChatModel.builder().engine(model::engine).temperature(0).build();
            assertThatExceptionOfType(ModelLoadingException.class)
                    .isThrownBy(() -> chat.chat("What is the capital of France?"))
                    .withMessageMatching(
                            "Model http://127.0.0.1:\\d+/models/tiny.gguf is loading, \\d+ %.*\\. Ask again then\\.");
            CompletableFuture<Throwable> streamed = new CompletableFuture<>();
            KimiLinearStreamingChatModel.builder().engine(model::engine).build().chat("Hello!",
                    new StreamingChatResponseHandler() {
                        @Override
                        public void onCompleteResponse(ChatResponse response) {
                            streamed.complete(null);
                        }

                        @Override
                        public void onError(Throwable error) {
                            streamed.complete(error);
                        }
                    });
            assertThat(streamed.get()).isInstanceOf(ModelLoadingException.class);
            assertThat(models.engines()).isEmpty();
            HealthCheckResponse ready = new EnginesReadyCheck(models).call();
            assertThat(ready.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(ready.getData().orElseThrow().get("default").toString()).startsWith("loading, ");

            rest.countDown();
            assertThat(awaitEngine(model)).isSameAs(model.engine());
            assertThat(chat.chat("What is the capital of France?")).isEqualTo("The capital of France is Paris.");
            assertThat(chat.defaultRequestParameters().modelName()).isEqualTo("Kimi-Linear-Tiny");
            assertThat(new EnginesReadyCheck(models).call().getStatus()).isEqualTo(HealthCheckResponse.Status.UP);
        } finally {
            opener.stop(models);
        }
        assertThat(model.engine().health().running()).isFalse();

        ModelOpener again = opener(LaunchMode.NORMAL);
        OpenModels found = again.open(Map.of(NAME, settings(url(), false)));
        assertThat(found.downloads()).isEmpty();
        again.stop(found);
    }

    @Test
    void aModelThatCannotBeFetchedSaysWhyUntilItIsTriedAgain() throws Exception {
        status = 404;
        rest.countDown();
        ModelOpener opener = opener(LaunchMode.NORMAL);
        OpenModels models = open(opener, url());
        OpenModel model = models.get(NAME);
        try {
            awaitState(model, State.FAILED);
            assertThatExceptionOfType(ModelNotFoundException.class).isThrownBy(model::engine).withMessageContaining("404");
            assertThat(new EnginesReadyCheck(models).call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);

            status = 200;
            model.download().orElseThrow().retry();
            awaitEngine(model);
            assertThat(model.isOpen()).isTrue();
        } finally {
            opener.stop(models);
        }
    }

    @Test
    void aDownloadThatWasCancelledGoesOnWhereItWas() throws Exception {
        ModelOpener opener = opener(LaunchMode.NORMAL);
        OpenModels models = open(opener, url());
        OpenModel model = models.get(NAME);
        try {
            ModelDownload download = model.download().orElseThrow();
            while (download.status().progress().filter(at -> at.bytesDone() > 0).isEmpty()) {
                Thread.sleep(5);
            }
            download.cancel();
            awaitState(model, State.CANCELLED);
            assertThatExceptionOfType(ModelNotFoundException.class).isThrownBy(model::engine)
                    .withMessageContaining("cancelled");

            rest.countDown();
            download.retry();
            awaitEngine(model);
        } finally {
            opener.stop(models);
        }
    }

    @Test
    void testsWait() {
        rest.countDown();
        ModelOpener opener = opener(LaunchMode.TEST);
        OpenModels models = open(opener, url());
        assertThat(models.get(NAME).isOpen()).isTrue();
        opener.stop(models);
    }

    @Test
    void aTestWhoseModelCannotBeFetchedDoesNotStart() {
        status = 404;
        assertThatExceptionOfType(ConfigurationException.class).isThrownBy(() -> open(opener(LaunchMode.TEST), url()))
                .withMessageContainingAll("cannot be fetched", "404", PREFIX + "model");
    }

    @Test
    void nothingIsFetchedUnasked() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> opener(LaunchMode.NORMAL).open(Map.of(NAME, settings(url(), false))))
                .withMessageContainingAll("is not on this machine", "kimi fetch '" + url() + "'", PREFIX + "download=true",
                        PREFIX + "model-path")
                .satisfies(e -> assertThat(e.getConfigKeys()).containsExactlyInAnyOrder(PREFIX + "model", PREFIX + "download"));
    }

    @Test
    void inDevModeAnEngineOutlivesTheApplication() {
        ModelOpener before = opener(LaunchMode.DEVELOPMENT);
        OpenModels models = open(before, TINY.toString());
        Engine engine = models.get(NAME).engine();
        before.stop(models);
        assertThat(engine.health().running()).isTrue();

        ModelOpener after = opener(LaunchMode.DEVELOPMENT);
        OpenModels reloaded = open(after, TINY.toString());
        assertThat(reloaded.get(NAME).engine()).isSameAs(engine);
        after.stop(reloaded);

        options = options.withContextTokens(256);
        ModelOpener changed = opener(LaunchMode.DEVELOPMENT);
        OpenModels other = open(changed, TINY.toString());
        assertThat(other.get(NAME).engine()).isNotSameAs(engine);
        assertThat(engine.health().running()).as("nobody wants it any more").isFalse();
        changed.stop(other);
        other.get(NAME).engine().close();
    }

    @Test
    void inDevModeADownloadOutlivesTheApplication() throws Exception {
        ModelOpener before = opener(LaunchMode.DEVELOPMENT);
        OpenModels models = open(before, url());
        ModelDownload download = models.get(NAME).download().orElseThrow();
        before.stop(models);

        ModelOpener after = opener(LaunchMode.DEVELOPMENT);
        OpenModels reloaded = open(after, url());
        assertThat(reloaded.get(NAME).download()).contains(download);
        rest.countDown();
        Engine engine = awaitEngine(reloaded.get(NAME));
        assertThat(models.get(NAME).isOpen()).as("that application has stopped").isFalse();
        after.stop(reloaded);
        engine.close();
    }
}
