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
}
