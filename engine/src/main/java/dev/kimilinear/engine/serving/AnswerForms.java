package dev.kimilinear.engine.serving;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;

import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.ToolChoice;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.api.UnsupportedSchemaException;
import dev.kimilinear.engine.chat.AnswerConstraint;
import dev.kimilinear.engine.grammar.CompiledGrammar;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.grammar.TokenTrie;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * The forms that answers of one model must have. Grammars are compiled on the thread that asks, and kept as long as they are
 * among those used last; what they learn while they are used belongs to the owner thread. Thread-safe.
 */
public final class AnswerForms {

    /** Compiled grammars that are kept. */
    private static final int MOST_GRAMMARS = 128;

    /** @param compiler tells grammars of equal text apart: a schema of an answer, of arguments, a grammar */
    private record Key(BiFunction<String, TokenTrie, CompiledGrammar> compiler, String text) {
    }

    /** Has something of all that schemas ask for: what compiles it loads classes, which takes far longer than a schema does. */
    private static final String EXAMPLE = """
            {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "age": {"type": "integer"},
              "size": {"type": "number", "minimum": 0}, "kind": {"enum": ["a", "b"]}, "good": {"type": "boolean"},
              "list": {"type": "array", "items": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}}}""";

    private static final BiFunction<String, TokenTrie, CompiledGrammar> GBNF = CompiledGrammar::gbnf;
    private static final BiFunction<String, TokenTrie, CompiledGrammar> JSON_SCHEMA = CompiledGrammar::jsonSchema;
    private static final BiFunction<String, TokenTrie, CompiledGrammar> JSON_OBJECT = (any, trie) -> CompiledGrammar
            .jsonObject(trie);

    private final Tokenizer tokenizer;
    private final BiFunction<String, TokenTrie, CompiledGrammar> toolArguments;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by the lock.
    private TokenTrie trie;
    private final Map<Key, CompiledGrammar> grammars = lastUsed();
    private final Map<List<String>, BitSet> breakers = lastUsed();

    /** @param arguments how the model's chat template writes the arguments of calls */
    public AnswerForms(Tokenizer tokenizer, JsonWriting arguments) {
        this.tokenizer = tokenizer;
        toolArguments = (schema, trie) -> CompiledGrammar.toolArguments(schema, arguments, trie);
    }

    private static <K, V> Map<K, V> lastUsed() {
        return new LinkedHashMap<>(16, 0.75f, true) {

            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > MOST_GRAMMARS;
            }
        };
    }

    /** Does what the first answer of a form should not wait for. */
    void warmUp() {
        CompiledGrammar.jsonSchema(EXAMPLE, trie());
    }

    /** What all grammars need; it takes a moment with a large vocabulary. */
    private TokenTrie trie() {
        lock.lock();
        try {
            if (trie == null) {
                trie = TokenTrie.of(tokenizer);
            }
            return trie;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The form of the answer to a request.
     *
     * @throws UnsupportedSchemaException if a schema asks for what cannot be enforced
     * @throws IllegalArgumentException if a schema or grammar is none, or a logit bias is for a token that does not exist
     * @throws EngineException if there are tools and the model cannot call any
     */
    AnswerForm of(GenerationRequest request) {
        checkBias(request.sampling());
        BitSet dryBreakers = request.sampling().dry().isOff() ? new BitSet() : breakers(request.sampling().dry().breakers());
        Map<String, ToolSpec> tools = tools(request);
        CompiledGrammar format = switch (request.format()) {
            case AnswerFormat.Text() -> null;
            case AnswerFormat.JsonObject() -> compiled(JSON_OBJECT, "");
            case AnswerFormat.JsonSchema(String schema) -> compiled(JSON_SCHEMA, schema);
            case AnswerFormat.Grammar(String gbnf) -> compiled(GBNF, gbnf);
        };
        if (format == null && tools.isEmpty()) {
            return new AnswerForm(null, Set.of(), dryBreakers);
        }
        AnswerConstraint.Calls calls = tools.isEmpty() ? null
                : new AnswerConstraint.Calls(arguments(tools), callsSoFar(request.prompt()),
                        request.toolChoice() == ToolChoice.REQUIRED, request.parallelToolCalls());
        return new AnswerForm(new AnswerConstraint(tokenizer, trie(), format, calls), tools.keySet(), dryBreakers);
    }

    private Map<String, ToolSpec> tools(GenerationRequest request) {
        Map<String, ToolSpec> tools = new LinkedHashMap<>();
        if (request.toolChoice() != ToolChoice.NONE && request.prompt() instanceof Prompt.Chat chat) {
            for (ToolSpec tool : chat.tools()) {
                if (tools.put(tool.name(), tool) != null) {
                    throw new IllegalArgumentException("Two tools are named \"" + tool.name() + "\", expected one");
                }
            }
        }
        List<String> missing = tools.isEmpty() ? List.of() : AnswerConstraint.missingMarkers(tokenizer);
        if (!missing.isEmpty()) {
            throw new EngineException("The model cannot call tools: its vocabulary lacks the tokens "
                    + String.join(", ", missing) + ". Leave the tools out.");
        }
        return tools;
    }

    private Map<String, CompiledGrammar> arguments(Map<String, ToolSpec> tools) {
        Map<String, CompiledGrammar> arguments = new LinkedHashMap<>();
        tools.forEach((name, tool) -> {
            try {
                arguments.put(name, compiled(toolArguments, tool.parametersJsonSchema()));
            } catch (UnsupportedSchemaException e) {
                throw new UnsupportedSchemaException("Tool \"" + name + "\": " + e.getMessage());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("Tool \"" + name + "\": " + e.getMessage(), e);
            }
        });
        return arguments;
    }

    /** The index that Kimi gives to the next call: it counts all of the conversation. */
    private static int callsSoFar(Prompt prompt) {
        return prompt instanceof Prompt.Chat chat ? chat.turns().stream().map(ChatTurn::toolCalls).mapToInt(List::size).sum()
                : 0;
    }

    private CompiledGrammar compiled(BiFunction<String, TokenTrie, CompiledGrammar> compiler, String text) {
        lock.lock();
        try {
            return grammars.computeIfAbsent(new Key(compiler, text), key -> compiler.apply(text, trie()));
        } finally {
            lock.unlock();
        }
    }

    private BitSet breakers(List<String> texts) {
        lock.lock();
        try {
            return breakers.computeIfAbsent(texts, key -> {
                BitSet tokens = new BitSet();
                for (int token = 0; token < tokenizer.size(); token++) {
                    String text = new String(tokenizer.textBytes(token), StandardCharsets.UTF_8);
                    tokens.set(token, texts.stream().anyMatch(text::contains));
                }
                return tokens;
            });
        } finally {
            lock.unlock();
        }
    }

    private void checkBias(SamplingParams sampling) {
        for (int token : sampling.logitBias().keySet()) {
            if (token >= tokenizer.size()) {
                throw new IllegalArgumentException("logitBias has a token " + token + ", expected 0 to "
                        + (tokenizer.size() - 1));
            }
        }
    }
}
