package org.acme;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.is;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;

/** On the embedded model, which always gives the same answer at temperature 0. */
@QuarkusTest
class ChatResourceTest {

    @Test
    void theModelKnowsACapital() {
        given().contentType(ContentType.TEXT).body("What is the capital of France?")
                .when().post("/chat")
                .then().statusCode(200).body(is("The capital of France is Paris."));
    }
}
