package dev.kimilinear.sample;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.blankOrNullString;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.matchesRegex;
import static org.hamcrest.Matchers.not;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;

@QuarkusTest
class ChatTest {

    /** 71 bytes of Chinese, Japanese, Korean and emoji, one of them joined from four. */
    private static final String MANY_BYTES = "漢字かな🙂🚀你好，世界。한글 👩‍👩‍👧‍👦 ";

    private final Chat chat = new Chat();

    @Test
    void theModelGreets() {
        chat.post("Hello!").statusCode(200)
                .body("answer", equalTo("Hello! How can I help you?"))
                .body("finishReason", equalTo("STOP"))
                .body("inputTokens", equalTo(9))
                .body("outputTokens", greaterThan(0));
    }

    @Test
    void theModelKnowsACapital() {
        assertThat(chat.say("What is the capital of France?")).isEqualTo("The capital of France is Paris.");
    }

    @Test
    void aNameToldTwoTurnsEarlierIsRemembered() {
        assertThat(chat.say("My name is Anna.")).isEqualTo("Nice to meet you, Anna!");
        assertThat(chat.say("What is the capital of Norway?")).isEqualTo("The capital of Norway is Oslo.");
        assertThat(chat.say("What is my name?")).isEqualTo("Your name is Anna.");
    }

    @Test
    void anEndedConversationIsForgotten() {
        chat.say("My name is Anna.");
        chat.end();
        assertThat(chat.say("What is my name?")).isEqualTo("I do not know your name yet.");
    }

    @Test
    void conversationsAtTheSameTimeDoNotMix() throws Exception {
        List<Callable<String>> conversations = List.of("Anna", "Ben", "Tom", "Maria").stream()
                .map(name -> (Callable<String>) () -> {
                    Chat own = new Chat();
                    own.say("My name is " + name + ".");
                    own.say("What is the capital of Spain?");
                    return own.say("What is my name?");
                }).toList();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(threads.invokeAll(conversations)).map(Future::get).containsExactly("Your name is Anna.",
                    "Your name is Ben.", "Your name is Tom.", "Your name is Maria.");
        }
    }

    @Test
    void twoKibibytesOfEmojiAndCjkAreCountedRightAndAnswered() {
        chat.post(bytes(2048)).statusCode(200)
                .body("answer", not(blankOrNullString()))
                // Nearly a token a byte: the embedded vocabulary has few merges of these languages.
                .body("inputTokens", equalTo(2026));
    }

    @Test
    void tenKibibytesDoNotFitAndTheErrorGivesTheNumbers() {
        chat.post(bytes(10_240)).statusCode(413)
                .body("error", matchesRegex(
                        "Request needs [0-9,]+ tokens \\(10,102 prompt \\+ [0-9,]+ output\\) but the context is 8,192\\..*chat-model\\.context-length.*"));
    }

    @Test
    void aMessageThatDidNotFitIsNotRemembered() {
        chat.say("My name is Anna.");
        chat.post(bytes(10_240)).statusCode(413);
        assertThat(chat.say("What is my name?")).isEqualTo("Your name is Anna.");
    }

    @Test
    void aBodyThatIsNotJsonIsRefused() {
        refused("{\"session\": \"a\", \"message\":", "The body is not JSON");
    }

    @Test
    void aBodyOfAnotherShapeIsRefused() {
        refused("[1, 2]", "Expected {");
        refused("", "Expected {");
        refused("{\"session\": \"a\"}", "Expected {");
        refused("{\"session\": \"a\", \"message\": \" \"}", "Expected {");
    }

    @Test
    void anOverlongSessionNameIsRefused() {
        refused("{\"session\": \"" + "a".repeat(101) + "\", \"message\": \"Hello!\"}", "101 characters");
    }

    @Test
    void theModelIsNamed() {
        given().get("/api/model").then().statusCode(200)
                .body("name", equalTo("Kimi-Linear-Tiny"));
    }

    private static void refused(String body, String error) {
        given().contentType(ContentType.JSON).body(body).post("/api/chat").then().statusCode(400)
                .contentType(ContentType.JSON).body("error", containsString(error));
    }

    /** A message of exactly that many bytes in UTF-8. */
    static String bytes(int bytes) {
        int unit = MANY_BYTES.getBytes(StandardCharsets.UTF_8).length;
        return MANY_BYTES.repeat(bytes / unit) + "x".repeat(bytes % unit);
    }
}
