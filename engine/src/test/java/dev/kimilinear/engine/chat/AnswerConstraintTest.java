package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.CompiledGrammar;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.grammar.TokenTrie;
import dev.kimilinear.engine.sampling.Sampler;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/** Tool calls by random logits: whatever the model would like, its calls can be made. */
class AnswerConstraintTest {

    private static final Map<String, String> SCHEMAS = new LinkedHashMap<>(Map.of(
            "get_weather", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\","
                    + "\"minimum\":1,\"maximum\":9}},\"required\":[\"city\"]}",
            "get_weather_map", "{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"rain\",\"wind\"]}},"
                    + "\"required\":[\"kind\"]}",
            "ping", "{\"type\":\"object\",\"properties\":{}}"));

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchemaFactory VALIDATORS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private static Tokenizer tokenizer;
    private static TokenTrie trie;
    private static Map<String, CompiledGrammar> arguments;
    private static CompiledGrammar form;

    private final Random random = new Random(7);

    private static final class Answer implements AnswerListener {

        final StringBuilder text = new StringBuilder();
        final List<ToolCall> calls = new ArrayList<>();

        @Override
        public void text(String piece) {
            text.append(piece);
        }

        @Override
        public void thinking(String piece) {
            throw new AssertionError(piece);
        }

        @Override
        public void arguments(int index, String id, String name, String piece) {
        }

        @Override
        public void call(int index, ToolCall call) {
            calls.add(call);
        }
    }

    @BeforeAll
    static void read() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        trie = TokenTrie.of(tokenizer);
        arguments = new LinkedHashMap<>();
        SCHEMAS.forEach((name, schema) -> arguments.put(name, CompiledGrammar.toolArguments(schema, JsonWriting.SPACED, trie)));
        form = CompiledGrammar.jsonSchema("{\"type\":\"object\",\"properties\":{\"sunny\":{\"type\":\"boolean\"}},"
                + "\"required\":[\"sunny\"]}", trie);
    }

    @Test
    void requiredCallsAreMadeAndNothingElse() throws Exception {
        Set<String> called = new HashSet<>();
        int several = 0;
        for (int i = 0; i < 500; i++) {
            Answer answer = answer(null, new AnswerConstraint.Calls(arguments, 3, true, true));
            assertThat(answer.text).isEmpty();
            assertThat(answer.calls).isNotEmpty();
            assertCalls(answer.calls, 3);
            answer.calls.forEach(call -> called.add(call.name()));
            several += answer.calls.size() > 1 ? 1 : 0;
        }
        assertThat(called).containsExactlyInAnyOrderElementsOf(SCHEMAS.keySet());
        assertThat(several).isGreaterThan(100);
    }

    @Test
    void whereOneCallIsAllowedThereIsOne() throws Exception {
        for (int i = 0; i < 200; i++) {
            Answer answer = answer(null, new AnswerConstraint.Calls(arguments, 0, true, false));
            assertThat(answer.calls).hasSize(1);
            assertCalls(answer.calls, 0);
        }
    }

    @Test
    void textMayGoOverIntoCallsAnywhere() throws Exception {
        int called = 0;
        int both = 0;
        for (int i = 0; i < 500; i++) {
            Answer answer = answer(null, new AnswerConstraint.Calls(arguments, 0, false, true));
            assertCalls(answer.calls, 0);
            called += answer.calls.isEmpty() ? 0 : 1;
            both += !answer.calls.isEmpty() && !answer.text.isEmpty() ? 1 : 0;
        }
        assertThat(called).isBetween(100, 499);
        assertThat(both).isPositive();
    }

    @Test
    void anAnswerInAFormIsEitherThatOrCalls() throws Exception {
        int called = 0;
        for (int i = 0; i < 500; i++) {
            Answer answer = answer(form, new AnswerConstraint.Calls(arguments, 0, false, true));
            if (answer.calls.isEmpty()) {
                assertThat(JSON.readTree(answer.text.toString()).get("sunny").isBoolean()).isTrue();
            } else {
                assertThat(answer.text).isEmpty();
                assertCalls(answer.calls, 0);
                called++;
            }
        }
        assertThat(called).isBetween(50, 490);
    }

    private static void assertCalls(List<ToolCall> calls, int firstIndex) throws Exception {
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            assertThat(call.id()).isEqualTo("functions." + call.name() + ":" + (firstIndex + i));
            JsonNode value = JSON.readTree(call.argumentsJson());
            assertThat(VALIDATORS.getSchema(SCHEMAS.get(call.name())).validate(value)).as(call.toString()).isEmpty();
        }
    }

    private Answer answer(CompiledGrammar form, AnswerConstraint.Calls calls) {
        AnswerConstraint constraint = new AnswerConstraint(tokenizer, trie, form, calls);
        Sampler sampler = Sampler.of(SamplingParams.temperature(1).withSeed(random.nextLong()), tokenizer.size(), constraint,
                new BitSet());
        Answer answer = new Answer();
        AnswerReader reader = new AnswerReader(SCHEMAS.keySet(), true, false, answer);
        float[] logits = new float[tokenizer.size()];
        for (int length = 0; length < 2_000; length++) {
            for (int id = 0; id < logits.length; id++) {
                logits[id] = random.nextFloat() * 8;
            }
            // Ends and beginnings are rare among all tokens.
            for (int end : tokenizer.endOfGenerationTokens()) {
                logits[end] += 4;
            }
            logits[tokenizer.id(ToolMarkers.CALL_BEGIN).orElseThrow()] += 4;
            logits[tokenizer.id(ToolMarkers.SECTION_BEGIN).orElseThrow()] += 4;
            logits[tokenizer.encode("\"", false)[0]] += 6;
            int token = sampler.sample(logits, 0, logits.length);
            if (tokenizer.isEndOfGeneration(token)) {
                reader.finish(false);
                return answer;
            }
            String marker = AnswerReader.marker(token, tokenizer);
            reader.accept(marker == null ? new String(tokenizer.textBytes(token), StandardCharsets.ISO_8859_1) : marker);
        }
        throw new AssertionError("No end");
    }
}
