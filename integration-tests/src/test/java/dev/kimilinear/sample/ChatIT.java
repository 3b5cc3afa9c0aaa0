package dev.kimilinear.sample;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same conversations with the packaged application. */
@QuarkusIntegrationTest
class ChatIT extends ChatTest {
}
