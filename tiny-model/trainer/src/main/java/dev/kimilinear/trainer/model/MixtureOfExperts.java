package dev.kimilinear.trainer.model;

import java.util.Arrays;

import dev.kimilinear.trainer.kernel.Gemm;
import dev.kimilinear.trainer.kernel.Gemm.Matrix;
import dev.kimilinear.trainer.kernel.Ops;

/**
 * Sigmoid-routed mixture of experts, as the engine computes it: p = sigmoid(router h); the K experts with the largest p +
 * bias; weights p / sum of the selected p, times the scale; plus the shared expert. The bias only selects, and has no
 * gradient: {@link #load} tells how often each expert was used, by which the bias is balanced (DeepSeek-V3 report, section on
 * load balancing without auxiliary loss).
 *
 * <p>
 * Assignments of rows to experts are sorted by expert, so that each expert meets its rows side by side.
 */
final class MixtureOfExperts implements FeedForward {

    private final int width;
    private final int experts;
    private final int used;
    private final int hidden;
    private final float scale;
    private final Workspace ws;
    private final Gemm gemm;
    private final int worker;
    private final Linear router;
    private final float[] routerBias;
    private final Parameter gate;
    private final Parameter up;
    private final Parameter down;
    private final DenseFfn shared;

    private final Buffer p = new Buffer();
    private final Buffer gathered = new Buffer();
    private final Buffer gates = new Buffer();
    private final Buffer ups = new Buffer();
    private final Buffer activated = new Buffer();
    private final Buffer answers = new Buffer();
    private final Buffer weights = new Buffer();
    private final long[] load;
    private final int[] offsets;
    private int[] selected = new int[0];
    /** For each assignment in the order of experts: its row and its expert. */
    private int[] rowOf = new int[0];
    private int[] expertOf = new int[0];
    private float[] h;

    MixtureOfExperts(int index, String block, Parameters parameters, int worker, Workspace ws) {
        ModelShape shape = parameters.shape();
        width = shape.embedding();
        experts = shape.experts();
        used = shape.used();
        hidden = shape.expertHidden();
        scale = shape.expertScale();
        this.ws = ws;
        this.worker = worker;
        gemm = ws.gemm;
        router = new Linear(parameters.get(block + "ffn_gate_inp.weight"), worker, gemm);
        routerBias = parameters.routerBias(index);
        gate = parameters.get(block + "ffn_gate_exps.weight");
        up = parameters.get(block + "ffn_up_exps.weight");
        down = parameters.get(block + "ffn_down_exps.weight");
        shared = new DenseFfn(block, "_shexp", parameters, worker, ws);
        load = new long[experts];
        offsets = new int[experts + 1];
    }

    /** How often each expert was used in the last forward pass. */
    long[] load() {
        return load;
    }

    @Override
    public void forward(float[] h, int n, float[] x) {
        this.h = h;
        int assignments = n * used;
        float[] probabilities = router.forward(h, n, p.of(n * experts));
        Ops.sigmoidInPlace(probabilities, n * experts);
        if (selected.length < assignments) {
            selected = new int[assignments];
            rowOf = new int[assignments];
            expertOf = new int[assignments];
        }
        route(probabilities, n);

        float[] rows = gathered.of(assignments * width);
        for (int i = 0; i < assignments; i++) {
            System.arraycopy(h, rowOf[i] * width, rows, i * width, width);
        }
        gates.of(assignments * hidden);
        ups.of(assignments * hidden);
        activated.of(assignments * hidden);
        answers.of(assignments * width);
        for (int e = 0; e < experts; e++) {
            int first = offsets[e];
            int count = offsets[e + 1] - first;
            gemm.multiply(count, hidden, width, part(rows, first, width), inward(gate.values(), e).transposed(),
                    part(gates.get(), first, hidden));
            gemm.multiply(count, hidden, width, part(rows, first, width), inward(up.values(), e).transposed(),
                    part(ups.get(), first, hidden));
        }
        Ops.siluMultiply(gates.get(), ups.get(), activated.get(), assignments * hidden);
        for (int e = 0; e < experts; e++) {
            int first = offsets[e];
            gemm.multiply(offsets[e + 1] - first, width, hidden, part(activated.get(), first, hidden),
                    outward(down.values(), e).transposed(), part(answers.get(), first, width));
        }
        for (int i = 0; i < assignments; i++) {
            Ops.addScaled(x, rowOf[i] * width, weights.get()[i], answers.get(), i * width, width);
        }
        shared.forward(h, n, x);
    }

