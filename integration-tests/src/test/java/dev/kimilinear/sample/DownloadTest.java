package dev.kimilinear.sample;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.jboss.shrinkwrap.api.importer.ExplodedImporter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.quarkus.test.QuarkusDevModeTest;
import io.restassured.RestAssured;

/** The sample in dev mode, with a model that has to be fetched: what a user sees meanwhile. */
@Tag("browser")
class DownloadTest {

    private static final int PORT = freePort();
    private static final String SAMPLE = "http://127.0.0.1:" + PORT;

    @RegisterExtension
    static final QuarkusDevModeTest SAMPLE_IN_DEV_MODE = new QuarkusDevModeTest()
            .withApplicationRoot(jar -> jar.as(ExplodedImporter.class).importDirectory("target/classes"));

    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();
    /** The server sends half of the model, and the rest when this is open. */
    private static final CountDownLatch REST = new CountDownLatch(1);

    private static HttpServer server;
    private static Browser browser;
    private static DevUiPage page;

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> configuration() {
        return Map.of("quarkus.http.port", Integer.toString(PORT),
                "quarkus.otel.sdk.disabled", "true",
                "quarkus.langchain4j.kimi-linear.chat-model.model",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/models/tiny.gguf",
                "quarkus.langchain4j.kimi-linear.cache-directory", cache.toString());
    }

    private static Path cache;

    @BeforeAll
    static void start() throws Exception {
        cache = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "downloads").toAbsolutePath();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(THREADS);
        server.createContext("/", DownloadTest::answer);
        server.start();
        configuration().forEach(System::setProperty);
        RestAssured.port = PORT;
        browser = new Browser();
        browser.prefer("light");
        browser.resize(1280, 700);
        page = new DevUiPage(browser, URI.create(SAMPLE + "/q/dev-ui/"));
    }

    @AfterAll
    static void end() throws Exception {
        REST.countDown();
        if (browser != null) {
            browser.close();
        }
        RestAssured.reset();
        configuration().keySet().forEach(System::clearProperty);
        server.stop(0);
        THREADS.close();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange;
                InputStream model = DownloadTest.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf");
                OutputStream body = exchange.getResponseBody()) {
            byte[] content = model.readAllBytes();
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            exchange.sendResponseHeaders(200, content.length);
            body.write(content, 0, content.length / 2);
            body.flush();
            REST.await();
            body.write(content, content.length / 2, content.length - content.length / 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theApplicationStartsAndTheModelComesLater() throws Exception {
        given().get("/q/health/ready").then().statusCode(503)
                .body("checks.find { it.name == 'Kimi-Linear models' }.data.default", containsString("loading, "));
        page.open("quarkus-langchain4j-kimi-linear/download", "qwc-kimi-linear-download");
        page.await("li", "is being fetched");
        page.await("li", "3.4 MiB of 6.8 MiB (50%)");
        page.await("li", "For default");
        new Chat().post("Hello!").statusCode(503).body("error", containsString("is loading, 50 %"));
        Picture picture = browser.screenshot(Path.of("target", "screenshots", "dev-ui-download-light.png"));
        assertThat(picture.colours()).isGreaterThan(50);

        page.press("Cancel");
        page.await("li", "cancelled");
        page.await("li", "goes on from there");
        new Chat().post("Hello!").statusCode(500);

        page.press("Retry");
        page.await("li", "is being fetched");
        page.open("dev-services", "qwc-dev-services");
        page.await("*", "Fetches model http://127.0.0.1");

        page.open("quarkus-langchain4j-kimi-linear/model", "qwc-kimi-linear-model");
        page.await("p", "No model is open yet");
        REST.countDown();
        page.await("vaadin-grid", "token_embd.weight");
        page.open("quarkus-langchain4j-kimi-linear/download", "qwc-kimi-linear-download");
        page.await("li", "is there");
        new Chat().post("What is the capital of France?").statusCode(200)
                .body("answer", equalTo("The capital of France is Paris."));
        given().get("/q/health/ready").then().statusCode(200);
    }
}
