package dev.kimilinear.engine.serving.snapshot;

import java.util.Arrays;
import java.util.function.ObjLongConsumer;

import dev.kimilinear.engine.model.SequenceState;

/**
 * A sequence as it was after certain tokens. Nobody changes what it refers to.
 *
 * @param tokens that were read, at least one
 * @param state after them; whoever goes on from here takes a fork
 * @param logits of the next token, where a request may want nothing else; otherwise null
 */
public record Snapshot(int[] tokens, SequenceState state, float[] logits) {

    /** Tokens read. */
    public int length() {
        return tokens.length;
    }

    /** Whether a prompt, all of it or a beginning, is what was read here, so that it may go on from here. */
    boolean isPrefixOf(int[] prompt) {
        return tokens.length <= prompt.length && (tokens.length < prompt.length || logits != null)
                && Arrays.mismatch(tokens, 0, tokens.length, prompt, 0, tokens.length) < 0;
    }

    /** The number of tokens at the beginning that two sequences have in common. */
    static int commonPrefix(int[] a, int[] b) {
        int differs = Arrays.mismatch(a, b);
        return differs < 0 ? a.length : differs;
    }

    /**
     * Of two sequences the one that has the longer beginning in common with a prompt; one that differs from the prompt nowhere,
     * because one of them ends first, does not count.
     *
     * @param a perhaps null
     * @return perhaps null
     */
    static int[] nearer(int[] a, int[] b, int[] prompt) {
        int common = commonPrefix(b, prompt);
        boolean differs = common < b.length && common < prompt.length;
        return differs && common > (a == null ? 0 : commonPrefix(a, prompt)) ? b : a;
    }

    /** Hands out the arrays that it holds, each with its bytes; other snapshots may hold the same ones. */
    void forEachArray(ObjLongConsumer<Object> action) {
        action.accept(tokens, 4L * tokens.length);
        if (logits != null) {
            action.accept(logits, 4L * logits.length);
        }
        state.forEachArray(action);
    }
}
