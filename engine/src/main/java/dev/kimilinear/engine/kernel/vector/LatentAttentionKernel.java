package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.Kernels.LATENT_BLOCK;
import static dev.kimilinear.engine.kernel.Kernels.LATENT_HEADS;
import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;

import java.util.Arrays;

import jdk.incubator.vector.FloatVector;

/**
 * Attention over the latent cache. Scores and softmax have the heads in the lanes: all heads read the same row, and each
 * lane sums over the latent index in order, as the contract says. The weighted sum has the latent index in the lanes.
 */
final class LatentAttentionKernel {

    /** Positions scored together, so that as many chains of FMAs overlap. */
    private static final int TILE = 8;

    private LatentAttentionKernel() {
    }

    static void attend(float[] query, int queryOffset, float[][] cache, int positions, int width, int rank, float scale,
            int from, int to, float[] out, int outOffset, float[] scratch) {
        // Scratch: queries as [width, 16], then scores and weights as [128, 16], then running maxima and sums, 16 each.
        int scores = width * LATENT_HEADS;
        int maxima = scores + LATENT_BLOCK * LATENT_HEADS;
        int sums = maxima + LATENT_HEADS;
        transpose(query, queryOffset, width, from, to, scratch);
        Arrays.fill(scratch, maxima, sums, Float.NEGATIVE_INFINITY);
        Arrays.fill(scratch, sums, sums + LATENT_HEADS, 0f);
        Arrays.fill(out, outOffset + from * rank, outOffset + to * rank, 0f);

        float[] factors = new float[LATENT_HEADS];
        for (int first = 0; first < positions; first += LATENT_BLOCK) {
            float[] rows = cache[first / LATENT_BLOCK];
            int count = Math.min(LATENT_BLOCK, positions - first);
            for (int lane = 0; lane < to - from; lane += L) {
                score(rows, count, width, scale, scratch, lane, scores);
                softmax(count, scratch, lane, scores, maxima, sums, factors);
            }
            for (int h = from; h < to; h++) {
                accumulate(rows, count, width, rank, scratch, scores + h - from, factors[h - from], out,
                        outOffset + h * rank);
            }
        }
        for (int h = from; h < to; h++) {
            float l = scratch[sums + h - from];
            for (int r = outOffset + h * rank; r < outOffset + (h + 1) * rank; r++) {
                out[r] /= l;
            }
        }
    }

    private static void transpose(float[] query, int queryOffset, int width, int from, int to, float[] scratch) {
        for (int i = 0; i < width; i++) {
            for (int h = 0; h < LATENT_HEADS; h++) {
                scratch[i * LATENT_HEADS + h] = from + h < to ? query[queryOffset + (from + h) * width + i] : 0f;
            }
        }
    }

    private static void score(float[] rows, int count, int width, float scale, float[] scratch, int lane, int scores) {
        int s = 0;
        for (; s + TILE <= count; s += TILE) {
            scoreTile(rows, s * width, width, scale, scratch, lane, scores + s * LATENT_HEADS + lane);
        }
        for (; s < count; s++) {
            FloatVector acc = FloatVector.zero(FLOAT);
            for (int i = 0; i < width; i++) {
                acc = FloatVector.fromArray(FLOAT, scratch, i * LATENT_HEADS + lane)
                        .fma(FloatVector.broadcast(FLOAT, rows[s * width + i]), acc);
            }
            acc.mul(scale).intoArray(scratch, scores + s * LATENT_HEADS + lane);
        }
    }

