package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.Kernels.LATENT_BLOCK;
import static dev.kimilinear.engine.kernel.Kernels.LATENT_ROWS;
import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;

import java.util.Arrays;

import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.LatentCache;
import dev.kimilinear.engine.kernel.Scratch;
import jdk.incubator.vector.FloatVector;

/**
 * Attention over the latent cache. A block of the cache is read, and widened, once for up to {@link Kernels#LATENT_ROWS}
 * rows, which meet it in groups of 32. Scores and softmax have the rows of a group in the lanes: each lane sums over the
 * latent index in order, as the contract says. The weighted sum has the latent index in the lanes.
 *
 * <p>
 * Scratch memory: for each group its queries as {@code [width, 32]}; then for each group 32 running maxima and 32 running
 * sums; then {@code [1 + 128, 32]} slots for the group at work: the old maxima, which become the factors of what was summed
 * before, and the scores, which become weights; then what {@link NarrowLatentAttention} needs.
 */
final class LatentAttentionKernel {

    static final int GROUP = 32;

    /** Positions scored together, so that as many chains of FMAs overlap. */
    private static final int POSITIONS = 8;

    /** Whether there are registers for sixteen sums: with 512 bits there are 32, with fewer there may be 16 in all. */
    private static final boolean SIXTEEN_SUMS = L == 16;

    private LatentAttentionKernel() {
    }

    static void attend(float[] query, int heads, int first, LatentCache cache, int before, int rank, float scale, int from,
            int to, float[] out, Scratch scratch) {
        for (int row = from; row < to; row += LATENT_ROWS) {
            attendTile(query, heads, first, cache, before, rank, scale, row, Math.min(to, row + LATENT_ROWS), out, scratch);
        }
    }

    private static void attendTile(float[] query, int heads, int first, LatentCache cache, int before, int rank, float scale,
            int from, int to, float[] out, Scratch scratch) {
        int width = cache.width();
        int step = first * heads;
        int groups = (to - from + GROUP - 1) / GROUP;
        int maxima = groups * width * GROUP;
        int sums = maxima + groups * GROUP;
        int slots = sums + groups * GROUP;
        float[] memory = scratch.floats(Kernels.latentScratch(to - from, width));
        float[] widened = scratch.moreFloats(LATENT_BLOCK * width);
        int[] counts = scratch.ints(GROUP);
        for (int g = 0; g < groups; g++) {
            int row = from + g * GROUP;
            transpose(query, (step + row) * width, Math.min(GROUP, to - row), width, memory, g * width * GROUP);
        }
        Arrays.fill(memory, maxima, sums, Float.NEGATIVE_INFINITY);
        Arrays.fill(memory, sums, slots, 0f);
        Arrays.fill(out, (step + from) * rank, (step + to) * rank, 0f);

        int positions = before + (to - 1) / heads + 1;
        for (int start = 0; start < positions; start += LATENT_BLOCK) {
            float[] block = cache.block(start / LATENT_BLOCK, Math.min(LATENT_BLOCK, positions - start), widened);
            for (int g = 0; g < groups; g++) {
                int row = from + g * GROUP;
                int rows = Math.min(GROUP, to - row);
                for (int h = 0; h < rows; h++) {
                    counts[h] = Math.min(LATENT_BLOCK, before + (row + h) / heads + 1 - start);
                }
                // Later rows see more; none of this block if the first row that sees it belongs to another group.
                int most = counts[rows - 1];
                if (most > 0) {
                    score(block, most, width, scale, rows, memory, g * width * GROUP, slots + GROUP);
                    hide(counts, rows, most, memory, slots + GROUP);
                    softmax(most, rows, memory, slots, maxima + g * GROUP, sums + g * GROUP);
                    accumulate(block, width, counts, rows, memory, slots, out, (step + row) * rank, rank);
                }
            }
        }
        for (int row = from; row < to; row++) {
            divide(out, (step + row) * rank, rank, memory[sums + row - from]);
        }
    }

