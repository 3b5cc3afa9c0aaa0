package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.test.QuarkusUnitTest;

/** With {@code chat-model.enabled=false} the extension offers no chat model, and opens nothing. */
class NoCandidateTest {

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.enabled", "false")
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.chat-model.model", "no/such/file.gguf");

    @Inject
    Instance<ChatModel> models;

    @Test
    void thereIsNoModel() {
        assertThat(models.isUnsatisfied()).isTrue();
    }
}
