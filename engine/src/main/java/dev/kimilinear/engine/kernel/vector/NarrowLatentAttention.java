package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;
import static dev.kimilinear.engine.kernel.vector.LatentAttentionKernel.GROUP;

import jdk.incubator.vector.FloatVector;

/**
 * The two products of {@link LatentAttentionKernel} for vectors of 256 bits, with which there may be 16 registers in all. What
 * limits them is not the multiply-adds but the loads: tiles are chosen for few loads a multiply-add, and loops for addresses
 * whose checks C2 can take out of them, with steps that it knows. In the cache, one thread, in one process: scores 1.6 times
 * and sums 1.4 times as fast as those that read a value for each multiply-add, or a row of the cache as it lies.
 */
final class NarrowLatentAttention {

    /** Latent columns that are summed together: two vectors. */
    static final int COLUMNS = 16;

    private NarrowLatentAttention() {
    }

    /** Whether vectors have 256 bits. */
    static boolean suits() {
        return L == 8;
    }

    /**
     * Scores of the first count positions of a block, and of up to three more, for more than L rows of a group. All 32 have
     * queries, be they zero.
     */
    static void score(float[] block, int count, int width, float scale, int rows, float[] memory, int queryAt, int scoreAt) {
        if (rows > 2 * L) {
            for (int s = 0; s < count; s += 2) {
                scoreTwo(block, s * width, width, scale, memory, queryAt, scoreAt + s * GROUP);
            }
        } else {
            for (int s = 0; s < count; s += 4) {
                scoreFour(block, s * width, width, scale, memory, queryAt, scoreAt + s * GROUP);
            }
        }
    }

