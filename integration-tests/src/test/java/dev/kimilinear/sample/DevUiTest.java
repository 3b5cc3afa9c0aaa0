package dev.kimilinear.sample;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jboss.shrinkwrap.api.importer.ExplodedImporter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.quarkus.test.QuarkusDevModeTest;
import io.restassured.RestAssured;

/**
 * The pages of the sample's Dev UI in a real browser, in the order of a visit. The light ones of the screenshots that
 * this leaves in {@code target/screenshots} are those of the documentation.
 */
@Tag("browser")
class DevUiTest {

    private static final int PORT = freePort();
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 900;
    private static final String ALTERNATIVES = "table[aria-label='The most probable tokens here']";

    @RegisterExtension
    static final QuarkusDevModeTest SAMPLE_IN_DEV_MODE = new QuarkusDevModeTest()
            .withApplicationRoot(jar -> jar.as(ExplodedImporter.class).importDirectory("target/classes"));

    /** What is configured for the sample, and for nothing else that this JVM runs. */
    private static final Map<String, String> CONFIGURATION = Map.of("quarkus.http.port", Integer.toString(PORT),
            "quarkus.otel.sdk.disabled", "true");

    private static final String PROVIDER_OF_SECOND = "quarkus.langchain4j.second.chat-model.provider";