    private static void scoreTile(float[] rows, int at, int width, float scale, float[] scratch, int lane, int scoreAt) {
        FloatVector a0 = FloatVector.zero(FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int i = 0; i < width; i++) {
            FloatVector q = FloatVector.fromArray(FLOAT, scratch, i * LATENT_HEADS + lane);
            int c = at + i;
            a0 = q.fma(FloatVector.broadcast(FLOAT, rows[c]), a0);
            a1 = q.fma(FloatVector.broadcast(FLOAT, rows[c + width]), a1);
            a2 = q.fma(FloatVector.broadcast(FLOAT, rows[c + 2 * width]), a2);
            a3 = q.fma(FloatVector.broadcast(FLOAT, rows[c + 3 * width]), a3);
            a4 = q.fma(FloatVector.broadcast(FLOAT, rows[c + 4 * width]), a4);
            a5 = q.fma(FloatVector.broadcast(FLOAT, rows[c + 5 * width]), a5);
            a6 = q.fma(FloatVector.broadcast(FLOAT, rows[c + 6 * width]), a6);
            a7 = q.fma(FloatVector.broadcast(FLOAT, rows[c + 7 * width]), a7);
        }
        a0.mul(scale).intoArray(scratch, scoreAt);
        a1.mul(scale).intoArray(scratch, scoreAt + LATENT_HEADS);
        a2.mul(scale).intoArray(scratch, scoreAt + 2 * LATENT_HEADS);
        a3.mul(scale).intoArray(scratch, scoreAt + 3 * LATENT_HEADS);
        a4.mul(scale).intoArray(scratch, scoreAt + 4 * LATENT_HEADS);
        a5.mul(scale).intoArray(scratch, scoreAt + 5 * LATENT_HEADS);
        a6.mul(scale).intoArray(scratch, scoreAt + 6 * LATENT_HEADS);
        a7.mul(scale).intoArray(scratch, scoreAt + 7 * LATENT_HEADS);
    }

    /** Turns the block's scores into weights and moves the running maximum and sum on. */
    private static void softmax(int count, float[] scratch, int lane, int scores, int maxima, int sums, float[] factors) {
        FloatVector old = FloatVector.fromArray(FLOAT, scratch, maxima + lane);
        FloatVector max = old;
        for (int s = 0; s < count; s++) {
            max = max.max(FloatVector.fromArray(FLOAT, scratch, scores + s * LATENT_HEADS + lane));
        }
        FloatVector factor = VectorMath.exp(old.sub(max));
        FloatVector sum = FloatVector.fromArray(FLOAT, scratch, sums + lane).mul(factor);
        for (int s = 0; s < count; s++) {
            int at = scores + s * LATENT_HEADS + lane;
            FloatVector p = VectorMath.exp(FloatVector.fromArray(FLOAT, scratch, at).sub(max));
            p.intoArray(scratch, at);
            sum = sum.add(p);
        }
        max.intoArray(scratch, maxima + lane);
        sum.intoArray(scratch, sums + lane);
        factor.intoArray(factors, lane);
    }

    /** {@code out = out * factor + sum of weight_s c_s} for one head; its weights lie 16 apart from weightAt on. */
    private static void accumulate(float[] rows, int count, int width, int rank, float[] scratch, int weightAt, float factor,
            float[] out, int outAt) {
        int r = 0;
        for (; r + 4 * L <= rank; r += 4 * L) {
            FloatVector a0 = FloatVector.fromArray(FLOAT, out, outAt + r).mul(factor);
            FloatVector a1 = FloatVector.fromArray(FLOAT, out, outAt + r + L).mul(factor);
            FloatVector a2 = FloatVector.fromArray(FLOAT, out, outAt + r + 2 * L).mul(factor);
            FloatVector a3 = FloatVector.fromArray(FLOAT, out, outAt + r + 3 * L).mul(factor);
            for (int s = 0; s < count; s++) {
                FloatVector p = FloatVector.broadcast(FLOAT, scratch[weightAt + s * LATENT_HEADS]);
                int at = s * width + r;
                a0 = p.fma(FloatVector.fromArray(FLOAT, rows, at), a0);
                a1 = p.fma(FloatVector.fromArray(FLOAT, rows, at + L), a1);
                a2 = p.fma(FloatVector.fromArray(FLOAT, rows, at + 2 * L), a2);
                a3 = p.fma(FloatVector.fromArray(FLOAT, rows, at + 3 * L), a3);
            }
            a0.intoArray(out, outAt + r);
            a1.intoArray(out, outAt + r + L);
            a2.intoArray(out, outAt + r + 2 * L);
            a3.intoArray(out, outAt + r + 3 * L);
        }
        for (; r < rank; r++) {
            float acc = out[outAt + r] * factor;
            for (int s = 0; s < count; s++) {
                acc = Math.fma(scratch[weightAt + s * LATENT_HEADS], rows[s * width + r], acc);
            }
            out[outAt + r] = acc;
        }
    }
}
