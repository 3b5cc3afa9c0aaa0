package dev.kimilinear.runtime.chat;

import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
import dev.kimilinear.engine.api.ToolSpec;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.AudioContent;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.message.VideoContent;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;

class ChatRequestMapperTest {

    private static final String URL = "http://localhost/file";

    private final ChatRequestMapper mapper = new ChatRequestMapper("ours", DEFAULTS);

    private GenerationRequest map(ChatRequestParameters parameters) {
        return mapper.map(ChatRequest.builder().messages(UserMessage.from("hi")).parameters(parameters).build());
    }

    private List<ChatTurn> turns(ChatMessage... messages) {
        return ((Prompt.Chat) mapper.map(ChatRequest.builder().messages(messages).build()).prompt()).turns();
    }

    @Test
    void messagesBecomeTurnsInOrder() {
        assertThat(turns(SystemMessage.from("Be brief."), UserMessage.from("Hi"), AiMessage.from("Hello!"),
                UserMessage.from("Bye")))
                .containsExactly(ChatTurn.system("Be brief."), ChatTurn.user("Hi"), ChatTurn.assistant("Hello!"),
                        ChatTurn.user("Bye"));
    }

    @Test
    void theNameOfAUserAndSeveralTextsAreKept() {
        assertThat(turns(UserMessage.from("Ada", TextContent.from("one"), TextContent.from("two"))))
                .containsExactly(new ChatTurn(ChatTurn.Role.USER, "Ada", "one\ntwo", List.of(), null));
    }

    @Test
    void earlierToolCallsAndTheirResultsAreKept() {
        AiMessage call = AiMessage.from(ToolExecutionRequest.builder()
                .id("functions.weather:0").name("weather").arguments("{\"city\":\"Rome\"}").build());

        assertThat(turns(UserMessage.from("?"), call,
                ToolExecutionResultMessage.from("functions.weather:0", "weather", "sunny")))
                .containsExactly(ChatTurn.user("?"),
                        ChatTurn.assistant("",
                                List.of(new ToolCall("functions.weather:0", "weather", "{\"city\":\"Rome\"}"))),
                        ChatTurn.tool("functions.weather:0", "weather", "sunny"));
    }

    @Test
    void aRequestWithoutParametersUsesTheDefaults() {
        GenerationRequest request = map(ChatRequestParameters.builder().build());

        assertThat(request.sampling()).isEqualTo(
                SamplingParams.temperature((float) KimiLinearChatRequestParameters.DEFAULT_TEMPERATURE)
                        .withTopK(KimiLinearChatRequestParameters.DEFAULT_TOP_K)
                        .withTopP((float) KimiLinearChatRequestParameters.DEFAULT_TOP_P)
                        .withMinP((float) KimiLinearChatRequestParameters.DEFAULT_MIN_P));
        assertThat(request.format()).isEqualTo(AnswerFormat.text());
        assertThat(request.toolChoice()).isEqualTo(dev.kimilinear.engine.api.ToolChoice.AUTO);
        assertThat(request.parallelToolCalls()).isTrue();
        assertThat(request.splitThinking()).isTrue();
        assertThat(request.maxOutputTokens()).isZero();
        assertThat(request.stop()).isEmpty();
        assertThat(request.ignoreEndOfGeneration()).isFalse();
        assertThat(request.renderControlTokens()).isFalse();
        assertThat(request.timeoutMillis()).isZero();
    }

    @Test
    void everyParameterReachesTheEngine() {
        GenerationRequest request = map(KimiLinearChatRequestParameters.builder()
                .modelName("ours").temperature(0.25).topK(7).typicalP(0.75).topP(0.5).minP(0.125).seed(42L)
                .repetitionPenalty(1.5).frequencyPenalty(0.25).presencePenalty(-0.5).penaltyWindow(9)
                .dryMultiplier(0.5).dryBase(2.0).dryAllowedLength(3).dryWindow(8).drySequenceBreakers(List.of("!"))
                .xtcProbability(0.5).xtcThreshold(0.25).logitBias(Map.of(3, 1.5)).grammar("root ::= \"a\"")
                .parallelToolCalls(false).returnThinking(false).toolChoice(ToolChoice.NONE)
                .maxOutputTokens(9).stopSequences("a", "b").timeout(Duration.ofSeconds(3)).build());

        assertThat(request.sampling()).isEqualTo(new SamplingParams(0.25f, 7, 0.75f, 0.5f, 0.125f,
                new Penalties(1.5f, 0.25f, -0.5f, 9), new Dry(0.5f, 2, 3, 8, List.of("!")), new Xtc(0.5f, 0.25f),
                Map.of(3, 1.5f), OptionalLong.of(42)));
        assertThat(request.format()).isEqualTo(new AnswerFormat.Grammar("root ::= \"a\""));
        assertThat(request.toolChoice()).isEqualTo(dev.kimilinear.engine.api.ToolChoice.NONE);
        assertThat(request.parallelToolCalls()).isFalse();
        assertThat(request.splitThinking()).isFalse();
        assertThat(request.maxOutputTokens()).isEqualTo(9);
        assertThat(request.stop()).containsExactly("a", "b");
        assertThat(request.timeoutMillis()).isEqualTo(3000);
    }

