package dev.kimilinear.runtime.chat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

import dev.kimilinear.KimiLinearChatRequestParameters;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.ToolCall;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.ToolChoice;

/**
 * A chat request as the engine understands it: messages become turns, parameters a sampling rule and limits. What the
 * model cannot do is refused by name with {@link UnsupportedFeatureException}; nothing is dropped silently. The one
 * exception is an assistant message's thinking, which the chat format does not carry.
 */
public final class ChatRequestMapper {

    private final String modelName;
    private final KimiLinearChatRequestParameters defaults;

    /**
     * @param modelName the only model name that requests may ask for
     * @param defaults parameters of requests that do not set their own
     * @throws UnsupportedFeatureException if a default parameter cannot be honoured
     */
    public ChatRequestMapper(String modelName, KimiLinearChatRequestParameters defaults) {
        this.modelName = modelName;
        this.defaults = KimiLinearChatRequestParameters.builder().modelName(modelName).build().overrideWith(defaults);
        refuseUnsupported(this.defaults);
    }

    /** The default parameters, the model's name included. */
    public KimiLinearChatRequestParameters defaults() {
        return defaults;
    }

    /**
     * @throws UnsupportedFeatureException if the request asks for what the model cannot do
     * @throws IllegalArgumentException if a parameter is out of range
     */
    public GenerationRequest map(ChatRequest request) {
        KimiLinearChatRequestParameters parameters = defaults.overrideWith(request.parameters());
        refuseUnsupported(parameters);
        List<ChatTurn> turns = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            turns.add(turn(message));
        }
        return GenerationRequest.of(new Prompt.Chat(turns, List.of()))
                .withSampling(sampling(parameters))
                .withMaxOutputTokens(parameters.maxOutputTokens() == null ? 0 : parameters.maxOutputTokens())
                .withStop(parameters.stopSequences())
                .withTimeoutMillis(timeoutMillis(parameters.timeout()));
    }

    /** A time below a millisecond is a time. */
    private static long timeoutMillis(Duration timeout) {
        if (timeout == null || timeout.isZero()) {
            return 0;
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", expected zero (never) or more");
        }
        try {
            return Math.max(1, timeout.toMillis());
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    private static SamplingParams sampling(KimiLinearChatRequestParameters parameters) {
        return new SamplingParams(parameters.temperature().floatValue(), parameters.topK(),
                parameters.topP().floatValue(), parameters.minP().floatValue(),
                parameters.seed() == null ? OptionalLong.empty() : OptionalLong.of(parameters.seed()));
    }

    private void refuseUnsupported(ChatRequestParameters parameters) {
        if (!modelName.equals(parameters.modelName())) {
            throw new UnsupportedFeatureException("The 'modelName' parameter \"" + parameters.modelName()
                    + "\" is not supported: this model is \"" + modelName + "\".");
        }
        if (parameters.frequencyPenalty() != null) {
            throw unsupported("The 'frequencyPenalty' parameter is");
        }
        if (parameters.presencePenalty() != null) {
            throw unsupported("The 'presencePenalty' parameter is");
        }
        if (!parameters.toolSpecifications().isEmpty()) {
            throw unsupported("Tools (the 'toolSpecifications' parameter) are");
        }
        // AUTO and NONE ask for nothing where there are no tools.
        if (parameters.toolChoice() == ToolChoice.REQUIRED) {
            throw unsupported("ToolChoice.REQUIRED (the 'toolChoice' parameter) is");
        }
        if (parameters.responseFormat() != null && parameters.responseFormat().type() == ResponseFormatType.JSON) {
            throw unsupported("JSON response format (the 'responseFormat' parameter) is");
        }
    }

    private static UnsupportedFeatureException unsupported(String what) {
        return new UnsupportedFeatureException(what + " not supported by Kimi-Linear models yet.");
    }

    private static ChatTurn turn(ChatMessage message) {
        return switch (message) {
            case SystemMessage system -> ChatTurn.system(system.text());
            case UserMessage user ->
                new ChatTurn(ChatTurn.Role.USER, user.name(), text(user.contents()), List.of(), null);
            case AiMessage assistant -> assistantTurn(assistant);
            case ToolExecutionResultMessage result ->
                ChatTurn.tool(result.id(), result.toolName(), text(result.contents()));
            default -> throw unsupported("A message of type " + message.type() + " is");
        };
    }

    private static ChatTurn assistantTurn(AiMessage assistant) {
        if (!assistant.images().isEmpty()) {
            throw unsupported("Content of type image is");
        }
        List<ToolCall> calls = new ArrayList<>();
        for (ToolExecutionRequest request : assistant.toolExecutionRequests()) {
            calls.add(new ToolCall(request.id(), request.name(), request.arguments()));
        }
        return ChatTurn.assistant(assistant.text() == null ? "" : assistant.text(), calls);
    }

    /** Several texts of one message are lines of it. */
    private static String text(List<Content> contents) {
        StringBuilder text = new StringBuilder();
        for (Content content : contents) {
            if (!(content instanceof TextContent textContent)) {
                throw unsupported("Content of type " + content.type().name().toLowerCase(Locale.ROOT) + " is");
            }
            text.append(text.isEmpty() ? "" : "\n").append(textContent.text());
        }
        return text.toString();
    }
}