    private static Browser browser;
    private static DevUiPage page;

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        CONFIGURATION.forEach(System::setProperty);
        RestAssured.port = PORT;
        browser = new Browser();
        browser.prefer("light");
        browser.resize(WIDTH, HEIGHT);
        page = new DevUiPage(browser, URI.create("http://127.0.0.1:" + PORT + "/q/dev-ui/"));
    }

    @AfterAll
    static void end() throws Exception {
        if (browser != null) {
            browser.close();
        }
        RestAssured.reset();
        CONFIGURATION.keySet().forEach(System::clearProperty);
        System.clearProperty(PROVIDER_OF_SECOND);
    }

    /** One start of the application for all. */
    @TestFactory
    Stream<DynamicTest> visit() {
        return Stream.of(
                step("the card has its pages and names the model", this::theCardHasItsPages),
                step("the model's page shows what it consists of", this::theModelIsDescribed),
                step("an answer is streamed token by token with alternatives", this::anAnswerShowsItsTokens),
                step("a conversation goes on in another way from any message", this::aConversationForks),
                step("the prompt is shown as the model reads it", this::thePromptIsShown),
                step("an answer follows parameters and a schema", this::anAnswerFollowsParametersAndASchema),
                step("what is wrong is said on the page", this::whatIsWrongIsSaid),
                step("an answer is stopped", this::anAnswerIsStopped),
                step("what the application asks is seen while it runs", this::activityIsLive),
                step("nothing is fetched", this::nothingIsFetched),
                step("LangChain4j's own chat page streams, remembers and calls tools", this::langChain4jChats),
                step("after a live reload there is another model to choose", this::aSecondModelComesWithALiveReload));
    }

    private static DynamicTest step(String name, Executable step) {
        return DynamicTest.dynamicTest(name, () -> {
            step.execute();
            assertThat(browser.complaints()).isEmpty();
        });
    }

    private void theCardHasItsPages() throws Exception {
        page.open("extensions", "qwc-extensions");
        page.await("qwc-extension-link", "Kimi-Linear-Tiny");
        for (String title : List.of("Model", "Activity", "Playground", "Download")) {
            page.await("qwc-extension-link", title);
        }
        page.awaitThat("img[src*='kimi-linear-light']", "it.naturalWidth > 0");
    }

    private void theModelIsDescribed() throws Exception {
        open("model");
        page.await("vaadin-grid", "token_embd.weight");
        assertThat(page.text(".facts"))
                .containsPattern("Parameters [1-9],\\d{3},\\d{3} Fingerprint [0-9a-f]{64} Context 8,192 tokens");
        assertThat(page.text(".layers")).isEqualTo("0 KDA dense 1 KDA 2 of 24 2 MLA 2 of 24 3 KDA 2 of 24 4 MLA 2 of 24");
        assertThat(page.text("table:has(.bar)")).containsPattern("Weights in mapped files \\d\\.\\d MiB");
        // Not the folders of whoever runs the test.
        page.of(".facts dd:nth-of-type(1)", "it.lastChild.data = it.lastChild.data.replace(/.*\\//, '/models/')");
        pictures("model", 1080);
        page.fill("vaadin-text-field", "output_norm");
        page.await("vaadin-text-field", "1 of ");
    }

    private void anAnswerShowsItsTokens() throws Exception {
        open("playground");
        ask("What is the capital of France?");
        assertThat(answer()).isEqualTo("The capital of France is Paris.");
        assertThat(page.text(".remark")).startsWith("Ended by itself after").contains(" a second)");
        page.pointAt(".token", "capital");
        assertThat(page.of(ALTERNATIVES, "it.rows.length").asInt()).isEqualTo(5);
        assertThat(page.text(ALTERNATIVES + " .chosen")).endsWith("capital");
    }

    private void aConversationForks() throws Exception {
        page.click("article.USER vaadin-button", "Fork");
        page.await("[aria-pressed=true]", "Branch 2");
        assertThat(page.count("article")).isEqualTo(1);
        page.click("article.USER vaadin-button", "Edit");
        page.fill("article vaadin-text-area", "What is the capital of Italy?");
        page.press("Save");
        page.click("article.USER vaadin-button", "Answer from here");
        assertThat(answer()).isEqualTo("The capital of Italy is Rome.");

        page.press("Branch 1");
        page.await("article.USER", "France");
        assertThat(answer()).isEqualTo("The capital of France is Paris.");
    }

    private void thePromptIsShown() throws Exception {
        page.press("Prompt as the model reads it");
        page.await(".control", "<|im_user|>");
        page.await(".token", "capital");
        pictures("prompt", 700);
        assertThat(page.text("p")).containsPattern("[1-9]\\d tokens, of 8,192");
        page.press("Conversation");
    }

    private void anAnswerFollowsParametersAndASchema() throws Exception {
        page.press("New branch");
        page.fill("[label='Most tokens']", "3");
        ask("What is the capital of Spain?");
        assertThat(answer()).isEqualTo("The capital of");
        assertThat(page.text(".remark")).startsWith("Cut at the most tokens").contains(": 3 tokens");
        page.press("Back to the model's defaults");

        page.press("New branch");
        page.choose("[label='Form of the answer']", "JSON schema");
        page.fill("[label=Schema]", """
                {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, \
                "required": ["name", "age"], "additionalProperties": false}""");
        ask("Anna is 42 years old and lives in Rome.");
        assertThat(new ObjectMapper().readTree(answer()))
                .isEqualTo(new ObjectMapper().readTree("{\"name\": \"Anna\", \"age\": 42}"));
        page.pointAt(".token", "age");
        page.await(ALTERNATIVES, "");
        pictures("playground", 1000);
    }

    private void whatIsWrongIsSaid() throws Exception {
        page.fill("[label=Schema]", "{");
        ask("Hello!");
        page.await("article .error", "The JSON schema is no JSON");
        page.choose("[label='Form of the answer']", "Text");

        page.press("New branch");
        page.fill("[label='Top p']", "2");
        ask("Hello!");
        page.await("[label='Top p']", "Expected 0 to 1");
        assertThat(page.count("article")).isZero();
        page.press("Back to the model's defaults");

        ask(ChatTest.bytes(10_240));
        page.await("article .error", "the context is 8,192");
    }

    private void anAnswerIsStopped() throws Exception {
        page.press("New branch");
        ask(Chat.ENDLESS);
        page.awaitThat("kimi-linear-tokens", "it.count > 50");
        page.press("Stop");
        page.await(".remark", "Stopped after");
    }

    private void activityIsLive() throws Exception {
        open("activity");
        page.await(".requests", "Nothing runs.");
        try (EventStream stream = new Chat().stream(Chat.ENDLESS)) {
            assertThat(stream.status()).isEqualTo(200);
            page.await(".requests td", "writes its answer");
            page.await(".gauge", "In work 1");
            page.awaitThat("polyline", "new Set([...it.points].map(point => point.y)).size > 2");
            page.awaitThat("canvas", "it.getContext('2d').getImageData(0, 0, it.width, it.height).data.some(byte => byte > 0)");
            pictures("activity", 750);
        }
        page.await(".requests", "Nothing runs.");
        assertThat(page.text(".requests")).containsPattern("cancelled: [1-9]");
        page.of("canvas", "it.focus()");
        browser.press("ArrowRight");
        page.await(".tooltip", "Layer 1, expert 0: ");
    }

    private void nothingIsFetched() throws Exception {
        open("download");
        page.await("[role=status]", "Nothing is fetched: the files of all models were on this machine");
    }

    private void langChain4jChats() throws Exception {
        page.open("quarkus-langchain4j-core/chat", "qwc-chat");
        page.press("Settings");
        page.click("vaadin-checkbox", "Enable Retrieval");
        page.click("vaadin-checkbox", "Enable Streaming Chat");
        browser.press("Escape");
        say("My name is Anna.");
        page.await("vaadin-message", "Nice to meet you, Anna!");
        say("What is my name?");
        page.await("vaadin-message", "Your name is Anna.");
        say("What is the weather in Rome?");
        page.await("vaadin-message", "Tool execution result");
        page.await("vaadin-message", "The weather in Rome is");
        page.press("New conversation");
        say(Chat.ENDLESS);
        page.awaitThat("vaadin-message", "devUi.text(it).length > 100");
        int length = page.text("vaadin-message").length();
        page.awaitThat("vaadin-message", "devUi.text(it).length > " + length);
    }

    private void aSecondModelComesWithALiveReload() throws Exception {
        open("playground");
        page.await("[label='Top k']", "");
        page.fill("[label='Top k']", "7");
        System.setProperty(PROVIDER_OF_SECOND, "kimi-linear");
        SAMPLE_IN_DEV_MODE.addSourceFile(SecondModel.class);
        when().get("/api/model").then().statusCode(200);
        page.choose("[label=Model]", "second");
        ask("What is the capital of France?");
        assertThat(answer()).isEqualTo("The capital of France is Paris.");
    }

    private void open(String name) throws Exception {
        page.open("quarkus-langchain4j-kimi-linear/" + name, "qwc-kimi-linear-" + name);
    }

    /** Sends a message in the playground. */
    private void ask(String message) throws Exception {
        page.fill("[label=Message]", message);
        browser.pressEnter(false);
    }

    /** The answer in the playground, once it is complete, without the token of its end. */
    private String answer() throws Exception {
        page.awaitThat("[role=log]", "it.ariaBusy === 'false'");
        return page.of("kimi-linear-tokens", "it.tokens.map(token => token.text).join('')").asText().replace("<|im_end|>", "");
    }

    /** Sends a message in LangChain4j's chat. */
    private void say(String message) throws Exception {
        page.fill("vaadin-text-area", message);
        browser.pressEnter(false);
    }

    /** Pictures of the page in both themes. */
    private void pictures(String name, int height) throws Exception {
        browser.resize(WIDTH, height);
        for (String colours : List.of("light", "dark")) {
            browser.prefer(colours);
            browser.await("matchMedia('(prefers-color-scheme: " + colours + ")').matches");
            Picture picture = browser.screenshot(Path.of("target", "screenshots", "dev-ui-" + name + "-" + colours + ".png"));
            assertThat(picture.width()).isEqualTo(WIDTH);
            assertThat(picture.height()).isEqualTo(height);
            assertThat(picture.colours()).as("colours on the page").isGreaterThan(100);
            assertThat(picture.isDark()).as(colours).isEqualTo(colours.equals("dark"));
        }
        browser.prefer("light");
        browser.resize(WIDTH, HEIGHT);
    }
}