    private static void transpose(float[] query, int queryAt, int rows, int width, float[] memory, int at) {
        for (int i = 0; i < width; i++) {
            for (int h = 0; h < rows; h++) {
                memory[at + i * GROUP + h] = query[queryAt + h * width + i];
            }
            for (int h = rows; h < GROUP; h++) {
                memory[at + i * GROUP + h] = 0f;
            }
        }
    }

    /** Scores of the first count positions of a block, and of up to seven more, which are of any value. */
    private static void score(float[] block, int count, int width, float scale, int rows, float[] memory, int queryAt,
            int scoreAt) {
        if (NarrowLatentAttention.suits() && rows > L) {
            NarrowLatentAttention.score(block, count, width, scale, rows, memory, queryAt, scoreAt);
            return;
        }
        for (int s = 0; s < count; s += POSITIONS) {
            if (SIXTEEN_SUMS && rows > L) {
                scoreTwo(block, s * width, width, scale, memory, queryAt, scoreAt + s * GROUP);
            } else {
                for (int lane = 0; lane < rows; lane += L) {
                    scoreOne(block, s * width, width, scale, memory, queryAt + lane, scoreAt + s * GROUP + lane);
                }
            }
        }
    }

    /** Eight positions and one vector of rows. */
    private static void scoreOne(float[] block, int at, int width, float scale, float[] memory, int queryAt, int scoreAt) {
        FloatVector a0 = FloatVector.zero(FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int i = 0; i < width; i++) {
            FloatVector q = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP);
            int c = at + i;
            a0 = q.fma(FloatVector.broadcast(FLOAT, block[c]), a0);
            a1 = q.fma(FloatVector.broadcast(FLOAT, block[c + width]), a1);
            a2 = q.fma(FloatVector.broadcast(FLOAT, block[c + 2 * width]), a2);
            a3 = q.fma(FloatVector.broadcast(FLOAT, block[c + 3 * width]), a3);
            a4 = q.fma(FloatVector.broadcast(FLOAT, block[c + 4 * width]), a4);
            a5 = q.fma(FloatVector.broadcast(FLOAT, block[c + 5 * width]), a5);
            a6 = q.fma(FloatVector.broadcast(FLOAT, block[c + 6 * width]), a6);
            a7 = q.fma(FloatVector.broadcast(FLOAT, block[c + 7 * width]), a7);
        }
        a0.mul(scale).intoArray(memory, scoreAt);
        a1.mul(scale).intoArray(memory, scoreAt + GROUP);
        a2.mul(scale).intoArray(memory, scoreAt + 2 * GROUP);
        a3.mul(scale).intoArray(memory, scoreAt + 3 * GROUP);
        a4.mul(scale).intoArray(memory, scoreAt + 4 * GROUP);
        a5.mul(scale).intoArray(memory, scoreAt + 5 * GROUP);
        a6.mul(scale).intoArray(memory, scoreAt + 6 * GROUP);
        a7.mul(scale).intoArray(memory, scoreAt + 7 * GROUP);
    }

    /** Eight positions and two vectors of rows. */
    private static void scoreTwo(float[] block, int at, int width, float scale, float[] memory, int queryAt, int scoreAt) {
        FloatVector a0 = FloatVector.zero(FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector b4 = a0;
        FloatVector b5 = a0;
        FloatVector b6 = a0;
        FloatVector b7 = a0;
        for (int i = 0; i < width; i++) {
            FloatVector q = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP);
            FloatVector r = FloatVector.fromArray(FLOAT, memory, queryAt + i * GROUP + L);
            int c = at + i;
            FloatVector v = FloatVector.broadcast(FLOAT, block[c]);
            a0 = q.fma(v, a0);
            b0 = r.fma(v, b0);
            v = FloatVector.broadcast(FLOAT, block[c + width]);
            a1 = q.fma(v, a1);
            b1 = r.fma(v, b1);
            v = FloatVector.broadcast(FLOAT, block[c + 2 * width]);
            a2 = q.fma(v, a2);
            b2 = r.fma(v, b2);
            v = FloatVector.broadcast(FLOAT, block[c + 3 * width]);
            a3 = q.fma(v, a3);
            b3 = r.fma(v, b3);
            v = FloatVector.broadcast(FLOAT, block[c + 4 * width]);
            a4 = q.fma(v, a4);
            b4 = r.fma(v, b4);
            v = FloatVector.broadcast(FLOAT, block[c + 5 * width]);
            a5 = q.fma(v, a5);
            b5 = r.fma(v, b5);
            v = FloatVector.broadcast(FLOAT, block[c + 6 * width]);
            a6 = q.fma(v, a6);
            b6 = r.fma(v, b6);
            v = FloatVector.broadcast(FLOAT, block[c + 7 * width]);
            a7 = q.fma(v, a7);
            b7 = r.fma(v, b7);
        }
        a0.mul(scale).intoArray(memory, scoreAt);
        b0.mul(scale).intoArray(memory, scoreAt + L);
        a1.mul(scale).intoArray(memory, scoreAt + GROUP);
        b1.mul(scale).intoArray(memory, scoreAt + GROUP + L);
        a2.mul(scale).intoArray(memory, scoreAt + 2 * GROUP);
        b2.mul(scale).intoArray(memory, scoreAt + 2 * GROUP + L);
        a3.mul(scale).intoArray(memory, scoreAt + 3 * GROUP);
        b3.mul(scale).intoArray(memory, scoreAt + 3 * GROUP + L);
        a4.mul(scale).intoArray(memory, scoreAt + 4 * GROUP);
        b4.mul(scale).intoArray(memory, scoreAt + 4 * GROUP + L);
        a5.mul(scale).intoArray(memory, scoreAt + 5 * GROUP);
        b5.mul(scale).intoArray(memory, scoreAt + 5 * GROUP + L);
        a6.mul(scale).intoArray(memory, scoreAt + 6 * GROUP);
        b6.mul(scale).intoArray(memory, scoreAt + 6 * GROUP + L);
        a7.mul(scale).intoArray(memory, scoreAt + 7 * GROUP);
        b7.mul(scale).intoArray(memory, scoreAt + 7 * GROUP + L);
    }

    /**
     * Gives the weight 0 to positions that some rows of a group see and others do not: adding it changes no sum, and a row that
     * sees none of them keeps its maximum and has the factor 1.
     */
    private static void hide(int[] counts, int rows, int most, float[] memory, int scoreAt) {
        for (int h = 0; h < rows && counts[h] < most; h++) {
            for (int s = Math.max(0, counts[h]); s < most; s++) {
                memory[scoreAt + s * GROUP + h] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Turns the block's scores into weights and moves the running maxima and sums on. */
    private static void softmax(int count, int rows, float[] memory, int slots, int maxima, int sums) {
        for (int lane = 0; lane < rows; lane += L) {
            FloatVector old = FloatVector.fromArray(FLOAT, memory, maxima + lane);
            FloatVector max = old;
            for (int s = 1; s <= count; s++) {
                // The carried vector is the argument, here and below: see the package.
                max = FloatVector.fromArray(FLOAT, memory, slots + lane + s * GROUP).max(max);
            }
            max.intoArray(memory, maxima + lane);
            old.sub(max).intoArray(memory, slots + lane);
            for (int s = 1; s <= count; s++) {
                int at = slots + lane + s * GROUP;
                FloatVector.fromArray(FLOAT, memory, at).sub(max).intoArray(memory, at);
            }
        }
        VectorMath.exp(memory, slots, slots + (count + 1) * GROUP);
        for (int lane = 0; lane < rows; lane += L) {
            FloatVector l = FloatVector.fromArray(FLOAT, memory, sums + lane)
                    .mul(FloatVector.fromArray(FLOAT, memory, slots + lane));
            for (int s = 1; s <= count; s++) {
                l = FloatVector.fromArray(FLOAT, memory, slots + lane + s * GROUP).add(l);
            }
            l.intoArray(memory, sums + lane);
        }
    }

    /** {@code out = out * factor + sum of weight_s c_s} for the rows of a group. */
    private static void accumulate(float[] block, int width, int[] counts, int rows, float[] memory, int slots, float[] out,
            int outAt, int rank) {
        int r = 0;
        if (NarrowLatentAttention.suits()) {
            int slab = slots + (1 + LATENT_BLOCK) * GROUP;
            r = NarrowLatentAttention.accumulate(block, width, counts, rows, memory, slots, slab, out, outAt, rank);
        }
        for (; r + 4 * L <= rank; r += 4 * L) {
            for (int h = 0; h < rows;) {
                if (SIXTEEN_SUMS && h + 4 <= rows && counts[h] == counts[h + 3]) {
                    fourByFour(block, r, width, counts[h], memory, slots + h, out, outAt + h * rank + r, rank);
                    h += 4;
                } else {
                    oneByFour(block, r, width, counts[h], memory, slots + h, out, outAt + h * rank + r);
                    h++;
                }
            }
        }
        for (; r + L <= rank; r += L) {
            for (int h = 0; h < rows; h++) {
                oneByOne(block, r, width, counts[h], memory, slots + h, out, outAt + h * rank + r);
            }
        }
        for (; r < rank; r++) {
            for (int h = 0; h < rows; h++) {
                oneValue(block, r, width, counts[h], memory, slots + h, out, outAt + h * rank + r);
            }
        }
    }

    // Rows of a group, and vectors of the latent index. A row that sees nothing of the block has the factor 1.

    private static void fourByFour(float[] block, int r, int width, int count, float[] memory, int slots, float[] out,
            int outAt,
            int rank) {
        int row1 = outAt + rank;
        int row2 = row1 + rank;
        int row3 = row2 + rank;
        float f0 = memory[slots];
        float f1 = memory[slots + 1];
        float f2 = memory[slots + 2];
        float f3 = memory[slots + 3];
        FloatVector a0 = FloatVector.fromArray(FLOAT, out, outAt).mul(f0);
        FloatVector a1 = FloatVector.fromArray(FLOAT, out, outAt + L).mul(f0);
        FloatVector a2 = FloatVector.fromArray(FLOAT, out, outAt + 2 * L).mul(f0);
        FloatVector a3 = FloatVector.fromArray(FLOAT, out, outAt + 3 * L).mul(f0);
        FloatVector b0 = FloatVector.fromArray(FLOAT, out, row1).mul(f1);
        FloatVector b1 = FloatVector.fromArray(FLOAT, out, row1 + L).mul(f1);
        FloatVector b2 = FloatVector.fromArray(FLOAT, out, row1 + 2 * L).mul(f1);
        FloatVector b3 = FloatVector.fromArray(FLOAT, out, row1 + 3 * L).mul(f1);
        FloatVector c0 = FloatVector.fromArray(FLOAT, out, row2).mul(f2);
        FloatVector c1 = FloatVector.fromArray(FLOAT, out, row2 + L).mul(f2);
        FloatVector c2 = FloatVector.fromArray(FLOAT, out, row2 + 2 * L).mul(f2);
        FloatVector c3 = FloatVector.fromArray(FLOAT, out, row2 + 3 * L).mul(f2);
        FloatVector d0 = FloatVector.fromArray(FLOAT, out, row3).mul(f3);
        FloatVector d1 = FloatVector.fromArray(FLOAT, out, row3 + L).mul(f3);
        FloatVector d2 = FloatVector.fromArray(FLOAT, out, row3 + 2 * L).mul(f3);
        FloatVector d3 = FloatVector.fromArray(FLOAT, out, row3 + 3 * L).mul(f3);
        for (int s = 0; s < count; s++) {
            int at = s * width + r;
            FloatVector v0 = FloatVector.fromArray(FLOAT, block, at);
            FloatVector v1 = FloatVector.fromArray(FLOAT, block, at + L);
            FloatVector v2 = FloatVector.fromArray(FLOAT, block, at + 2 * L);
            FloatVector v3 = FloatVector.fromArray(FLOAT, block, at + 3 * L);
            int weight = slots + GROUP + s * GROUP;
            FloatVector p = FloatVector.broadcast(FLOAT, memory[weight]);
            a0 = p.fma(v0, a0);
            a1 = p.fma(v1, a1);
            a2 = p.fma(v2, a2);
            a3 = p.fma(v3, a3);
            p = FloatVector.broadcast(FLOAT, memory[weight + 1]);
            b0 = p.fma(v0, b0);
            b1 = p.fma(v1, b1);
            b2 = p.fma(v2, b2);
            b3 = p.fma(v3, b3);
            p = FloatVector.broadcast(FLOAT, memory[weight + 2]);
            c0 = p.fma(v0, c0);
            c1 = p.fma(v1, c1);
            c2 = p.fma(v2, c2);
            c3 = p.fma(v3, c3);
            p = FloatVector.broadcast(FLOAT, memory[weight + 3]);
            d0 = p.fma(v0, d0);
            d1 = p.fma(v1, d1);
            d2 = p.fma(v2, d2);
            d3 = p.fma(v3, d3);
        }
        a0.intoArray(out, outAt);
        a1.intoArray(out, outAt + L);
        a2.intoArray(out, outAt + 2 * L);
        a3.intoArray(out, outAt + 3 * L);
        b0.intoArray(out, row1);
        b1.intoArray(out, row1 + L);
        b2.intoArray(out, row1 + 2 * L);
        b3.intoArray(out, row1 + 3 * L);
        c0.intoArray(out, row2);
        c1.intoArray(out, row2 + L);
        c2.intoArray(out, row2 + 2 * L);
        c3.intoArray(out, row2 + 3 * L);
        d0.intoArray(out, row3);
        d1.intoArray(out, row3 + L);
        d2.intoArray(out, row3 + 2 * L);
        d3.intoArray(out, row3 + 3 * L);
    }

    private static void oneByFour(float[] block, int r, int width, int count, float[] memory, int slots, float[] out,
            int outAt) {
        float factor = memory[slots];
        FloatVector a0 = FloatVector.fromArray(FLOAT, out, outAt).mul(factor);
        FloatVector a1 = FloatVector.fromArray(FLOAT, out, outAt + L).mul(factor);
        FloatVector a2 = FloatVector.fromArray(FLOAT, out, outAt + 2 * L).mul(factor);
        FloatVector a3 = FloatVector.fromArray(FLOAT, out, outAt + 3 * L).mul(factor);
        for (int s = 0; s < count; s++) {
            FloatVector p = FloatVector.broadcast(FLOAT, memory[slots + GROUP + s * GROUP]);
            int at = s * width + r;
            a0 = p.fma(FloatVector.fromArray(FLOAT, block, at), a0);
            a1 = p.fma(FloatVector.fromArray(FLOAT, block, at + L), a1);
            a2 = p.fma(FloatVector.fromArray(FLOAT, block, at + 2 * L), a2);
            a3 = p.fma(FloatVector.fromArray(FLOAT, block, at + 3 * L), a3);
        }
        a0.intoArray(out, outAt);
        a1.intoArray(out, outAt + L);
        a2.intoArray(out, outAt + 2 * L);
        a3.intoArray(out, outAt + 3 * L);
    }

    private static void oneByOne(float[] block, int r, int width, int count, float[] memory, int slots, float[] out,
            int outAt) {
        FloatVector a = FloatVector.fromArray(FLOAT, out, outAt).mul(memory[slots]);
        for (int s = 0; s < count; s++) {
            a = FloatVector.broadcast(FLOAT, memory[slots + GROUP + s * GROUP])
                    .fma(FloatVector.fromArray(FLOAT, block, s * width + r), a);
        }
        a.intoArray(out, outAt);
    }

    private static void oneValue(float[] block, int r, int width, int count, float[] memory, int slots, float[] out,
            int outAt) {
        float a = out[outAt] * memory[slots];
        for (int s = 0; s < count; s++) {
            a = Math.fma(memory[slots + GROUP + s * GROUP], block[s * width + r], a);
        }
        out[outAt] = a;
    }

    private static void divide(float[] out, int at, int n, float l) {
        for (int r = at; r < at + n; r++) {
            out[r] /= l;
        }
    }
}
