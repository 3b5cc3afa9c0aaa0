package dev.kimilinear.sample;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.quarkus.test.junit.QuarkusTest;

/** The application says that its model can answer, and with which kernels. */
@QuarkusTest
class HealthTest {

    @Test
    void theModelIsReady() {
        given().get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP"))
                .body("checks.find { it.name == 'Kimi-Linear models' }.data.default",
                        matchesPattern(
                                "ready: \"Kimi-Linear-Tiny\", vector \\d+ bit kernels, \\d+ requests in work, \\d+ waiting"));
    }

    @Test
    void theEngineIsAlive() {
        given().get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"))
                .body("checks.find { it.name == 'Kimi-Linear engines' }.status", equalTo("UP"));
    }

    @Test
    void theProbesOfTheManifestsAreAnswered() {
        List<String> paths = Manifests.applications().stream().map(Manifests::httpProbes).flatMap(List::stream)
                .map(probe -> probe.path("path").asText()).distinct().toList();
        assertThat(paths).hasSize(2).allSatisfy(path -> given().get(path).then().statusCode(200));
    }
}
