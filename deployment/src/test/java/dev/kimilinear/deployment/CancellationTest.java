package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.inject.Inject;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.kimilinear.KimiLinearStreamingChatModel;
import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Prompt;
import io.quarkiverse.langchain4j.ModelBuilderCustomizer;
import io.quarkiverse.langchain4j.RegisterAiService;
import io.quarkiverse.langchain4j.runtime.aiservice.ChatEvent;
import io.quarkus.test.QuarkusUnitTest;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;

/** A cancelled {@code Multi} frees the engine, also before the first token. */
class CancellationTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Path TINY = Path.of("../tiny-model/src/main/resources/dev/kimilinear/tiny/kimi-linear-tiny.gguf");

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withApplicationRoot(jar -> jar.addClasses(Assistant.class, TestEngine.class, Customizer.class));

    @RegisterAiService
    interface Assistant {

        Multi<String> stream(String question);

        Multi<ChatEvent> events(String question);
    }

    /** The engine of the models under test, for its figures: a request beside another one waits. */
    @ApplicationScoped
    static class TestEngine {

        final Engine engine = Engine.open(TINY, EngineOptions.defaults().withParallelSequences(1));

        Engine engine() {
            return engine;
        }
    }

    @ApplicationScoped
    static class Customizer implements ModelBuilderCustomizer<KimiLinearStreamingChatModel.Builder> {

        @Inject
        TestEngine engine;

        @Override
        public void customize(KimiLinearStreamingChatModel.Builder builder) {
            builder.engine(engine.engine());
        }
    }

    @Inject
    Assistant assistant;

    @Inject
    TestEngine test;

    private Generation busy;

    /** Fills the whole context with a text that does not end by itself, so that every other request waits. */
    private void occupyTheEngine() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        busy = test.engine().submit(
                GenerationRequest.of(new Prompt.Text("one")).withIgnoreEndOfGeneration(true),
                new GenerationListener() {
                    @Override
                    public void onText(String text) {
                        started.countDown();
                    }

                    @Override
                    public void onComplete(GenerationResult result) {
                    }

                    @Override
                    public void onError(Throwable error) {
                    }
                });
        assertThat(started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @AfterEach
    void free() {
        if (busy != null) {
            busy.cancel();
        }
        await(() -> test.engine().stats().active() == 0 && test.engine().stats().queued() == 0);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting after %s", PATIENCE).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    @ActivateRequestContext
    void aMultiThatIsCancelledAfterItsFirstPieceStopsTheGeneration() {
        long cancelled = test.engine().stats().cancelled();

        String first = assistant.stream("What is the capital of France?").select().first().toUni().await().atMost(PATIENCE);

        assertThat(first).isNotEmpty();
        await(() -> test.engine().stats().cancelled() == cancelled + 1);
    }

    @Test
    @ActivateRequestContext
    void aMultiThatIsCancelledWhileItWaitsLeavesTheQueue() throws Exception {
        occupyTheEngine();
        long cancelled = test.engine().stats().cancelled();
        AtomicInteger heard = new AtomicInteger();

        Cancellable subscription = assistant.stream("What is the capital of France?").subscribe()
                .with(item -> heard.incrementAndGet(), error -> heard.incrementAndGet(), heard::incrementAndGet);
        await(() -> test.engine().stats().queued() == 1);
        subscription.cancel();

        await(() -> test.engine().stats().cancelled() == cancelled + 1);
        assertThat(test.engine().stats().queued()).isZero();
        assertThat(busy.status()).isEqualTo(Generation.Status.RUNNING);
        assertThat(heard).hasValue(0);
    }

    @Test
    @ActivateRequestContext
    void subscribersSeeNothingOfTheEarlyHandle() {
        var events = assistant.events("What is the capital of France?").collect().asList().await().atMost(PATIENCE);

        assertThat(events).extracting(ChatEvent::getEventType)
                .containsOnly(ChatEvent.ChatEventType.PartialResponse, ChatEvent.ChatEventType.Completed);
    }

    @Test
    void theHandleOfAStartedStreamCancelsWhileItWaits() throws Exception {
        occupyTheEngine();
        KimiLinearStreamingChatModel model = KimiLinearStreamingChatModel.builder().engine(test.engine()).build();
        CompletableFuture<Object> heard = new CompletableFuture<>();

        var handle = model.start(dev.langchain4j.model.chat.request.ChatRequest.builder()
                .messages(dev.langchain4j.data.message.UserMessage.from("What is the capital of France?")).build(),
                new dev.langchain4j.model.chat.response.StreamingChatResponseHandler() {
                    @Override
                    public void onCompleteResponse(dev.langchain4j.model.chat.response.ChatResponse completeResponse) {
                        heard.complete(completeResponse);
                    }

                    @Override
                    public void onError(Throwable error) {
                        heard.complete(error);
                    }
                });
        await(() -> test.engine().stats().queued() == 1);
        handle.cancel();
        handle.cancel();

        await(() -> test.engine().stats().queued() == 0);
        assertThat(handle.isCancelled()).isTrue();
        assertThat(busy.status()).isEqualTo(Generation.Status.RUNNING);
        assertThat(heard).isNotDone();
    }
}
