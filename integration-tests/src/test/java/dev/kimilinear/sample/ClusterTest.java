package dev.kimilinear.sample;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.sample.EventStream.Event;
import dev.kimilinear.sample.OpenAiServer.Asked;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;

/** The sample in its profile "cluster": the same AI services, and the model on a server elsewhere. */
@QuarkusTest
@TestProfile(ClusterTest.Cluster.class)
class ClusterTest {

    /** Whoever opened a model in this profile would not start. */
    private static final String NO_MODEL = "no/such/file.gguf";
    private static final Path NO_CACHE = Path.of("target/cache-of-the-cluster-test").toAbsolutePath();

    public static class Cluster implements QuarkusTestProfile {

        @Override
        public String getConfigProfile() {
            return "cluster";
        }

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.langchain4j.kimi-linear.chat-model.model-path", NO_MODEL,
                    "quarkus.langchain4j.kimi-linear.cache-directory", NO_CACHE.toString());
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(OpenAiServer.class));
        }
    }

    /** Comes from the test resource. */
    OpenAiServer server;

    @Inject
    Instance<Engine> engines;

    private final Chat chat = new Chat();

    @Test
    void theServerAnswers() {
        server.say("The capital of France ", "is Paris.");
        chat.post("What is the capital of France?").statusCode(200)
                .body("answer", equalTo("The capital of France is Paris."))
                .body("finishReason", equalTo("STOP"))
                .body("inputTokens", equalTo(OpenAiServer.INPUT_TOKENS))
                .body("outputTokens", equalTo(OpenAiServer.OUTPUT_TOKENS));

        assertThat(server.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.messages()).containsExactly("user: What is the capital of France?");
            assertThat(asked.body().path("model").asText()).isEqualTo("kimi-linear");
            assertThat(asked.authorization()).isEqualTo("Bearer " + OpenAiServer.API_KEY);
        });
    }

    @Test
    void theNextRequestHasTheConversationSoFar() throws Exception {
        server.say("Nice to meet you, Anna!");
        chat.say("My name is Anna.");
        try (EventStream stream = chat.stream("Hello!")) {
            stream.rest();
        }
        chat.say("What is my name?");

        assertThat(server.asked()).extracting(Asked::messages).last().isEqualTo(List.of(
                "user: My name is Anna.", "assistant: Nice to meet you, Anna!",
                "user: Hello!", "assistant: Nice to meet you, Anna!",
                "user: What is my name?"));
    }

    @Test
    void piecesArriveWhileTheServerStillWrites() throws Exception {
        server.say("Once ", "upon ", "a time.");
        CountDownLatch release = server.holdBehindTheFirstPiece();
        try (EventStream stream = chat.stream("Tell me a story.")) {
            assertThat(stream.next().text()).isEqualTo("Once ");
            release.countDown();
            List<Event> rest = stream.rest();
            assertThat(rest).extracting(Event::text).startsWith("upon ", "a time.");
            assertThat(rest.getLast().name()).isEqualTo("done");
        }
    }

    @Test
    void anObjectIsAskedForByItsSchema() {
        server.say("{\"name\": \"Anna\", \"age\": 42, \"city\": \"Rome\"}");
        given().contentType("text/plain").body("Anna is 42 years old and lives in Rome.").post("/api/guests").then()
                .statusCode(200).body("name", equalTo("Anna")).body("age", equalTo(42));

        assertThat(server.asked()).singleElement().satisfies(asked -> {
            assertThat(asked.body().at("/response_format/type").asText()).isEqualTo("json_schema");
            assertThat(asked.body().at("/response_format/json_schema/schema/required")).hasSize(3);
        });
    }

    /** As one from an engine whose queue is full. */
    @Test
    void aServerWithTooMuchToDoIsNoErrorOfTheApplication() {
        server.refuse(429);
        chat.post("Hello!").statusCode(503);
    }

    @Test
    void theServersModelIsNamed() {
        given().get("/api/model").then().statusCode(200).body("name", equalTo("kimi-linear"));
    }

    @Test
    void noEngineIsOpen() {
        assertThat(engines.isUnsatisfied()).isTrue();
        assertThat(NO_CACHE).doesNotExist();
        given().get("/q/metrics").then().statusCode(200).body(not(containsString("kimi_linear")));
    }

    @Test
    void theApplicationIsReadyWithoutOne() {
        for (String check : List.of("ready", "live")) {
            given().get("/q/health/" + check).then().statusCode(200).body("status", equalTo("UP"))
                    .body("checks.find { it.name.startsWith('Kimi-Linear') }.data", nullValue());
        }
    }
}
