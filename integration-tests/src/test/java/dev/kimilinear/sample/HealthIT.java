package dev.kimilinear.sample;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same in the packaged application. */
@QuarkusIntegrationTest
class HealthIT extends HealthTest {
}
