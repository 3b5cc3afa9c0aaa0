package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.deployment.items.ChatModelProviderCandidateBuildItem;
import io.quarkus.test.QuarkusUnitTest;

/** A named model that is configured under our root needs no {@code provider} key where there are several providers. */
class AmongOtherProvidersTest {

    @RegisterExtension
    static final QuarkusUnitTest APP = new QuarkusUnitTest()
            .withEmptyApplication()
            .addBuildChainCustomizer(chain -> chain
                    .addBuildStep(context -> context.produce(new ChatModelProviderCandidateBuildItem("another")))
                    .produces(ChatModelProviderCandidateBuildItem.class)
                    .build())
            .overrideConfigKey("quarkus.langchain4j.kimi-linear.creative.chat-model.temperature", "1");

    @Inject
    @ModelName("creative")
    ChatModel model;

    @Test
    void theConfiguredModelIsOurs() {
        assertThat(model.defaultRequestParameters().temperature()).isEqualTo(1);
    }
}
