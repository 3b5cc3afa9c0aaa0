package dev.kimilinear.engine.serving;

import java.util.function.LongSupplier;

import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;

/**
 * Work that nobody asked for: until the JVM has compiled the vector kernels these are 50 to 130 times slower. First the
 * kernels run on a millisecond's work, over and over, while the compiler works beside them. Then come rounds of a few single
 * tokens and a short chunk, on sequences that are thrown away. Either part is over when it no longer becomes faster; all of
 * it after some seconds, or when there is a request, which compiles the same code. So no state is ever held beside those of
 * requests, and a request waits for one step at most. Owner thread only.
 */
final class WarmUp {

    static final int SINGLE_TOKENS = 8;
    static final int CHUNK_TOKENS = 16;
    static final int ROUND_TOKENS = SINGLE_TOKENS + CHUNK_TOKENS;

    /** Code is compiled in stages: so many rounds must bring nothing. */
    private static final int ROUNDS_WITHOUT_GAIN = 3;
    /** The compiler may take so long for one kernel, and meanwhile nothing becomes faster. */
    static final long EXERCISE_NANOS_WITHOUT_GAIN = 500_000_000L;
    /** Less than this share of the shortest time so far is a gain; the rest is noise. */
    private static final double GAIN = 0.9;
    private static final long MOST_NANOS = 8_000_000_000L;

    private final StepModel model;
    private final LongSupplier nanoTime;
    private final int[] tokens = new int[ROUND_TOKENS];

    private boolean over;
    private boolean exercised;
    private long exerciseNanosWithoutGain;
    private long fastestExerciseNanos = Long.MAX_VALUE;
    private SequenceState state;
    /** Tokens of the round that were read. */
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

    /** Does the next bit of work. */
    void step() {
        long start = nanoTime.getAsLong();
        if (exercised) {
            read();
        } else {
            model.exercise();
        }
        long nanos = nanoTime.getAsLong() - start;
        if (!exercised) {
            endExercise(nanos);
        } else {
            roundNanos += nanos;
            if (read == ROUND_TOKENS) {
                endRound();
            }
        }
        totalNanos += nanos;
        if (totalNanos >= MOST_NANOS) {
            end();
        }
    }

    private void endExercise(long nanos) {
        exerciseNanosWithoutGain = nanos < GAIN * fastestExerciseNanos ? 0 : exerciseNanosWithoutGain + nanos;
        fastestExerciseNanos = Math.min(fastestExerciseNanos, nanos);
        exercised = exerciseNanosWithoutGain >= EXERCISE_NANOS_WITHOUT_GAIN;
    }

    private void read() {
        if (read == 0) {
            state = model.newState();
            chooseTokens();
        }
        int next = read < SINGLE_TOKENS ? read + 1 : ROUND_TOKENS;
        model.forward(Batch.of(Span.last(state, tokens, read, next)), () -> false);
        read = next;
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
