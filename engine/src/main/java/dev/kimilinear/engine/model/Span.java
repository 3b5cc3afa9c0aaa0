package dev.kimilinear.engine.model;

/**
 * The rows of one sequence in a step: {@code tokens[from .. to)}, read on top of the state.
 *
 * @param state the sequence; its position advances by the span's length
 * @param tokens token ids
 * @param from first token of the span
 * @param to one past the last token, more than from
 * @param logitsAt the rows whose logits are wanted, as ascending offsets from {@code from}; may be empty
 */
public record Span(SequenceState state, int[] tokens, int from, int to, int[] logitsAt) {

    public Span {
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
    }

    /** A span that is only read. */
    public static Span quiet(SequenceState state, int[] tokens, int from, int to) {
        return new Span(state, tokens, from, to, new int[0]);
    }

    /** A span whose last token's logits are wanted. */
    public static Span last(SequenceState state, int[] tokens, int from, int to) {
        return new Span(state, tokens, from, to, new int[] { to - from - 1 });
    }

    /** Rows of this span. */
    public int length() {
        return to - from;
    }
}
