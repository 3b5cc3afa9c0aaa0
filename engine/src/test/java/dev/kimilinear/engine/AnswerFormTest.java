package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.FinishReason;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolChoice;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.api.UnsupportedSchemaException;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/** Answers in a form, and tool calls, of the whole engine on the embedded model. */
@Timeout(120)
class AnswerFormTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ChatTurn QUESTION = ChatTurn.user("What is the weather in Munich?");
    private static final ToolSpec WEATHER = new ToolSpec("getWeather", "The weather of a city",
            "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":12}},\"required\":[\"city\"]}");
    private static final ToolSpec NOW = new ToolSpec("now", null, "{\"type\":\"object\",\"properties\":{}}");

    private static Engine engine;

    /** Remembers the calls that it heard of. */
    private static final class Calls implements GenerationListener {

        final StringBuilder text = new StringBuilder();
        final List<String> arguments = new ArrayList<>();
        final List<ToolCall> calls = new ArrayList<>();

        @Override
        public void onText(String piece) {
            text.append(piece);
        }

        @Override
        public void onToolCallArguments(int index, String id, String name, String piece) {
            if (index == arguments.size()) {
                arguments.add("");
            }
            arguments.set(index, arguments.get(index) + piece);
        }

        @Override
        public void onToolCall(int index, ToolCall call) {
            assertThat(index).isEqualTo(calls.size());
            calls.add(call);
        }

        @Override
        public void onComplete(GenerationResult result) {
        }

        @Override
        public void onError(Throwable error) {
        }
    }

    @BeforeAll
    static void open() {
        engine = Engine.open(Fixtures.embeddedModel(), EngineOptions.defaults());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static GenerationRequest request(ToolSpec... tools) {
        return GenerationRequest.of(new Prompt.Chat(List.of(QUESTION), List.of(tools)));
    }

    private static GenerationResult answer(GenerationRequest request) throws InterruptedException {
        return engine.submit(request, GenerationListener.silent()).await();
    }

    @Test
    void anAnswerIsValidByItsSchema() throws Exception {
        AnswerFormat schema = new AnswerFormat.JsonSchema("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\","
                + "\"maxLength\":10},\"sunny\":{\"type\":\"boolean\"}},\"required\":[\"city\",\"sunny\"]}");
        for (int seed = 0; seed < 20; seed++) {
            GenerationResult result = answer(request().withFormat(schema)
                    .withSampling(seed == 0 ? SamplingParams.greedy() : SamplingParams.temperature(3).withSeed(seed)));

            JsonNode json = JSON.readTree(result.text());
            assertThat(json.get("city").isTextual()).isTrue();
            assertThat(json.get("sunny").isBoolean()).isTrue();
            assertThat(json.size()).isEqualTo(2);
            assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void anAnswerFollowsItsGrammar() throws Exception {
        AnswerFormat grammar = new AnswerFormat.Grammar("root ::= (\"yes\" | \"no\") [.!]");

        assertThat(answer(request().withFormat(grammar)).text()).matches("(yes|no)[.!]");
        assertThat(JSON.readTree(answer(request().withFormat(new AnswerFormat.JsonObject()).withMaxOutputTokens(300)
                .withSampling(SamplingParams.greedy().withLogitBias(closing()))).text()).isObject()).isTrue();
    }

    /** What leads to the end of an object, so that a model that was never shown one finds it. */
    private static Map<Integer, Float> closing() {
        return Map.of(token("}"), 30f, token("\""), 40f);
    }

    private static int token(String text) {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            return Tokenizer.of(file.metadata()).encode(text, false)[0];
        }
    }

    @Test
    void aRequiredCallIsMade() throws Exception {
        Calls heard = new Calls();
        GenerationResult result = engine.submit(request(WEATHER, NOW).withToolChoice(ToolChoice.REQUIRED)
                .withMaxOutputTokens(400), heard).await();

        assertThat(result.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(result.text()).isEmpty();
        assertThat(result.toolCalls()).isNotEmpty().isEqualTo(heard.calls);
        assertThat(result.toolCalls()).extracting(ToolCall::argumentsJson).isEqualTo(heard.arguments);
        for (int i = 0; i < result.toolCalls().size(); i++) {
            ToolCall call = result.toolCalls().get(i);
            assertThat(call.id()).isEqualTo("functions." + call.name() + ":" + i);
            assertThat(JSON.readTree(call.argumentsJson()).isObject()).isTrue();
        }
    }

    @Test
    void oneCallOnlyWhereSeveralAreNotAllowed() throws Exception {
        assertThat(answer(request(WEATHER).withToolChoice(ToolChoice.REQUIRED).withParallelToolCalls(false)).toolCalls())
                .hasSize(1);
    }

    @Test
    void whereNoCallIsWantedTheModelDoesNotHearOfTools() throws Exception {
        GenerationResult without = answer(request());

        assertThat(answer(request(WEATHER).withToolChoice(ToolChoice.NONE))).isEqualTo(without);
        assertThat(engine.countTokens(request(WEATHER).prompt())).isGreaterThan(without.usage().promptTokens());
    }

    /** The call stands in the next prompt as the model wrote it, and its index counts on. */
    @Test
    void aConversationGoesOnBehindACallWithoutReadingItAgain() throws Exception {
        GenerationRequest first = request(WEATHER, NOW).withToolChoice(ToolChoice.REQUIRED).withParallelToolCalls(false);
        Generation call = engine.submit(first, GenerationListener.silent());
        GenerationResult called = call.await();
        ToolCall made = called.toolCalls().getFirst();
        List<ChatTurn> turns = List.of(QUESTION, ChatTurn.assistant("", called.toolCalls()),
                ChatTurn.tool(made.id(), made.name(), "sunny"));

        Generation next = engine.submit(GenerationRequest.of(new Prompt.Chat(turns, List.of(WEATHER, NOW)))
                .withToolChoice(ToolChoice.REQUIRED).withParallelToolCalls(false), GenerationListener.silent());

        assertThat(next.await().toolCalls().getFirst().id()).endsWith(":1");
        assertThat(next.restoredTokens()).isEqualTo(call.promptTokens() + called.usage().outputTokens());
    }

    @Test
    void whatCannotBeEnforcedIsThrownAtOnce() {
        assertThatThrownBy(() -> answer(request().withFormat(new AnswerFormat.JsonSchema("{\"not\":{}}"))))
                .isInstanceOf(UnsupportedSchemaException.class).hasMessageContaining("\"not\"");
        assertThatThrownBy(() -> answer(request().withFormat(new AnswerFormat.Grammar("root ::= [a"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> answer(request(new ToolSpec("f", null, "{\"type\":\"string\",\"pattern\":\"a\"}"))))
                .isInstanceOf(UnsupportedSchemaException.class).hasMessageContainingAll("Tool \"f\"", "\"pattern\"");
        assertThatThrownBy(() -> answer(request(WEATHER, WEATHER))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Two tools are named \"getWeather\"");
        assertThatThrownBy(() -> answer(request().withSampling(SamplingParams.greedy().withLogitBias(Map.of(9_999_999, 1f)))))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("9999999");
        assertThatThrownBy(() -> request().withToolChoice(ToolChoice.REQUIRED)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no tools");
        assertThatThrownBy(() -> request(WEATHER).withIgnoreEndOfGeneration(true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("together with tools");
    }
}
