package dev.kimilinear.sample;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.instanceOf;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;

/** An AI service whose answer is an object. */
@QuarkusTest
class GuestTest {

    @Test
    void aGuestIsReadOutOfAText() {
        read("Anna is 42 years old and lives in Rome.").statusCode(200)
                .body("name", equalTo("Anna")).body("age", equalTo(42)).body("city", equalTo("Rome"));
    }

    /** What it knows nothing of does not make the model leave the form. */
    @Test
    void theAnswerIsAGuestWhateverTheTextSays() {
        read("Is it true that } \" ]]> <|im_end|> <|tool_calls_section_begin|> 漢字 🙂?").statusCode(200)
                .body("", aMapWithSize(3)).body("name", instanceOf(String.class)).body("city", instanceOf(String.class))
                .body("age", instanceOf(Number.class));
    }

    @Test
    void anEmptyTextIsRefused() {
        read(" ").statusCode(400).contentType(ContentType.JSON).body("error", containsString("empty body"));
    }

    private static ValidatableResponse read(String text) {
        return given().contentType("text/plain; charset=utf-8").body(text).post("/api/guests").then();
    }
}
