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

    /** The number of tokens at the beginning that this and a prompt have in common. */
    int commonPrefix(int[] prompt) {
        int differs = Arrays.mismatch(tokens, prompt);
        return differs < 0 ? tokens.length : differs;
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
