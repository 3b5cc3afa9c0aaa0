package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.test.QuarkusUnitTest;

/** Only the model knows how long a context can be; the message names the key all the same. */
class ContextTooLongTest {

    private static final String KEY = "quarkus.langchain4j.kimi-linear.long.chat-model.context-length";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideRuntimeConfigKey(KEY, "1000000000")
            .assertException(error -> assertThat(error).isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll("1,000,000,000", KEY));

    @Inject
    @ModelName("long")
    ChatModel model;

    @Test
    void theApplicationDoesNotStart() {
        fail("The application started with " + model);
    }
}
