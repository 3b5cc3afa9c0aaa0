package dev.kimilinear.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The web page of the packaged application in a real browser. */
@QuarkusIntegrationTest
@Tag("browser")
class PageIT {

    @TestHTTPResource("/")
    URI page;

    private static Browser browser;

    @BeforeAll
    static void startTheBrowser() throws Exception {
        browser = new Browser();
    }

    @BeforeEach
    void openThePage() throws Exception {
        browser.open(page);
    }

    @AfterEach
    void nothingWentWrongInThePage() {
        assertThat(browser.complaints()).isEmpty();
    }

    @AfterAll
    static void endTheBrowser() throws Exception {
        browser.close();
    }

    @Test
    void theModelIsNamed() throws Exception {
        browser.await("document.getElementById('model').textContent === 'Kimi-Linear-Tiny'");
    }

    @Test
    void anAnswerIsShownBelowItsQuestion() throws Exception {
        send("What is the capital of France?");
        awaitAnswer("The capital of France is Paris.");
        assertThat(browser.text("article.user p")).isEqualTo("What is the capital of France?");
        assertThat(browser.eval("document.getElementById('message').value").asText()).isEmpty();
    }

    @Test
    void anAnswerGrowsUntilItIsStoppedAndTheModelIsFreeAtOnce() throws Exception {
        send(Chat.ENDLESS);
        browser.await(lastAnswer() + ".innerText.length > 100");
        int length = browser.eval(lastAnswer() + ".innerText.length").asInt();
        browser.await(lastAnswer() + ".innerText.length > " + length);
        browser.click("#stop");
        browser.await(lastAnswer() + ".innerText.endsWith('stopped')");
        assertThat(browser.eval("document.getElementById('stop').hidden").asBoolean()).isTrue();

        browser.click("#new");
        send("Hello!");
        awaitAnswer("Hello! How can I help you?");
    }

    @Test
    void aNewConversationKnowsNothingOfTheLastOne() throws Exception {
        send("My name is Anna.");
        awaitAnswer("Nice to meet you, Anna!");
        send("What is my name?");
        awaitAnswer("Your name is Anna.");

        browser.click("#new");
        assertThat(browser.eval("document.querySelectorAll('article').length").asInt()).isZero();
        send("What is my name?");
        awaitAnswer("I do not know your name yet.");
    }

    @Test
    void shiftAndEnterStartALineAndEnterSends() throws Exception {
        browser.click("#message");
        browser.type("Hello");
        browser.pressEnter(true);
        browser.type("there");
        assertThat(browser.eval("document.getElementById('message').value").asText()).isEqualTo("Hello\nthere");
        browser.pressEnter(false);
        browser.await("document.querySelector('article.user')");
        assertThat(browser.text("article.user p")).isEqualTo("Hello\nthere");
        browser.await("document.querySelector('#send:enabled')");
    }

    @Test
    void markupIsTextAndMarkdownIsFormatted() throws Exception {
        browser.eval("window.alerts = 0; window.alert = () => window.alerts++;");
        send("Hello <script>alert(1)</script> <img src=x onerror=alert(2)>\n\n**bold** and `a < b`\n\n"
                + "```\n<b>one</b>\n\n  two\n```");
        awaitAnswer("");
        assertThat(browser.text("article.user p")).isEqualTo("Hello <script>alert(1)</script> <img src=x onerror=alert(2)>");
        assertThat(browser.text("article.user strong")).isEqualTo("bold");
        assertThat(browser.text("article.user p code")).isEqualTo("a < b");
        assertThat(browser.text("article.user pre")).isEqualTo("<b>one</b>\n\n  two");
        assertThat(browser.eval("document.querySelectorAll('#log script, #log img, #log b').length").asInt()).isZero();
        assertThat(browser.eval("window.alerts").asInt()).isZero();
    }

    @Test
    void aMessageThatDoesNotFitIsReportedAndGivenBack() throws Exception {
        String message = ChatTest.bytes(10_240);
        send(message);
        browser.await("!document.getElementById('error').hidden");
        assertThat(browser.text("#error")).contains("the context is 8,192");
        assertThat(browser.eval("document.getElementById('message').value").asText()).isEqualTo(message.strip());
        assertThat(browser.eval("document.querySelectorAll('article').length").asInt()).isZero();
    }

    @Test
    void everyFieldHasALabelAndTheKeyboardStartsInTheMessage() throws Exception {
        assertThat(browser.eval("document.activeElement.id").asText()).isEqualTo("message");
        assertThat(browser.eval("document.getElementById('message').labels[0].innerText").asText()).isEqualTo("Message");
        assertThat(browser.eval("[...document.querySelectorAll('button')].every(b => b.textContent.trim() !== '')")
                .asBoolean()).isTrue();
        assertThat(browser.eval("document.documentElement.lang").asText()).isEqualTo("en");
    }

    @Test
    void thePageIsDrawnInLightAndInDark() throws Exception {
        browser.await("document.getElementById('model').textContent !== ''");
        send("Tell me a story.");
        awaitAnswer("Once upon a time");
        for (String colours : List.of("light", "dark")) {
            browser.prefer(colours);
            Picture picture = browser.screenshot(Path.of("target", "screenshots", "page-" + colours + ".png"));
            assertThat(picture.colours()).as("colours on the page").isGreaterThan(50);
            assertThat(picture.isDark()).as(colours).isEqualTo(colours.equals("dark"));
        }
    }

    private void send(String message) throws Exception {
        browser.click("#message");
        browser.type(message);
        browser.pressEnter(false);
    }

    /** Waits for the end of the answer under way; it must begin so. */
    private void awaitAnswer(String begin) throws Exception {
        browser.await(lastAnswer() + " && !" + lastAnswer() + ".hasAttribute('aria-busy')");
        assertThat(browser.eval(lastAnswer() + ".querySelector('p').innerText").asText()).startsWith(begin);
    }

    private static String lastAnswer() {
        return "document.querySelector('article.assistant:last-child')";
    }
}
