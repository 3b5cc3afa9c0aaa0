package dev.kimilinear.runtime.chat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.KimiLinearChatRequestParameters;
import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SamplingParams.Dry;
import dev.kimilinear.engine.api.SamplingParams.Penalties;
import dev.kimilinear.engine.api.SamplingParams.Xtc;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolChoice;
import dev.kimilinear.engine.api.ToolSpec;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.internal.JsonSchemaElementUtils;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;

/**
 * A chat request as the engine understands it: messages become turns, parameters a sampling rule, a form and limits. What the
 * model cannot do is refused by name with {@link UnsupportedFeatureException}; nothing is dropped silently. The one
 * exception is an assistant message's thinking, which the chat format does not carry.
 */
public final class ChatRequestMapper {

    private static final Set<String> RESULT = Set.of("content", "tokenUsage", "finishReason", "toolExecutions",
            "intermediateResponses");

    /** Not LangChain4j's own, which asks for a running Quarkus. */
    private static final ObjectMapper JSON = new ObjectMapper();

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
        return request(new Prompt.Chat(turns, tools(parameters.toolSpecifications())), parameters);
    }

    /** A request for a prompt that sets no parameter of its own. */
    public GenerationRequest map(Prompt prompt) {
        return request(prompt, defaults);
    }

    private static GenerationRequest request(Prompt prompt, KimiLinearChatRequestParameters parameters) {
        return GenerationRequest.of(prompt)
                .withSampling(sampling(parameters))
                .withMaxOutputTokens(parameters.maxOutputTokens() == null ? 0 : parameters.maxOutputTokens())
                .withStop(parameters.stopSequences())
                .withFormat(format(parameters))
                .withToolChoice(toolChoice(parameters.toolChoice()))
                .withParallelToolCalls(parameters.parallelToolCalls())
                .withSplitThinking(parameters.returnThinking())
                .withIgnoreEndOfGeneration(parameters.ignoreEos())
                .withTimeoutMillis(timeoutMillis(parameters.timeout()));
    }

    /** Tools as the model is told of them. */
    public static List<ToolSpec> tools(List<ToolSpecification> specifications) {
        List<ToolSpec> tools = new ArrayList<>();
        for (ToolSpecification tool : specifications) {
            tools.add(new ToolSpec(tool.name(), tool.description(), schema(
                    tool.parameters() == null ? JsonObjectSchema.builder().build() : tool.parameters())));
        }
        return tools;
    }

    /** A schema of LangChain4j as JSON. */
    public static String schema(JsonSchemaElement element) {
        return element instanceof JsonRawSchema raw ? raw.schema()
                : JSON.valueToTree(JsonSchemaElementUtils.toMap(element)).toString();
    }

    private static AnswerFormat format(KimiLinearChatRequestParameters parameters) {
        ResponseFormat format = parameters.responseFormat();
        boolean json = format != null && format.type() == ResponseFormatType.JSON;
        if (parameters.grammar() != null) {
            if (json) {
                throw new IllegalArgumentException("There is a grammar and a response format of JSON, expected one of them");
            }
            return new AnswerFormat.Grammar(parameters.grammar());
        }
        if (!json || isOfResult(format.jsonSchema())) {
            return AnswerFormat.text();
        }
        return format.jsonSchema() == null ? new AnswerFormat.JsonObject()
                : new AnswerFormat.JsonSchema(schema(format.jsonSchema().rootElement()));
    }

    /**
     * Whether a schema, or none (null), describes LangChain4j's {@code Result}. Quarkus LangChain4j asks for it where a method
     * of an AI service returns {@code Result<String>}: the type that wraps the answer, and not what the model is to write.
     */
    public static boolean isOfResult(JsonSchema schema) {
        return schema != null && schema.rootElement() instanceof JsonObjectSchema result
                && result.properties().keySet().containsAll(RESULT);
    }

    private static ToolChoice toolChoice(dev.langchain4j.model.chat.request.ToolChoice choice) {
        return switch (choice) {
            case null -> ToolChoice.AUTO;
            case AUTO -> ToolChoice.AUTO;
            case REQUIRED -> ToolChoice.REQUIRED;
            case NONE -> ToolChoice.NONE;
        };
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
        Map<Integer, Float> bias = new HashMap<>();
        parameters.logitBias().forEach((token, added) -> bias.put(token, added.floatValue()));
        return new SamplingParams(parameters.temperature().floatValue(), parameters.topK(), parameters.typicalP().floatValue(),
                parameters.topP().floatValue(), parameters.minP().floatValue(),
                new Penalties(parameters.repetitionPenalty().floatValue(), parameters.frequencyPenalty().floatValue(),
                        parameters.presencePenalty().floatValue(), parameters.penaltyWindow()),
                new Dry(parameters.dryMultiplier().floatValue(), parameters.dryBase().floatValue(),
                        parameters.dryAllowedLength(), parameters.dryWindow(), parameters.drySequenceBreakers()),
                new Xtc(parameters.xtcProbability().floatValue(), parameters.xtcThreshold().floatValue()), bias,
                parameters.seed() == null ? OptionalLong.empty() : OptionalLong.of(parameters.seed()));
    }

    private void refuseUnsupported(ChatRequestParameters parameters) {
        if (!modelName.equals(parameters.modelName())) {
            throw new UnsupportedFeatureException("The 'modelName' parameter \"" + parameters.modelName()
                    + "\" is not supported: this model is \"" + modelName + "\".");
        }
    }

    private static UnsupportedFeatureException unsupported(String what) {
        return new UnsupportedFeatureException(what + " not supported by Kimi-Linear models.");
    }

    /**
     * A message as a turn of the conversation.
     *
     * @throws UnsupportedFeatureException if it has what the model cannot read
     */
    public static ChatTurn turn(ChatMessage message) {
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
