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

/** Only the engine knows what a model needs; the message names the keys all the same. */
class InsufficientMemoryTest {

    private static final String PREFIX = "quarkus.langchain4j.kimi-linear.wide.chat-model.";

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideRuntimeConfigKey(PREFIX + "max-memory", "1M")
            .overrideRuntimeConfigKey(PREFIX + "parallel-sequences", "16")
            .assertException(error -> assertThat(error).isInstanceOf(ConfigurationException.class)
                    .hasMessageContainingAll("16 sequences of 8,192 tokens", "but may use 1.0 MiB",
                            "ower " + PREFIX + "parallel-sequences (16)", "raise " + PREFIX + "max-memory"));

    @Inject
    @ModelName("wide")
    ChatModel model;

    @Test
    void theApplicationDoesNotStart() {
        fail("The application started with " + model);
    }
}
