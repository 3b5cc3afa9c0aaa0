package dev.kimilinear.sample;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.inject.Inject;

import org.junit.jupiter.api.Test;

import dev.langchain4j.model.chat.ChatModel;
import io.quarkus.test.junit.QuarkusTest;

/** Run by the continuous testing of {@link ContinuousTestingTest}, which changes this file, and by nothing else. */
@QuarkusTest
class SharedEngineET {

    private static final String VERSION = "version 0";

    @Inject
    ChatModel model;

    @Test
    void itAnswers() {
        assertThat(model.chat("What is the capital of Italy?")).as(VERSION).contains("Rome");
    }
}