    /** Selects the experts of every row, and sorts the assignments by expert. */
    private void route(float[] probabilities, int n) {
        Arrays.fill(load, 0);
        for (int t = 0; t < n; t++) {
            for (int i = 0; i < used; i++) {
                int best = -1;
                float most = Float.NEGATIVE_INFINITY;
                for (int e = 0; e < experts; e++) {
                    float score = probabilities[t * experts + e] + routerBias[e];
                    if (score > most && !isSelected(t, i, e)) {
                        most = score;
                        best = e;
                    }
                }
                selected[t * used + i] = best;
                load[best]++;
            }
        }
        offsets[0] = 0;
        for (int e = 0; e < experts; e++) {
            offsets[e + 1] = offsets[e] + (int) load[e];
        }
        int[] next = Arrays.copyOf(offsets, experts);
        float[] w = weights.of(n * used);
        for (int t = 0; t < n; t++) {
            float sum = 0f;
            for (int i = 0; i < used; i++) {
                sum += probabilities[t * experts + selected[t * used + i]];
            }
            for (int i = 0; i < used; i++) {
                int e = selected[t * used + i];
                int at = next[e]++;
                rowOf[at] = t;
                expertOf[at] = e;
                w[at] = probabilities[t * experts + e] / sum * scale;
            }
        }
    }

    private boolean isSelected(int row, int count, int expert) {
        for (int i = 0; i < count; i++) {
            if (selected[row * used + i] == expert) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void backward(float[] dx, int n, float[] dh) {
        int assignments = n * used;
        shared.backward(dx, n, dh);
        float[] dWeights = ws.c.of(assignments);
        float[] dAnswers = ws.a.of(assignments * width);
        for (int i = 0; i < assignments; i++) {
            dWeights[i] = Ops.dot(dx, rowOf[i] * width, answers.get(), i * width, width);
            Ops.scale(dAnswers, i * width, weights.get()[i], dx, rowOf[i] * width, width);
        }
        float[] da = ws.b.of(assignments * hidden);
        for (int e = 0; e < experts; e++) {
            int first = offsets[e];
            int count = offsets[e + 1] - first;
            Matrix dy = part(dAnswers, first, width);
            gemm.multiply(count, hidden, width, dy, outward(down.values(), e), part(da, first, hidden));
            gemm.multiplyAdd(width, hidden, count, dy.transposed(), part(activated.get(), first, hidden),
                    outward(down.gradient(worker), e));
        }
        Ops.siluMultiplyBackward(da, gates.get(), ups.get(), assignments * hidden);
        float[] dRows = ws.a.of(assignments * width);
        for (int e = 0; e < experts; e++) {
            int first = offsets[e];
            int count = offsets[e + 1] - first;
            Matrix dg = part(gates.get(), first, hidden);
            Matrix du = part(ups.get(), first, hidden);
            Matrix rows = part(gathered.get(), first, width);
            Matrix to = part(dRows, first, width);
            gemm.multiply(count, width, hidden, dg, inward(gate.values(), e), to);
            gemm.multiplyAdd(count, width, hidden, du, inward(up.values(), e), to);
            gemm.multiplyAdd(hidden, width, count, dg.transposed(), rows, inward(gate.gradient(worker), e));
            gemm.multiplyAdd(hidden, width, count, du.transposed(), rows, inward(up.gradient(worker), e));
        }
        for (int i = 0; i < assignments; i++) {
            Ops.addScaled(dh, rowOf[i] * width, 1f, dRows, i * width, width);
        }
        router.backwardAdd(h, routingGradient(dWeights, n), n, dh);
    }

    /**
     * The gradient of the router's answer. With S = sum of the selected p: {@code w_i = scale p_i / S}, so {@code dp_i = scale
     * (dw_i / S - sum_j dw_j p_j / S^2)}; then that of the sigmoid.
     */
    private float[] routingGradient(float[] dWeights, int n) {
        float[] probabilities = p.get();
        float[] sum = ws.d.of(n);
        float[] weighted = ws.e.of(n);
        Arrays.fill(sum, 0, n, 0f);
        Arrays.fill(weighted, 0, n, 0f);
        int assignments = n * used;
        for (int i = 0; i < assignments; i++) {
            float q = probabilities[rowOf[i] * experts + expertOf[i]];
            sum[rowOf[i]] += q;
            weighted[rowOf[i]] += dWeights[i] * q;
        }
        float[] d = ws.b.of(n * experts);
        Arrays.fill(d, 0, n * experts, 0f);
        for (int i = 0; i < assignments; i++) {
            int row = rowOf[i];
            float q = probabilities[row * experts + expertOf[i]];
            d[row * experts + expertOf[i]] = scale * (dWeights[i] / sum[row] - weighted[row] / (sum[row] * sum[row])) * q
                    * (1 - q);
        }
        return d;
    }

    private static Matrix part(float[] rows, int first, int width) {
        return Matrix.rows(rows, first * width, width);
    }

    /** An expert's gate or up matrix: [F, E]. */
    private Matrix inward(float[] all, int expert) {
        return Matrix.rows(all, expert * hidden * width, width);
    }

    /** An expert's down matrix: [E, F]. */
    private Matrix outward(float[] all, int expert) {
        return Matrix.rows(all, expert * width * hidden, hidden);
    }
}
