package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.test.QuarkusUnitTest;

class InvalidValueTest {

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideRuntimeConfigKey("quarkus.langchain4j.kimi-linear.chat-model.top-p", "1.5")
            .assertException(error -> assertThat(error)
                    .hasStackTraceContaining("quarkus.langchain4j.kimi-linear.chat-model.top-p is 1.5, expected more than 0"));

    @Inject
    ChatModel model;

    @Test
    void theApplicationDoesNotStart() {
        fail("The application started with " + model);
    }
}