    /** Two positions and four vectors of rows: six loads for eight multiply-adds. */
    private static void scoreTwo(float[] block, int at, int width, float scale, float[] memory, int queryAt, int scoreAt) {
        FloatVector a0 = FloatVector.zero(FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        for (int i = 0; i < width; i++) {
            FloatVector q0 = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP);
            FloatVector q1 = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP + L);
            FloatVector q2 = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP + 2 * L);
            FloatVector q3 = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP + 3 * L);
            FloatVector c = FloatVector.broadcast(FLOAT, block[at + i]);
            a0 = q0.fma(c, a0);
            a1 = q1.fma(c, a1);
            a2 = q2.fma(c, a2);
            a3 = q3.fma(c, a3);
            c = FloatVector.broadcast(FLOAT, block[at + i + width]);
            b0 = q0.fma(c, b0);
            b1 = q1.fma(c, b1);
            b2 = q2.fma(c, b2);
            b3 = q3.fma(c, b3);
        }
        a0.mul(scale).intoArray(memory, scoreAt);
        a1.mul(scale).intoArray(memory, scoreAt + L);
        a2.mul(scale).intoArray(memory, scoreAt + 2 * L);
        a3.mul(scale).intoArray(memory, scoreAt + 3 * L);
        b0.mul(scale).intoArray(memory, scoreAt + GROUP);
        b1.mul(scale).intoArray(memory, scoreAt + GROUP + L);
        b2.mul(scale).intoArray(memory, scoreAt + GROUP + 2 * L);
        b3.mul(scale).intoArray(memory, scoreAt + GROUP + 3 * L);
    }

    /** Four positions and two vectors of rows: as many loads. */
    private static void scoreFour(float[] block, int at, int width, float scale, float[] memory, int queryAt, int scoreAt) {
        FloatVector a0 = FloatVector.zero(FLOAT);
        FloatVector a1 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector c0 = a0;
        FloatVector c1 = a0;
        FloatVector d0 = a0;
        FloatVector d1 = a0;
        for (int i = 0; i < width; i++) {
            FloatVector q0 = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP);
            FloatVector q1 = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP + L);
            FloatVector c = FloatVector.broadcast(FLOAT, block[at + i]);
            a0 = q0.fma(c, a0);
            a1 = q1.fma(c, a1);
            c = FloatVector.broadcast(FLOAT, block[at + i + width]);
            b0 = q0.fma(c, b0);
            b1 = q1.fma(c, b1);
            c = FloatVector.broadcast(FLOAT, block[at + i + 2 * width]);
            c0 = q0.fma(c, c0);
            c1 = q1.fma(c, c1);
            c = FloatVector.broadcast(FLOAT, block[at + i + 3 * width]);
            d0 = q0.fma(c, d0);
            d1 = q1.fma(c, d1);
        }
        a0.mul(scale).intoArray(memory, scoreAt);
        a1.mul(scale).intoArray(memory, scoreAt + L);
        b0.mul(scale).intoArray(memory, scoreAt + GROUP);
        b1.mul(scale).intoArray(memory, scoreAt + GROUP + L);
        c0.mul(scale).intoArray(memory, scoreAt + 2 * GROUP);
        c1.mul(scale).intoArray(memory, scoreAt + 2 * GROUP + L);
        d0.mul(scale).intoArray(memory, scoreAt + 3 * GROUP);
        d1.mul(scale).intoArray(memory, scoreAt + 3 * GROUP + L);
    }

    /**
     * {@code out = out * factor + sum of weight_s c_s} for the rows of a group and latent columns from 0 on.
     *
     * @param slab where {@code [128, 16]} values of memory are free
     * @return the columns done: as many as fill {@link #COLUMNS}
     */
    static int accumulate(float[] block, int width, int[] counts, int rows, float[] memory, int slots, int slab, float[] out,
            int outAt, int rank) {
        int r = 0;
        for (; r + COLUMNS <= rank; r += COLUMNS) {
            copy(block, r, width, counts[rows - 1], memory, slab);
            for (int h = 0; h < rows;) {
                int at = outAt + h * rank + r;
                if (h + 6 <= rows && counts[h] == counts[h + 5]) {
                    six(memory, slab, slots + h, counts[h], out, at, rank);
                    h += 6;
                } else if (h + 2 <= rows && counts[h] == counts[h + 1]) {
                    two(memory, slab, slots + h, counts[h], out, at, rank);
                    h += 2;
                } else {
                    one(memory, slab, slots + h, counts[h], out, at);
                    h++;
                }
            }
        }
        return r;
    }

    /** Some columns of the first count positions, one position after another. */
    private static void copy(float[] block, int r, int width, int count, float[] memory, int slab) {
        for (int s = 0; s < count; s++) {
            FloatVector.fromArray(FLOAT, block, s * width + r).intoArray(memory, slab + s * COLUMNS);
            FloatVector.fromArray(FLOAT, block, s * width + r + L).intoArray(memory, slab + s * COLUMNS + L);
        }
    }

    // Rows of a group. One that sees nothing of the block has the factor 1.

    /** Twelve sums: eight loads for twelve multiply-adds. */
    private static void six(float[] memory, int slab, int slots, int count, float[] out, int outAt, int rank) {
        int row1 = outAt + rank;
        int row2 = row1 + rank;
        int row3 = row2 + rank;
        int row4 = row3 + rank;
        int row5 = row4 + rank;
        float factor0 = memory[slots];
        FloatVector a0 = FloatVector.fromArray(FLOAT, out, outAt).mul(factor0);
        FloatVector a1 = FloatVector.fromArray(FLOAT, out, outAt + L).mul(factor0);
        float factor1 = memory[slots + 1];
        FloatVector b0 = FloatVector.fromArray(FLOAT, out, row1).mul(factor1);
        FloatVector b1 = FloatVector.fromArray(FLOAT, out, row1 + L).mul(factor1);
        float factor2 = memory[slots + 2];
        FloatVector c0 = FloatVector.fromArray(FLOAT, out, row2).mul(factor2);
        FloatVector c1 = FloatVector.fromArray(FLOAT, out, row2 + L).mul(factor2);
        float factor3 = memory[slots + 3];
        FloatVector d0 = FloatVector.fromArray(FLOAT, out, row3).mul(factor3);
        FloatVector d1 = FloatVector.fromArray(FLOAT, out, row3 + L).mul(factor3);
        float factor4 = memory[slots + 4];
        FloatVector e0 = FloatVector.fromArray(FLOAT, out, row4).mul(factor4);
        FloatVector e1 = FloatVector.fromArray(FLOAT, out, row4 + L).mul(factor4);
        float factor5 = memory[slots + 5];
        FloatVector f0 = FloatVector.fromArray(FLOAT, out, row5).mul(factor5);
        FloatVector f1 = FloatVector.fromArray(FLOAT, out, row5 + L).mul(factor5);
        for (int s = 0; s < count; s++) {
            FloatVector u = FloatVector.fromArray(FLOAT, memory, slab + s * COLUMNS);
            FloatVector v = FloatVector.fromArray(FLOAT, memory, slab + s * COLUMNS + L);
            int weight = slots + GROUP + s * GROUP;
            FloatVector p = FloatVector.broadcast(FLOAT, memory[weight]);
            a0 = p.fma(u, a0);
            a1 = p.fma(v, a1);
            p = FloatVector.broadcast(FLOAT, memory[weight + 1]);
            b0 = p.fma(u, b0);
            b1 = p.fma(v, b1);
            p = FloatVector.broadcast(FLOAT, memory[weight + 2]);
            c0 = p.fma(u, c0);
            c1 = p.fma(v, c1);
            p = FloatVector.broadcast(FLOAT, memory[weight + 3]);
            d0 = p.fma(u, d0);
            d1 = p.fma(v, d1);
            p = FloatVector.broadcast(FLOAT, memory[weight + 4]);
            e0 = p.fma(u, e0);
            e1 = p.fma(v, e1);
            p = FloatVector.broadcast(FLOAT, memory[weight + 5]);
            f0 = p.fma(u, f0);
            f1 = p.fma(v, f1);
        }
        a0.intoArray(out, outAt);
        a1.intoArray(out, outAt + L);
        b0.intoArray(out, row1);
        b1.intoArray(out, row1 + L);
        c0.intoArray(out, row2);
        c1.intoArray(out, row2 + L);
        d0.intoArray(out, row3);
        d1.intoArray(out, row3 + L);
        e0.intoArray(out, row4);
        e1.intoArray(out, row4 + L);
        f0.intoArray(out, row5);
        f1.intoArray(out, row5 + L);
    }

    private static void two(float[] memory, int slab, int slots, int count, float[] out, int outAt, int rank) {
        int row1 = outAt + rank;
        float factor0 = memory[slots];
        FloatVector a0 = FloatVector.fromArray(FLOAT, out, outAt).mul(factor0);
        FloatVector a1 = FloatVector.fromArray(FLOAT, out, outAt + L).mul(factor0);
        float factor1 = memory[slots + 1];
        FloatVector b0 = FloatVector.fromArray(FLOAT, out, row1).mul(factor1);
        FloatVector b1 = FloatVector.fromArray(FLOAT, out, row1 + L).mul(factor1);
        for (int s = 0; s < count; s++) {
            FloatVector u = FloatVector.fromArray(FLOAT, memory, slab + s * COLUMNS);
            FloatVector v = FloatVector.fromArray(FLOAT, memory, slab + s * COLUMNS + L);
            int weight = slots + GROUP + s * GROUP;
            FloatVector p = FloatVector.broadcast(FLOAT, memory[weight]);
            a0 = p.fma(u, a0);
            a1 = p.fma(v, a1);
            p = FloatVector.broadcast(FLOAT, memory[weight + 1]);
            b0 = p.fma(u, b0);
            b1 = p.fma(v, b1);
        }
        a0.intoArray(out, outAt);
        a1.intoArray(out, outAt + L);
        b0.intoArray(out, row1);
        b1.intoArray(out, row1 + L);
    }

    private static void one(float[] memory, int slab, int slots, int count, float[] out, int outAt) {
        float factor = memory[slots];
        FloatVector a0 = FloatVector.fromArray(FLOAT, out, outAt).mul(factor);
        FloatVector a1 = FloatVector.fromArray(FLOAT, out, outAt + L).mul(factor);
        for (int s = 0; s < count; s++) {
            FloatVector u = FloatVector.fromArray(FLOAT, memory, slab + s * COLUMNS);
            FloatVector v = FloatVector.fromArray(FLOAT, memory, slab + s * COLUMNS + L);
            int weight = slots + GROUP + s * GROUP;
            FloatVector p = FloatVector.broadcast(FLOAT, memory[weight]);
            a0 = p.fma(u, a0);
            a1 = p.fma(v, a1);
        }
        a0.intoArray(out, outAt);
        a1.intoArray(out, outAt + L);
    }
}