    @Test
    void anyTimeIsATimeoutAndNoneIsNever() {
        assertThat(timeoutMillis(Duration.ZERO)).isZero();
        assertThat(timeoutMillis(Duration.ofNanos(1))).isEqualTo(1);
        assertThat(timeoutMillis(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> timeoutMillis(Duration.ofMillis(-1)))
                .withMessage("timeout is PT-0.001S, expected zero (never) or more");
    }

    private long timeoutMillis(Duration timeout) {
        return map(KimiLinearChatRequestParameters.builder().timeout(timeout).build()).timeoutMillis();
    }

    @Test
    void theModelsOwnDefaultsComeBeforeTheGeneralOnes() {
        ChatRequestMapper greedy = new ChatRequestMapper("ours",
                DEFAULTS.overrideWith(ChatRequestParameters.builder().temperature(0.0).maxOutputTokens(3).build()));

        GenerationRequest request = greedy.map(ChatRequest.builder().messages(UserMessage.from("hi")).build());

        assertThat(request.sampling().temperature()).isZero();
        assertThat(request.maxOutputTokens()).isEqualTo(3);
        assertThat(greedy.defaults().modelName()).isEqualTo("ours");
    }

    @Test
    void aToolChoiceThatAsksForNothingIsFine() {
        assertThat(map(ChatRequestParameters.builder().toolChoice(ToolChoice.AUTO).responseFormat(ResponseFormat.TEXT).build()))
                .isEqualTo(map(ChatRequestParameters.builder().build()));
    }

    @Test
    void toolsBecomeTools() {
        ToolSpecification weather = ToolSpecification.builder().name("weather").description("The weather of a city")
                .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build()).build();
        ToolSpecification ping = ToolSpecification.builder().name("ping").build();

        GenerationRequest request = map(ChatRequestParameters.builder().toolSpecifications(weather, ping)
                .toolChoice(ToolChoice.REQUIRED).build());

        assertThat(request.toolChoice()).isEqualTo(dev.kimilinear.engine.api.ToolChoice.REQUIRED);
        List<ToolSpec> tools = ((Prompt.Chat) request.prompt()).tools();
        assertThat(tools).extracting(ToolSpec::name).containsExactly("weather", "ping");
        assertThat(tools).extracting(ToolSpec::description).containsExactly("The weather of a city", null);
        assertThat(tools.get(0).parametersJsonSchema()).isEqualToIgnoringWhitespace(
                "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}");
        assertThat(tools.get(1).parametersJsonSchema()).isEqualToIgnoringWhitespace(
                "{\"type\":\"object\",\"properties\":{},\"required\":[]}");
    }

    @Test
    void aResponseFormatBecomesAForm() {
        JsonSchema schema = JsonSchema.builder().name("city")
                .rootElement(JsonObjectSchema.builder().addStringProperty("name").build()).build();
        String raw = "{\"type\": \"array\"}";

        assertThat(map(ChatRequestParameters.builder().responseFormat(ResponseFormat.JSON).build()).format())
                .isEqualTo(new AnswerFormat.JsonObject());
        assertThat(((AnswerFormat.JsonSchema) map(ChatRequestParameters.builder().responseFormat(schema).build()).format())
                .schema()).contains("\"properties\"").contains("\"name\"");
        assertThat(map(ChatRequestParameters.builder().responseFormat(
                JsonSchema.builder().name("raw").rootElement(JsonRawSchema.from(raw)).build()).build()).format())
                .isEqualTo(new AnswerFormat.JsonSchema(raw));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> map(KimiLinearChatRequestParameters.builder().grammar("root ::= \"a\"")
                        .responseFormat(ResponseFormat.JSON).build()))
                .withMessageContaining("expected one of them");
    }

    @Test
    void aValueOutOfRangeIsAnIllegalArgumentThatNamesIt() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> map(ChatRequestParameters.builder().topP(1.5).build()))
                .withMessageContaining("topP is 1.5");
    }

    static Stream<Arguments> unsupportedParameters() {
        return Stream.of(
                Arguments.of("modelName", ChatRequestParameters.builder().modelName("theirs")));
    }

    @ParameterizedTest
    @MethodSource("unsupportedParameters")
    void anUnsupportedParameterIsRefusedByName(String name, DefaultChatRequestParameters.Builder<?> builder) {
        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> map(builder.build()))
                .withMessageContainingAll(name, "not supported");
    }

    @ParameterizedTest
    @MethodSource("unsupportedParameters")
    void anUnsupportedDefaultIsRefusedWhenTheModelIsBuilt(String name, DefaultChatRequestParameters.Builder<?> builder) {
        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> new ChatRequestMapper("ours", DEFAULTS.overrideWith(builder.build())))
                .withMessageContainingAll(name, "not supported");
    }

    static Stream<Arguments> unsupportedContents() {
        return Stream.of(
                Arguments.of("image", ImageContent.from(URL)),
                Arguments.of("audio", AudioContent.from(URL)),
                Arguments.of("video", VideoContent.from(URL)),
                Arguments.of("pdf", PdfFileContent.from(URL)));
    }

    @ParameterizedTest
    @MethodSource("unsupportedContents")
    void anUnsupportedContentIsRefusedByName(String name, Content content) {
        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> turns(UserMessage.from(TextContent.from("What is this?"), content)))
                .withMessageContainingAll(name, "not supported");
    }

    @Test
    void anUnknownKindOfMessageIsRefused() {
        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> turns(CustomMessage.from(Map.of("a", "b"))))
                .withMessageContainingAll("CUSTOM", "not supported");
    }
}
