package dev.kimilinear.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

class ConfiguredNamesTest {

    @Test
    void namesAreThoseOfModelsUnderOurRoot() {
        assertThat(KimiLinearProcessor.configuredNames(List.of(
                "quarkus.langchain4j.kimi-linear.creative.chat-model.temperature",
                "quarkus.langchain4j.kimi-linear.creative.chat-model.model",
                "quarkus.langchain4j.kimi-linear.\"my.model\".enable-integration",
                "quarkus.langchain4j.kimi-linear.chat-model.temperature",
                "quarkus.langchain4j.kimi-linear.enable-integration",
                "quarkus.langchain4j.kimi-linear.cache-directory",
                "quarkus.langchain4j.kimi-linear",
                "quarkus.langchain4j.kimi-linear-two.other.chat-model.temperature",
                "quarkus.langchain4j.ollama.theirs.chat-model.temperature")))
                .containsExactly("creative", "my.model");
    }
}
