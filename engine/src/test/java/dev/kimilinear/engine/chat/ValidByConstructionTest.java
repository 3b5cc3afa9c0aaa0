package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.CompiledGrammar;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.grammar.TokenTrie;
import dev.kimilinear.engine.sampling.Sampler;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * Whatever the logits are: an answer that is held to a schema is valid by it, in the eyes of a validator that knows nothing
 * of the grammar.
 */
class ValidByConstructionTest {

    private static final int SCHEMAS = 10_000;
    /** A text that goes on for so long is led to its end. */
    private static final int PATIENCE = 60;
    private static final int MOST_TOKENS = 4_000;

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
            DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final ObjectMapper STRICT = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final JsonSchemaFactory VALIDATORS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    private static Tokenizer tokenizer;
    private static TokenTrie trie;
    /** What leads a text to its end: quotes, brackets, the end itself. */
    private static float[] towardsTheEnd;

    private final Random random = new Random(20260101);
    private int definitions;

    @BeforeAll
    static void read() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        trie = TokenTrie.of(tokenizer);
        towardsTheEnd = new float[tokenizer.size()];
        for (int token = 0; token < towardsTheEnd.length; token++) {
            String text = new String(tokenizer.textBytes(token), StandardCharsets.UTF_8);
            towardsTheEnd[token] = tokenizer.isEndOfGeneration(token) ? 40
                    : text.equals("}") || text.equals("]") ? 30
                            : text.equals("\"") ? 35 : !text.isBlank() && "null".startsWith(text.strip()) ? 25 : 0;
        }
    }

    @Test
    void answersToRandomSchemasAreValid() throws Exception {
        int characters = 0;
        for (int i = 0; i < SCHEMAS; i++) {
            ObjectNode schema = rootSchema();
            String answer = answer(CompiledGrammar.jsonSchema(schema.toString(), trie));
            JsonNode value = JSON.readTree(answer);
            Set<ValidationMessage> messages = VALIDATORS.getSchema(schema).validate(value);
            assertThat(messages).as("%s by %s", answer, schema).isEmpty();
            characters += answer.length();
        }
        // They are texts of some length, not the shortest ones that are valid.
        assertThat(characters).isGreaterThan(50 * SCHEMAS);
    }

    /** The arguments of a call stand in the prompt of the next turn as the chat template writes them. */
    @Test
    void argumentsAreWrittenAsTheTemplateWritesThem() throws Exception {
        int compared = 0;
        for (int i = 0; i < SCHEMAS / 10; i++) {
            ObjectNode schema = withDefinitions(objectSchema(2));
            String arguments = answer(CompiledGrammar.toolArguments(schema.toString(), JsonWriting.SPACED, trie));
            // Digits behind the point may be zeros, or more than a number can hold; -0 is 0; a key may come twice.
            if (!arguments.matches("(?s).*(-0|\\d\\.\\d).*") && !hasAKeyTwice(arguments)) {
                assertThat(PythonJson.DEFAULT.write(PythonJson.parse(arguments))).isEqualTo(arguments);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(SCHEMAS / 20);
    }

    private static boolean hasAKeyTwice(String json) {
        try {
            STRICT.readTree(json);
            return false;
        } catch (JsonProcessingException e) {
            return true;
        }
    }

    /** An answer by random logits. */
    private String answer(CompiledGrammar grammar) {
        AnswerConstraint constraint = new AnswerConstraint(tokenizer, trie, grammar, null);
        Sampler sampler = Sampler.of(SamplingParams.temperature(1).withTopK(random.nextInt(3) * 20).withSeed(random.nextLong()),
                tokenizer.size(), constraint, new BitSet());
        float[] logits = new float[tokenizer.size()];
        int[] tokens = new int[MOST_TOKENS];
        for (int length = 0; length < MOST_TOKENS; length++) {
            for (int id = 0; id < logits.length; id++) {
                logits[id] = random.nextFloat() * 8 + (length < PATIENCE ? 0 : towardsTheEnd[id]);
            }
            int token = sampler.sample(logits, 0, logits.length);
            if (tokenizer.isEndOfGeneration(token)) {
                return tokenizer.decode(Arrays.copyOf(tokens, length), false);
            }
            tokens[length] = token;
        }
        throw new AssertionError("No end after " + MOST_TOKENS + " tokens: " + tokenizer.decode(tokens, false));
    }

    // Schemas.

    private ObjectNode rootSchema() {
        definitions = random.nextInt(3);
        return withDefinitions(random.nextInt(4) == 0 ? schema(3) : objectSchema(3));
    }

    private ObjectNode withDefinitions(ObjectNode root) {
        ObjectNode defs = root.putObject("$defs");
        for (int i = 0; i < 3; i++) {
            // A definition may refer to itself and to others where it can do without: in what is optional.
            ObjectNode definition = defs.putObject("d" + i).put("type", "object");
            ObjectNode properties = definition.putObject("properties");
            properties.putObject("id").put("type", "integer");
            properties.putObject("rest").put("$ref", "#/$defs/d" + random.nextInt(3));
            ArrayNode anyOf = properties.putObject("or").putArray("anyOf");
            anyOf.addObject().put("type", "null");
            anyOf.addObject().put("$ref", "#/$defs/d" + random.nextInt(3));
            definition.putArray("required").add("id").add("or");
            definition.put("additionalProperties", false);
        }
        return root;
    }

    private ObjectNode schema(int depth) {
        ObjectNode schema = JSON.createObjectNode();
        switch (random.nextInt(depth > 0 ? 12 : 7)) {
            case 0 -> {
                schema.put("type", "string");
                if (random.nextBoolean()) {
                    int least = random.nextInt(4);
                    schema.put("minLength", least).put("maxLength", least + random.nextInt(12));
                }
            }
            case 1 -> {
                int least = random.nextInt(2_000) - 1_000;
                schema.put("type", "integer");
                if (random.nextBoolean()) {
                    schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", least);
                }
                if (random.nextBoolean()) {
                    schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum", least + 2 + random.nextInt(500));
                }
            }
            case 2 -> {
                double least = (random.nextInt(2_000) - 1_000) / 100.0;
                schema.put("type", "number");
                if (random.nextBoolean()) {
                    schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", least);
                }
                if (random.nextBoolean()) {
                    schema.put(random.nextBoolean() ? "maximum" : "exclusiveMaximum",
                            least + (1 + random.nextInt(900)) / 100.0);
                }
            }
            case 3 -> schema.put("type", random.nextBoolean() ? "boolean" : "null");
            case 4 -> {
                ArrayNode values = schema.putArray("enum");
                for (int i = 0; i <= random.nextInt(4); i++) {
                    values.add(name());
                }
                values.add(random.nextInt(100));
            }
            case 5 ->
                schema.put("type", "string").put("format", List.of("date", "time", "date-time", "uuid").get(random.nextInt(4)));
            case 6 -> {
                schema.putArray("type").add("string").add("null");
                schema.put("description", "some text");
            }
            case 7, 8 -> {
                return objectSchema(depth - 1);
            }
            case 9 -> {
                schema.put("type", "array").set("items", schema(depth - 1));
                if (random.nextBoolean()) {
                    int least = random.nextInt(3);
                    schema.put("minItems", least).put("maxItems", least + random.nextInt(4));
                }
            }
            case 10 -> {
                ArrayNode options = schema.putArray("anyOf");
                for (int i = 0; i <= random.nextInt(3); i++) {
                    options.add(schema(depth - 1));
                }
            }
            default -> schema.put("$ref", "#/$defs/d" + definitions);
        }
        return schema;
    }

    private ObjectNode objectSchema(int depth) {
        ObjectNode schema = JSON.createObjectNode().put("type", "object");
        if (random.nextInt(8) == 0) {
            return schema;
        }
        Map<String, ObjectNode> properties = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            properties.put(name(), schema(depth));
        }
        schema.putObject("properties").setAll(properties);
        ArrayNode required = schema.putArray("required");
        properties.keySet().stream().filter(name -> random.nextBoolean()).forEach(required::add);
        if (required.isEmpty()) {
            schema.remove("required");
        }
        switch (random.nextInt(4)) {
            case 0 -> schema.put("additionalProperties", false);
            case 1 -> schema.set("additionalProperties", schema(0));
            default -> {
                // Not said: then everything is allowed, and nothing is written.
            }
        }
        return schema;
    }

    private String name() {
        StringBuilder name = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            name.appendCodePoint("abcXYZ09_ -é日😀/~\"\\".codePoints().toArray()[random.nextInt(18)]);
        }
        return name.toString();
    }
}
