package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.QuarkusUnitTest;

/** Without the dev service nothing is fetched that was not asked for. */
class DevServiceDisabledTest {

    private static final ModelServer SERVER = new ModelServer();

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.devservices.enabled", "false")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.cache-directory", DevServiceTest.newFolder())
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.model", SERVER.url())
            .assertException(error -> {
                assertThat(error).isInstanceOf(ConfigurationException.class).hasMessageContainingAll("is not on this machine",
                        "kimi fetch '" + SERVER.url() + "'", "quarkus.langchain4j.kimi-linear.chat-model.download=true");
                assertThat(SERVER.requests()).isZero();
            });

    @Inject
    ChatModel model;

    @Test
    void theApplicationDoesNotStart() {
        fail("The application started with " + model);
    }
}
