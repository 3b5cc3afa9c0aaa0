package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.Kernels.SLAB;
import static dev.kimilinear.engine.kernel.Kernels.SLAB_TOKENS;
import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;

import dev.kimilinear.engine.kernel.Kernels;
import jdk.incubator.vector.FloatVector;

/**
 * The gated delta rule with value columns in the lanes. Tokens pass over a slab one after another; the pass that writes the
 * state for a token also sums what the next token reads of it, so that a token costs one reading and one writing.
 *
 * <p>
 * All slabs are equally wide because the JVM checks the bounds of each access if the distance of two keys is no constant.
 */
final class DeltaRuleKernel {

    /** Value columns taken together: two vectors of them, so that four chains of FMAs overlap. Divides a slab. */
    static final int COLUMNS = 2 * L;

    // Scratch: for each token the products alpha_i k_i and then alpha_i q_i, then kq of each token, then a delta for each
    // of the columns in work.

    private DeltaRuleKernel() {
    }

    /** {@link Kernels#deltaRule} where the columns are a multiple of {@link #COLUMNS}. */
    static void advance(float[] s, int dim, float[] q, float[] k, float[] v, float[] alpha, float[] beta, int heads, int head,
            int first, int tokens, int from, int to, float[] o, float[] scratch) {
        int stride = heads * dim;
        int kqs = SLAB_TOKENS * 2 * dim;
        int deltas = kqs + SLAB_TOKENS;
        for (int done = 0; done < tokens; done += SLAB_TOKENS) {
            int count = Math.min(SLAB_TOKENS, tokens - done);
            int row = (first + done) * heads + head;
            decayed(q, k, alpha, dim, row * dim, stride, count, scratch);
            keyQueries(q, k, dim, row * dim, stride, count, scratch, kqs);
            for (int j = from; j < to; j += COLUMNS) {
                int sAt = Kernels.stateIndex(dim, j);
                int at = row * dim;
                read(s, sAt, dim, q, k, v, beta[row], at, j, o, scratch, deltas);
                for (int t = 1; t < count; t++) {
                    writeAndRead(s, sAt, dim, k, alpha, at, v, beta[row + t * heads], at + stride, j,
                            scratch[kqs + t], o, scratch, t * 2 * dim, deltas);
                    at += stride;
                }
                write(s, sAt, dim, k, alpha, at, scratch, deltas);
            }
        }
    }

    /** {@code alpha_i k_i} and {@code alpha_i q_i} of each token. */
    private static void decayed(float[] q, float[] k, float[] alpha, int dim, int at, int stride, int count,
            float[] scratch) {
        int bound = dim - dim % L;
        for (int t = 0; t < count; t++) {
            int row = at + t * stride;
            int ak = t * 2 * dim;
            int aq = ak + dim;
            for (int i = 0; i < bound; i += L) {
                FloatVector a = FloatVector.fromArray(FLOAT, alpha, row + i);
                a.mul(FloatVector.fromArray(FLOAT, k, row + i)).intoArray(scratch, ak + i);
                a.mul(FloatVector.fromArray(FLOAT, q, row + i)).intoArray(scratch, aq + i);
            }
            for (int i = bound; i < dim; i++) {
                scratch[ak + i] = alpha[row + i] * k[row + i];
                scratch[aq + i] = alpha[row + i] * q[row + i];
            }
        }
    }

    /**
     * kq of the tokens but the first, four side by side: one chain of FMAs would take as long as a pass over a slab. Where
     * fewer are left, the last one is summed more than once.
     */
    private static void keyQueries(float[] q, float[] k, int dim, int at, int stride, int count, float[] scratch, int kqs) {
        int last = count - 1;
        for (int t = 1; t <= last; t += 4) {
            int a0 = at + t * stride;
            int a1 = at + Math.min(t + 1, last) * stride;
            int a2 = at + Math.min(t + 2, last) * stride;
            int a3 = at + Math.min(t + 3, last) * stride;
            float kq0 = 0f;
            float kq1 = 0f;
            float kq2 = 0f;
            float kq3 = 0f;
            for (int i = 0; i < dim; i++) {
                kq0 = Math.fma(k[a0 + i], q[a0 + i], kq0);
                kq1 = Math.fma(k[a1 + i], q[a1 + i], kq1);
                kq2 = Math.fma(k[a2 + i], q[a2 + i], kq2);
                kq3 = Math.fma(k[a3 + i], q[a3 + i], kq3);
            }
            // Rising tokens, so that the last one's sum is written last where it stands for others.
            scratch[kqs + t] = kq0;
            scratch[kqs + Math.min(t + 1, last)] = kq1;
            scratch[kqs + Math.min(t + 2, last)] = kq2;
            scratch[kqs + Math.min(t + 3, last)] = kq3;
        }
    }

