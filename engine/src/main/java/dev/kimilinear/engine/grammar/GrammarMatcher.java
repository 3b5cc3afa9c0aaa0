package dev.kimilinear.engine.grammar;

/** How far a text has come in a grammar. Belongs to one sequence; confined to the thread of its grammar. */
public final class GrammarMatcher {

    private final CompiledGrammar grammar;
    private Automaton.State state;

    GrammarMatcher(CompiledGrammar grammar, Automaton.State start) {
        this.grammar = grammar;
        state = start;
    }

    /** Whether the text may go on with this token. */
    public boolean allows(int token) {
        return grammar.allows(state, token);
    }

    /** The tokens with which the text may go on, a bit for each id. Not to be changed, and valid until the next call. */
    public long[] allowed() {
        return grammar.allowed(state);
    }

    /** The text goes on with this token, one that is {@linkplain #allows allowed}. */
    public void accept(int token) {
        assert allows(token);
        state = grammar.next(state, token);
    }

    /** Whether the text may end here. */
    public boolean mayEnd() {
        return state.isAccepting();
    }

    /** Whether the text cannot go on. */
    public boolean mustEnd() {
        return state.isLast();
    }
}
