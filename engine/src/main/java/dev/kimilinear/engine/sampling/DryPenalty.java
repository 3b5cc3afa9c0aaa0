package dev.kimilinear.engine.sampling;

import java.util.Arrays;
import java.util.BitSet;

import dev.kimilinear.engine.api.SamplingParams.Dry;

/**
 * "Don't repeat yourself": a token that came behind an earlier occurrence of the last n tokens, n the longest for which that
 * is so, loses {@code multiplier * base^(n - allowedLength)} if n is at least the allowed length.
 */
final class DryPenalty implements LogitsProcessor {

    private final Dry dry;
    private final BitSet breakers;
    /** By token, the length of the repetition that it would continue; all 0 between two calls. */
    private final int[] continued;
    private int[] matches = new int[256];

    /** @param breakers the tokens that no repetition reaches over */
    DryPenalty(Dry dry, BitSet breakers, int vocabularySize) {
        this.dry = dry;
        this.breakers = breakers;
        continued = new int[vocabularySize];
    }

    @Override
    public void apply(Candidates candidates, History history) {
        int window = history.length(dry.window());
        int reach = 0;
        while (reach < window && !breakers.get(history.fromEnd(reach))) {
            reach++;
        }
        if (reach < dry.allowedLength()) {
            return;
        }
        match(history, window);
        for (int i = 1; i < window; i++) {
            int next = history.fromEnd(i - 1);
            continued[next] = Math.max(continued[next], Math.min(matches[i], reach));
        }
        for (int i = 0; i < candidates.size(); i++) {
            int length = continued[candidates.id(i)];
            if (length >= dry.allowedLength() && !breakers.get(candidates.id(i))) {
                double penalty = dry.multiplier() * StrictMath.pow(dry.base(), length - dry.allowedLength());
                // Finite, as the rules behind expect of the largest logit.
                candidates.setLogit(i, (float) Math.max(-Float.MAX_VALUE, candidates.logit(i) - penalty));
            }
        }
        for (int i = 0; i < window; i++) {
            continued[history.fromEnd(i)] = 0;
        }
    }

    /**
     * How many of the last tokens stand also at i tokens before them, for each i from 1: the Z function of the tokens
     * backwards.
     */
    private void match(History history, int window) {
        if (matches.length < window) {
            matches = Arrays.copyOf(matches, Math.max(window, 2 * matches.length));
        }
        int from = 0;
        int to = 0;
        for (int i = 1; i < window; i++) {
            int length = i < to ? Math.min(to - i, matches[i - from]) : 0;
            while (i + length < window && history.fromEnd(length) == history.fromEnd(i + length)) {
                length++;
            }
            matches[i] = length;
            if (i + length > to) {
                from = i;
                to = i + length;
            }
        }
    }
}