    /**
     * What the first token of a tile reads, its answer and its delta. kq is summed beside u and r, in the time that their
     * chains take anyway: for a single token nothing else could hide it.
     */
    private static void read(float[] s, int sAt, int dim, float[] q, float[] k, float[] v, float beta, int at,
            int j, float[] o, float[] scratch, int deltas) {
        FloatVector u0 = FloatVector.zero(FLOAT);
        FloatVector u1 = u0;
        FloatVector r0 = u0;
        FloatVector r1 = u0;
        float kq = 0f;
        for (int i = 0; i < dim; i++) {
            FloatVector s0 = FloatVector.fromArray(FLOAT, s, sAt + i * SLAB);
            FloatVector s1 = FloatVector.fromArray(FLOAT, s, sAt + i * SLAB + L);
            FloatVector ak = FloatVector.broadcast(FLOAT, scratch[i]);
            FloatVector aq = FloatVector.broadcast(FLOAT, scratch[dim + i]);
            u0 = ak.fma(s0, u0);
            u1 = ak.fma(s1, u1);
            r0 = aq.fma(s0, r0);
            r1 = aq.fma(s1, r1);
            kq = Math.fma(k[at + i], q[at + i], kq);
        }
        FloatVector d0 = FloatVector.fromArray(FLOAT, v, at + j).sub(u0).mul(beta);
        FloatVector d1 = FloatVector.fromArray(FLOAT, v, at + j + L).sub(u1).mul(beta);
        FloatVector kqs = FloatVector.broadcast(FLOAT, kq);
        kqs.fma(d0, r0).intoArray(o, at + j);
        kqs.fma(d1, r1).intoArray(o, at + j + L);
        d0.intoArray(scratch, deltas);
        d1.intoArray(scratch, deltas + L);
    }

    /**
     * Writes the state for the token at {@code at} and reads it for the next one: that one's answer and delta.
     *
     * @param decayed where the products of the next token lie
     */
    private static void writeAndRead(float[] s, int sAt, int dim, float[] k, float[] alpha, int at, float[] v,
            float beta, int next, int j, float kq, float[] o, float[] scratch, int decayed, int deltas) {
        FloatVector d0 = FloatVector.fromArray(FLOAT, scratch, deltas);
        FloatVector d1 = FloatVector.fromArray(FLOAT, scratch, deltas + L);
        FloatVector u0 = FloatVector.zero(FLOAT);
        FloatVector u1 = u0;
        FloatVector r0 = u0;
        FloatVector r1 = u0;
        for (int i = 0; i < dim; i++) {
            int row = sAt + i * SLAB;
            FloatVector ki = FloatVector.broadcast(FLOAT, k[at + i]);
            FloatVector a = FloatVector.broadcast(FLOAT, alpha[at + i]);
            FloatVector s0 = ki.fma(d0, FloatVector.fromArray(FLOAT, s, row).mul(a));
            FloatVector s1 = ki.fma(d1, FloatVector.fromArray(FLOAT, s, row + L).mul(a));
            FloatVector ak = FloatVector.broadcast(FLOAT, scratch[decayed + i]);
            FloatVector aq = FloatVector.broadcast(FLOAT, scratch[decayed + dim + i]);
            s0.intoArray(s, row);
            s1.intoArray(s, row + L);
            u0 = ak.fma(s0, u0);
            u1 = ak.fma(s1, u1);
            r0 = aq.fma(s0, r0);
            r1 = aq.fma(s1, r1);
        }
        d0 = FloatVector.fromArray(FLOAT, v, next + j).sub(u0).mul(beta);
        d1 = FloatVector.fromArray(FLOAT, v, next + j + L).sub(u1).mul(beta);
        FloatVector kqs = FloatVector.broadcast(FLOAT, kq);
        kqs.fma(d0, r0).intoArray(o, next + j);
        kqs.fma(d1, r1).intoArray(o, next + j + L);
        d0.intoArray(scratch, deltas);
        d1.intoArray(scratch, deltas + L);
    }

    /** Writes the state for the last token of a tile. */
    private static void write(float[] s, int sAt, int dim, float[] k, float[] alpha, int at, float[] scratch,
            int deltas) {
        FloatVector d0 = FloatVector.fromArray(FLOAT, scratch, deltas);
        FloatVector d1 = FloatVector.fromArray(FLOAT, scratch, deltas + L);
        for (int i = 0; i < dim; i++) {
            int row = sAt + i * SLAB;
            FloatVector ki = FloatVector.broadcast(FLOAT, k[at + i]);
            float a = alpha[at + i];
            ki.fma(d0, FloatVector.fromArray(FLOAT, s, row).mul(a)).intoArray(s, row);
            ki.fma(d1, FloatVector.fromArray(FLOAT, s, row + L).mul(a)).intoArray(s, row + L);
        }
    }
}
