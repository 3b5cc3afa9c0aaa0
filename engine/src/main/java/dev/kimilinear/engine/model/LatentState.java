package dev.kimilinear.engine.model;

import java.util.Arrays;

import dev.kimilinear.engine.kernel.Kernels;

/**
 * State of an MLA layer: one row of {@code R + O} values a token (the normed latent, then the shared key part), in blocks
 * that are allocated as the sequence grows.
 */
final class LatentState implements LayerState {

    private final int width;
    private float[][] blocks = new float[0][];

    /** @param width R + O */
    LatentState(int width) {
        this.width = width;
    }

    /** The blocks, each {@code [Kernels.LATENT_BLOCK, width]}. */
    float[][] blocks() {
        return blocks;
    }

    /** Stores the rows {@code [first, first + count)} of {@code [n, width]} from the given position on. */
    void append(int position, float[] rows, int first, int count) {
        reserve(position + count);
        for (int i = 0; i < count; i++) {
            int at = position + i;
            System.arraycopy(rows, (first + i) * width, blocks[at / Kernels.LATENT_BLOCK],
                    at % Kernels.LATENT_BLOCK * width, width);
        }
    }

    private void reserve(int positions) {
        int needed = (positions + Kernels.LATENT_BLOCK - 1) / Kernels.LATENT_BLOCK;
        int held = blocks.length;
        if (needed > held) {
            blocks = Arrays.copyOf(blocks, needed);
            for (int i = held; i < needed; i++) {
                blocks[i] = new float[Kernels.LATENT_BLOCK * width];
            }
        }
    }

    /** Heap bytes of a state that holds rows for the given number of tokens. */
    static long bytes(int width, int tokens) {
        long blocks = (tokens + Kernels.LATENT_BLOCK - 1L) / Kernels.LATENT_BLOCK;
        return 4L * blocks * Kernels.LATENT_BLOCK * width;
    }

    @Override
    public long bytes() {
        return 4L * blocks.length * Kernels.LATENT_BLOCK * width;
    }
}
