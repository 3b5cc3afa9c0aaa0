package dev.kimilinear.sample;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same calls with the packaged application. */
@QuarkusIntegrationTest
class WeatherIT extends WeatherTest {
}
