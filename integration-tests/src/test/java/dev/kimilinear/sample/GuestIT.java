package dev.kimilinear.sample;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same guests with the packaged application. */
@QuarkusIntegrationTest
class GuestIT extends GuestTest {
}
