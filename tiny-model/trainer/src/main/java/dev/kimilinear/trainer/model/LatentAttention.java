package dev.kimilinear.trainer.model;

import java.util.Arrays;

import dev.kimilinear.trainer.kernel.Gemm;
import dev.kimilinear.trainer.kernel.Gemm.Matrix;
import dev.kimilinear.trainer.kernel.Ops;

/**
 * Multi-head latent attention without positions. The engine multiplies queries into the space of the latent (absorbed form);
 * in training, where keys and values of whole sequences are at hand, expanding them costs less: {@code k = (K_h^T c, k_pe)},
 * {@code v = V_h c}, scores {@code q . k / sqrt(N + O)}. Scores are made for {@link #PANEL} queries at a time and made again
 * in the backward pass, since those of a whole long sequence would take more memory than all else.
 */
final class LatentAttention implements Attention {

    /** Queries whose scores are made together. */
    private static final int PANEL = 128;

    private final int heads;
    private final int rank;
    private final int nope;
    private final int pe;
    private final int valueDim;
    private final float scale;
    private final Workspace ws;
    private final Gemm gemm;
    private final Linear query;
    private final Linear latentDown;
    private final Norm latentNorm;
    private final Parameter keyUp;
    private final Parameter valueUp;
    private final int worker;
    private final Linear output;

    private final Buffer q = new Buffer();
    private final Buffer latent = new Buffer();
    private final Buffer normed = new Buffer();
    private final Buffer keys = new Buffer();
    private final Buffer values = new Buffer();
    private final Buffer mixed = new Buffer();
    private float[] h;

    LatentAttention(String block, Parameters parameters, int worker, Workspace ws) {
        ModelShape shape = parameters.shape();
        heads = shape.heads();
        rank = shape.latentRank();
        nope = shape.nope();
        pe = shape.pe();
        valueDim = shape.valueDim();
        scale = (float) (1 / Math.sqrt(nope + pe));
        this.ws = ws;
        this.worker = worker;
        gemm = ws.gemm;
        query = new Linear(parameters.get(block + "attn_q.weight"), worker, gemm);
        latentDown = new Linear(parameters.get(block + "attn_kv_a_mqa.weight"), worker, gemm);
        latentNorm = new Norm(parameters.get(block + "attn_kv_a_norm.weight"), worker, shape.eps());
        keyUp = parameters.get(block + "attn_k_b.weight");
        valueUp = parameters.get(block + "attn_v_b.weight");
        output = new Linear(parameters.get(block + "attn_output.weight"), worker, gemm);
    }

    private int queryWidth() {
        return heads * (nope + pe);
    }

    private int latentWidth() {
        return rank + pe;
    }

    @Override
    public void forward(float[] h, Batch batch, float[] x) {
        this.h = h;
        int n = batch.rows();
        query.forward(h, n, q.of(n * queryWidth()));
        float[] rows = latentDown.forward(h, n, latent.of(n * latentWidth()));
        float[] c = latentNorm.forward(rows, latentWidth(), n, normed.of(n * rank));
        keys.of(n * queryWidth());
        values.of(n * heads * valueDim);
        for (int head = 0; head < heads; head++) {
            gemm.multiply(n, nope, rank, Matrix.rows(c, rank), keyMatrix(keyUp.values(), head), keyRows(keys.get(), 0, head));
            gemm.multiply(n, valueDim, rank, Matrix.rows(c, rank), valueMatrix(valueUp.values(), head).transposed(),
                    valueRows(values.get(), 0, head));
        }
        // Every head's key ends with the shared part.
        for (int t = 0; t < n; t++) {
            for (int head = 0; head < heads; head++) {
                System.arraycopy(rows, t * latentWidth() + rank, keys.get(), t * queryWidth() + head * (nope + pe) + nope, pe);
            }
        }
        mixed.of(n * heads * valueDim);
        for (int s = 0; s < batch.sequences(); s++) {
            int first = batch.starts()[s];
            for (int head = 0; head < heads; head++) {
                for (int from = 0; from < batch.length(s); from += PANEL) {
                    int count = Math.min(PANEL, batch.length(s) - from);
                    int seen = from + count;
                    float[] p = probabilities(first, head, from, count);
                    gemm.multiply(count, valueDim, seen, Matrix.rows(p, seen), valueRows(values.get(), first, head),
                            valueRows(mixed.get(), first + from, head));
                }
            }
        }
        output.forwardAdd(mixed.get(), n, x);
    }

