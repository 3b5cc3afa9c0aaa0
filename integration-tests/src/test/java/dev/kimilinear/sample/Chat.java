package dev.kimilinear.sample;

import static io.restassured.RestAssured.given;

import java.util.Map;
import java.util.UUID;

import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;

/** One conversation with the application, as a client has it. */
final class Chat {

    /** The embedded model answers this with the same letter until the context is full. */
    static final String ENDLESS = "a".repeat(200);

    final String session = UUID.randomUUID().toString();

    /** The answer, expected to be there. */
    String say(String message) {
        return post(message).statusCode(200).extract().path("answer");
    }

    ValidatableResponse post(String message) {
        return given().contentType(ContentType.JSON).body(Map.of("session", session, "message", message))
                .post("/api/chat").then();
    }

    EventStream stream(String message) throws Exception {
        return EventStream.open(session, message);
    }

    void end() {
        given().delete("/api/chat/" + session).then().statusCode(204);
    }
}
