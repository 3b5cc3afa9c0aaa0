package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.QuarkusUnitTest;

/** A file that is not there stops the start, not the first request. */
class MissingModelTest {

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.langchain4j.kimi-linear.chat-model.model-path", "no/such/file.gguf")
            .assertException(error -> assertThat(error)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll("Cannot open model", "no/such/file.gguf", "there is no such file",
                            "quarkus.langchain4j.kimi-linear.chat-model.model-path"));

    @Inject
    ChatModel model;

    @Test
    void theApplicationDoesNotStart() {
        fail("The application started with " + model);
    }
}
