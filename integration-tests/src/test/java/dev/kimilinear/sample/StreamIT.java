package dev.kimilinear.sample;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same streams from the packaged application. */
@QuarkusIntegrationTest
class StreamIT extends StreamTest {
}
