package dev.kimilinear.benchmarks.contender;

import java.util.SplittableRandom;

/** What both ends of the line protocol know. */
final class Requests {

    /** The most tokens of one step, llama.cpp's default {@code n_ubatch}. */
    static final int CHUNK_TOKENS = 512;

    private Requests() {
    }

    /** Random token ids: the same for both sides, so that both load the same experts. */
    static int[] tokens(int count, long seed, int vocabularySize) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = random.nextInt(vocabularySize);
        }
        return tokens;
    }

    /**
     * The index of the largest logit, the first of equal ones.
     *
     * @throws IllegalStateException if none is a number
     */
    static int mostProbable(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        if (Float.isNaN(logits[best])) {
            throw new IllegalStateException("Logits that are not numbers");
        }
        return best;
    }
}
