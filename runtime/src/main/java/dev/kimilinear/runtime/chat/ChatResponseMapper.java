package dev.kimilinear.runtime.chat;

import java.util.List;

import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.ToolCall;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;

/** A finished generation as a chat response: text, thinking, tool calls, id, model name, token usage and finish reason. */
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
                .aiMessage(message(result))
                .metadata(ChatResponseMetadata.builder()
                        .id(id)
                        .modelName(modelName)
                        .tokenUsage(new TokenUsage(result.usage().promptTokens(), result.usage().outputTokens()))
                        .finishReason(switch (result.finishReason()) {
                            case STOP -> FinishReason.STOP;
                            case TOOL_CALLS -> FinishReason.TOOL_EXECUTION;
                            case LENGTH -> FinishReason.LENGTH;
                        })
                        .build())
                .build();
    }

    /** Of a message that is nothing but calls the text is null. */
    private static AiMessage message(GenerationResult result) {
        List<ToolExecutionRequest> calls = result.toolCalls().stream().map(ChatResponseMapper::request).toList();
        AiMessage.Builder message = AiMessage.builder();
        if (!result.text().isEmpty() || calls.isEmpty()) {
            message.text(result.text());
        }
        if (!result.thinking().isEmpty()) {
            message.thinking(result.thinking());
        }
        return message.toolExecutionRequests(calls).build();
    }

    static ToolExecutionRequest request(ToolCall call) {
        return ToolExecutionRequest.builder().id(call.id()).name(call.name()).arguments(call.argumentsJson()).build();
    }
}
