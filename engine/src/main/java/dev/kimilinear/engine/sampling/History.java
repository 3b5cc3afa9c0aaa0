package dev.kimilinear.engine.sampling;

/** The tokens of prompt and answer so far, for rules that look back. Belongs to one sequence. */
final class History {

    private int[] tokens = {};
    private int length;

    /** @param tokens those in {@code [0, length)} count; not to be changed while a token is chosen */
    void set(int[] tokens, int length) {
        this.tokens = tokens;
        this.length = length;
    }

    /** How many tokens there are, or the window if that is smaller and not 0. */
    int length(int window) {
        return window == 0 ? length : Math.min(window, length);
    }

    /** The token that came i tokens before the last one, 0 being the last. */
    int fromEnd(int i) {
        return tokens[length - 1 - i];
    }
}
