package dev.kimilinear.engine.model;

/**
 * The rows of one sequence in a step: tokens, read on top of the sequence's state. Who reads a sequence step by step moves
 * one span along it, so that a step leaves no garbage.
 */
public final class Span {

    private static final int[] NO_ROW = {};
    private static final int[] FIRST_ROW = { 0 };

    private final SequenceState state;
    private int[] tokens;
    private int from;
    private int to;
    private int[] logitsAt = NO_ROW;

    /**
     * A span that has no rows yet.
     *
     * @param state the sequence; a step advances its position by the span's length
     */
    public Span(SequenceState state) {
        this.state = state;
    }

    /** A span that is only read. */
    public static Span quiet(SequenceState state, int[] tokens, int from, int to) {
        return new Span(state).quiet(tokens, from, to);
    }

    /** A span whose last token's logits are wanted. */
    public static Span last(SequenceState state, int[] tokens, int from, int to) {
        return new Span(state).last(tokens, from, to);
    }

    /** Takes {@code tokens[from .. to)} as the rows, to be read only. */
    public Span quiet(int[] tokens, int from, int to) {
        return of(tokens, from, to, NO_ROW);
    }

    /** Takes {@code tokens[from .. to)} as the rows; the last one's logits are wanted. */
    public Span last(int[] tokens, int from, int to) {
        return of(tokens, from, to, to - from == 1 ? FIRST_ROW : new int[] { to - from - 1 });
    }

    /**
     * Takes {@code tokens[from .. to)} as the rows.
     *
     * @param tokens token ids
     * @param from first token of the span
     * @param to one past the last token, more than from
     * @param logitsAt the rows whose logits are wanted, as ascending offsets from {@code from}; may be empty; not changed
     */
    public Span of(int[] tokens, int from, int to, int[] logitsAt) {
        if (from < 0 || to <= from || to > tokens.length) {
            throw new IllegalArgumentException(
                    "span [" + from + ", " + to + ") of " + tokens.length + " tokens is empty or out of range");
        }
        int last = -1;
        for (int at : logitsAt) {
            if (at <= last || at >= to - from) {
                throw new IllegalArgumentException("logits row " + at + " is out of order or not below " + (to - from));
            }
            last = at;
        }
        this.tokens = tokens;
        this.from = from;
        this.to = to;
        this.logitsAt = logitsAt;
        return this;
    }

    /** The sequence. */
    public SequenceState state() {
        return state;
    }

    /** Token ids, of which those in {@code [from, to)} are the span's. */
    public int[] tokens() {
        return tokens;
    }

    /** First token of the span. */
    public int from() {
        return from;
    }

    /** One past the last token of the span. */
    public int to() {
        return to;
    }

    /** The rows whose logits are wanted, as ascending offsets from {@link #from}. */
    public int[] logitsAt() {
        return logitsAt;
    }

    /** Rows of this span. */
    public int length() {
        return to - from;
    }
}
