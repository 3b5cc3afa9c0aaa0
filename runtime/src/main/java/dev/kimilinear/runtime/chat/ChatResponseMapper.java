package dev.kimilinear.runtime.chat;

import dev.kimilinear.engine.api.GenerationResult;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;

/** A finished generation as a chat response: text, id, model name, token usage and finish reason. */
public final class ChatResponseMapper {

    private final String modelName;

    public ChatResponseMapper(String modelName) {
        this.modelName = modelName;
    }

    /**
     * @param id the generation's id, which becomes the response's
     */
    public ChatResponse map(String id, GenerationResult result) {
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(result.text()))
                .metadata(ChatResponseMetadata.builder()
                        .id(id)
                        .modelName(modelName)
                        .tokenUsage(new TokenUsage(result.usage().promptTokens(), result.usage().outputTokens()))
                        .finishReason(switch (result.finishReason()) {
                            case STOP -> FinishReason.STOP;
                            case LENGTH -> FinishReason.LENGTH;
                        })
                        .build())
                .build();
    }
}
