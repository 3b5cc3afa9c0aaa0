package dev.kimilinear.sample;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;

/** LangChain4j's listeners hear of every request, and its meters count it. */
@QuarkusTest
class MetricsTest {

    private static final String REQUESTS = "gen_ai_client_operation_duration_seconds_count";
    private static final String TOKENS = "gen_ai_client_token_usage_total";

    @Test
    void aBlockingAnswerIsMeasured() {
        double requests = sum(REQUESTS);
        double tokens = sum(TOKENS);
        JsonPath answer = new Chat().post("Hello!").statusCode(200).extract().jsonPath();
        assertThat(sum(REQUESTS) - requests).isEqualTo(1);
        assertThat(sum(TOKENS) - tokens).isEqualTo(answer.getInt("inputTokens") + answer.getInt("outputTokens"));
    }

    @Test
    void aStreamedAnswerIsMeasured() throws Exception {
        double requests = sum(REQUESTS);
        double tokens = sum(TOKENS);
        try (EventStream stream = new Chat().stream("Hello!")) {
            stream.rest();
        }
        assertThat(sum(REQUESTS) - requests).isEqualTo(1);
        assertThat(sum(TOKENS) - tokens).isGreaterThan(1);
    }

    @Test
    void theModelsNameIsOnTheMeters() {
        new Chat().say("Hello!");
        assertThat(metrics().lines().filter(line -> line.startsWith(REQUESTS)))
                .anyMatch(line -> line.contains("gen_ai_response_model=\"Kimi-Linear-Tiny\""));
    }

    /** The engine's own meters. */
    @Test
    void theNextTurnIsSeenToReadItsOwnWordsOnly() {
        double restored = sum("kimi_linear_tokens_restored_total");
        double read = sum("kimi_linear_tokens_prompt_total");
        double written = sum("kimi_linear_tokens_output_total");
        double completed = sum("kimi_linear_requests_total");
        double begun = sum("kimi_linear_first_token_count_total");
        Chat chat = new Chat();
        JsonPath first = chat.post("My name is Oskar.").statusCode(200).extract().jsonPath();
        JsonPath second = chat.post("What is my name?").statusCode(200).extract().jsonPath();

        double restoredNow = sum("kimi_linear_tokens_restored_total") - restored;
        assertThat(restoredNow).isGreaterThanOrEqualTo(first.getInt("inputTokens"));
        assertThat(sum("kimi_linear_tokens_prompt_total") - read + restoredNow)
                .isEqualTo(first.getInt("inputTokens") + second.getInt("inputTokens"));
        assertThat(sum("kimi_linear_tokens_output_total") - written)
                .isEqualTo(first.getInt("outputTokens") + second.getInt("outputTokens"));
        assertThat(sum("kimi_linear_requests_total") - completed).isEqualTo(2);
        assertThat(sum("kimi_linear_first_token_count_total") - begun).isEqualTo(2);
        assertThat(sum("kimi_linear_first_token_sum_seconds_total")).isPositive();
        assertThat(sum("kimi_linear_tokens_per_second")).isPositive();
        assertThat(sum("kimi_linear_snapshots_hit_rate")).isPositive();
        assertThat(sum("kimi_linear_snapshots_bytes")).isPositive();
        assertThat(sum("kimi_linear_batch_size")).isEqualTo(1);
        assertThat(sum("kimi_linear_steps_total")).isPositive();
        assertThat(sum("kimi_linear_requests_active")).isZero();
        assertThat(metrics()).contains("kimi_linear_requests_queued{model=\"default\"");
    }

    /** Over all labels. */
    private static double sum(String meter) {
        return metrics().lines().filter(line -> line.startsWith(meter + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private static String metrics() {
        return given().accept("text/plain").get("/q/metrics").then().statusCode(200).extract().asString();
    }
}
