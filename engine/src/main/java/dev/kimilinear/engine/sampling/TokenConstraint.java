package dev.kimilinear.engine.sampling;

/**
 * Says which tokens may come next, by what has come before: a grammar, or the form of tool calls. Belongs to one sequence;
 * confined to the thread that chooses its tokens.
 */
public interface TokenConstraint {

    /** Whether every token may come next; then {@link #allowed} is not asked for. */
    boolean allowsEverything();

    /** Whether this token may come next. */
    boolean allows(int token);

    /** The tokens that may come next, a bit for each id, at least one. Not to be changed, and valid until the next call. */
    long[] allowed();

    /** This token came, one that is {@linkplain #allows allowed}. */
    void accept(int token);
}