    /** The probabilities of {@code count} queries, [count, from + count]. */
    private float[] probabilities(int first, int head, int from, int count) {
        int seen = from + count;
        float[] p = ws.e.of(count * seen);
        gemm.multiply(count, seen, nope + pe, keyRows(q.get(), first + from, head),
                keyRows(keys.get(), first, head).transposed(), Matrix.rows(p, seen));
        for (int t = 0; t < count; t++) {
            Ops.softmax(p, t * seen, from + t + 1, seen, scale);
        }
        return p;
    }

    @Override
    public void backward(float[] dx, Batch batch, float[] dh) {
        int n = batch.rows();
        float[] dMixed = output.backward(mixed.get(), dx, n, ws.a.of(n * heads * valueDim));
        float[] dq = ws.b.of(n * queryWidth());
        float[] dKeys = ws.c.of(n * queryWidth());
        float[] dValues = ws.d.of(n * heads * valueDim);
        Arrays.fill(dKeys, 0, n * queryWidth(), 0f);
        Arrays.fill(dValues, 0, n * heads * valueDim, 0f);
        for (int s = 0; s < batch.sequences(); s++) {
            for (int head = 0; head < heads; head++) {
                for (int from = 0; from < batch.length(s); from += PANEL) {
                    int count = Math.min(PANEL, batch.length(s) - from);
                    backwardPanel(batch.starts()[s], head, from, count, dMixed, dq, dKeys, dValues);
                }
            }
        }
        query.backward(h, dq, n, dh);

        float[] dNormed = ws.a.of(n * rank);
        float[] dLatent = ws.b.of(n * latentWidth());
        Arrays.fill(dNormed, 0, n * rank, 0f);
        Arrays.fill(dLatent, 0, n * latentWidth(), 0f);
        float[] c = normed.get();
        for (int head = 0; head < heads; head++) {
            Matrix dk = keyRows(dKeys, 0, head);
            Matrix dv = valueRows(dValues, 0, head);
            gemm.multiplyAdd(rank, nope, n, Matrix.rows(c, rank).transposed(), dk, keyMatrix(keyUp.gradient(worker), head));
            gemm.multiplyAdd(valueDim, rank, n, dv.transposed(), Matrix.rows(c, rank),
                    valueMatrix(valueUp.gradient(worker), head));
            gemm.multiplyAdd(n, rank, nope, dk, keyMatrix(keyUp.values(), head).transposed(), Matrix.rows(dNormed, rank));
            gemm.multiplyAdd(n, rank, valueDim, dv, valueMatrix(valueUp.values(), head), Matrix.rows(dNormed, rank));
        }
        for (int t = 0; t < n; t++) {
            for (int head = 0; head < heads; head++) {
                Ops.addScaled(dLatent, t * latentWidth() + rank, 1f, dKeys, t * queryWidth() + head * (nope + pe) + nope, pe);
            }
        }
        latentNorm.backwardAdd(dNormed, n, dLatent, latentWidth());
        latentDown.backwardAdd(h, dLatent, n, dh);
    }

    private void backwardPanel(int first, int head, int from, int count, float[] dMixed, float[] dq, float[] dKeys,
            float[] dValues) {
        int seen = from + count;
        float[] p = probabilities(first, head, from, count);
        float[] dp = ws.f.of(count * seen);
        Matrix dm = valueRows(dMixed, first + from, head);
        gemm.multiply(count, seen, valueDim, dm, valueRows(values.get(), first, head).transposed(), Matrix.rows(dp, seen));
        gemm.multiplyAdd(seen, valueDim, count, Matrix.rows(p, seen).transposed(), dm, valueRows(dValues, first, head));
        for (int t = 0; t < count; t++) {
            Ops.softmaxBackward(dp, p, t * seen, from + t + 1, seen, scale);
        }
        gemm.multiply(count, nope + pe, seen, Matrix.rows(dp, seen), keyRows(keys.get(), first, head),
                keyRows(dq, first + from, head));
        gemm.multiplyAdd(seen, nope + pe, count, Matrix.rows(dp, seen).transposed(), keyRows(q.get(), first + from, head),
                keyRows(dKeys, first, head));
    }

    /** One head's part of rows of queries or keys, from a row on. */
    private Matrix keyRows(float[] rows, int first, int head) {
        return Matrix.rows(rows, first * queryWidth() + head * (nope + pe), queryWidth());
    }

    private Matrix valueRows(float[] rows, int first, int head) {
        return Matrix.rows(rows, first * heads * valueDim + head * valueDim, heads * valueDim);
    }

    /** {@code attn_k_b} of one head: [R, N]. */
    private Matrix keyMatrix(float[] all, int head) {
        return Matrix.rows(all, head * rank * nope, nope);
    }

    /** {@code attn_v_b} of one head: [V, R]. */
    private Matrix valueMatrix(float[] all, int head) {
        return Matrix.rows(all, head * valueDim * rank, rank);
    }
}
