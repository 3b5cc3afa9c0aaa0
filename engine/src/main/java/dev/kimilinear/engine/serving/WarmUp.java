package dev.kimilinear.engine.serving;

import java.util.function.LongSupplier;

import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;

/**
 * Steps that nobody asked for, on sequences that are thrown away: until the JVM has compiled the vector kernels these are
 * 50 to 130 times slower. It runs rounds of a few single tokens and a short chunk, and is over when rounds no longer become
 * faster, after some seconds, or when there is a request: that compiles the same code. So it never holds a state beside
 * those of requests, and a request waits for one step at most. Owner thread only.
 */
final class WarmUp {

    static final int SINGLE_TOKENS = 8;
    static final int CHUNK_TOKENS = 16;
    static final int ROUND_TOKENS = SINGLE_TOKENS + CHUNK_TOKENS;

    /** Code is compiled in stages, each after some thousand calls: so many rounds must bring nothing. */
    private static final int ROUNDS_WITHOUT_GAIN = 3;
    /** Less than this share of the fastest round so far is a gain; the rest is noise. */
    private static final double GAIN = 0.9;
    private static final long MOST_NANOS = 5_000_000_000L;

    private final StepModel model;
    private final LongSupplier nanoTime;
    private final int[] tokens = new int[ROUND_TOKENS];

    private boolean over;
    private SequenceState state;
    private int read;
    private long totalNanos;
    private long roundNanos;
    private long fastestNanos = Long.MAX_VALUE;
    private int roundsWithoutGain;

    /** @param contextTokens the most tokens of one sequence; with fewer than a round has there is no warm-up */
    WarmUp(StepModel model, int contextTokens, LongSupplier nanoTime) {
        this.model = model;
        this.nanoTime = nanoTime;
        over = contextTokens < ROUND_TOKENS;
    }

    /** Whether there is nothing more to do. */
    boolean isOver() {
        return over;
    }

    /** Ends it, at once and for good. */
    void end() {
        over = true;
        state = null;
    }

    /** Runs the next step. */
    void step() {
        long start = nanoTime.getAsLong();
        if (read == 0) {
            state = model.newState();
            chooseTokens();
        }
        int next = read < SINGLE_TOKENS ? read + 1 : ROUND_TOKENS;
        model.forward(Batch.of(Span.last(state, tokens, read, next)));
        read = next;
        long nanos = nanoTime.getAsLong() - start;
        roundNanos += nanos;
        totalNanos += nanos;
        if (read == ROUND_TOKENS) {
            endRound();
        }
        if (totalNanos >= MOST_NANOS) {
            end();
        }
    }

    /** Other tokens in each round, so that other experts and rows of the embedding are read. */
    private void chooseTokens() {
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = Math.floorMod(tokens[i] * 31 + 7919 * (i + 1), model.vocabularySize());
        }
    }

    private void endRound() {
        read = 0;
        roundsWithoutGain = roundNanos < GAIN * fastestNanos ? 0 : roundsWithoutGain + 1;
        fastestNanos = Math.min(fastestNanos, roundNanos);
        roundNanos = 0;
        if (roundsWithoutGain == ROUNDS_WITHOUT_GAIN) {
            end();
        }
    }
}
