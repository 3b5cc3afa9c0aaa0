package dev.kimilinear.runtime.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.FinishReason;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Usage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.TokenUsage;

class ChatResponseMapperTest {

    private static ChatResponse map(FinishReason finishReason) {
        return new ChatResponseMapper("kimi").map("id-1",
                new GenerationResult("Paris.", "", List.of(), List.of(1, 2), new Usage(10, 2), finishReason));
    }

    @Test
    void theResponseCarriesTextIdModelNameAndUsage() {
        ChatResponse response = map(FinishReason.STOP);

        assertThat(response.aiMessage().text()).isEqualTo("Paris.");
        assertThat(response.id()).isEqualTo("id-1");
        assertThat(response.modelName()).isEqualTo("kimi");
        assertThat(response.tokenUsage()).isExactlyInstanceOf(TokenUsage.class).isEqualTo(new TokenUsage(10, 2, 12));
    }

    @Test
    void bothFinishReasonsAreTold() {
        assertThat(map(FinishReason.STOP).finishReason()).isEqualTo(dev.langchain4j.model.output.FinishReason.STOP);
        assertThat(map(FinishReason.LENGTH).finishReason()).isEqualTo(dev.langchain4j.model.output.FinishReason.LENGTH);
    }
}
