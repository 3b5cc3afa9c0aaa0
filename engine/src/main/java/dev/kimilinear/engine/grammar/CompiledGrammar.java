package dev.kimilinear.engine.grammar;

import java.util.Collection;
import java.util.Map;

/**
 * A grammar together with a vocabulary: which tokens may follow a text. What was found out for one answer serves all later
 * ones; so one object is kept for each grammar, and answers take {@link #matcher matchers} from it. Confined to one thread at
 * a time.
 */
public final class CompiledGrammar {

    private final Automaton automaton;
    private final TokenTrie trie;

    private CompiledGrammar(Grammar grammar, TokenTrie trie) {
        this.trie = trie;
        automaton = new Automaton(grammar);
    }

    /**
     * A grammar in llama.cpp's notation, see {@link Gbnf}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static CompiledGrammar gbnf(String text, TokenTrie trie) {
        return new CompiledGrammar(Gbnf.parse(text), trie);
    }

    /**
     * JSON by a schema, see {@link JsonSchema}.
     *
     * @param schema the schema as JSON text
     * @throws dev.kimilinear.engine.api.UnsupportedSchemaException if it asks for what cannot be enforced
     * @throws IllegalArgumentException if it is no JSON schema
     */
    public static CompiledGrammar jsonSchema(String schema, TokenTrie trie) {
        return new CompiledGrammar(JsonSchema.parse(schema, JsonWriting.ANY), trie);
    }

    /**
     * The arguments of a tool call by the tool's schema.
     *
     * @param writing that of the model's chat template: then the same text stands in the prompt of the next turn
     * @throws dev.kimilinear.engine.api.UnsupportedSchemaException if the schema asks for what cannot be enforced
     * @throws IllegalArgumentException if it is no JSON schema
     */
    public static CompiledGrammar toolArguments(String schema, JsonWriting writing, TokenTrie trie) {
        return new CompiledGrammar(JsonSchema.parse(schema, writing), trie);
    }

    /** A JSON object, whatever is in it. */
    public static CompiledGrammar jsonObject(TokenTrie trie) {
        return new CompiledGrammar(JsonSchema.anyObject(), trie);
    }

    /** One of some texts. */
    public static CompiledGrammar oneOf(Collection<String> texts, TokenTrie trie) {
        Expression choice = new Expression.Choice(texts.stream().map(Expression::text).toList());
        return new CompiledGrammar(Grammar.of(Map.of("texts", choice), "texts"), trie);
    }

    /** A text from its beginning. */
    public GrammarMatcher matcher() {
        return new GrammarMatcher(this, automaton.start());
    }

    /** The state behind a token. */
    Automaton.State next(Automaton.State state, int token) {
        Automaton.State next = state;
        for (byte value : trie.text(token)) {
            next = automaton.next(next, value);
        }
        return next;
    }

    boolean allows(Automaton.State state, int token) {
        return trie.text(token).length > 0 && !automaton.isDead(next(state, token));
    }

    /** The tokens that may follow, a bit for each id. Not to be changed. */
    long[] allowed(Automaton.State state) {
        return trie.mask(automaton, state);
    }
}
