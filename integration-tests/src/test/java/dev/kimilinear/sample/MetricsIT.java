package dev.kimilinear.sample;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same meters in the packaged application. */
@QuarkusIntegrationTest
class MetricsIT extends MetricsTest {
}
