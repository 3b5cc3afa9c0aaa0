package dev.kimilinear.engine.model;

import java.util.Arrays;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Routes;
import dev.kimilinear.engine.kernel.Tensor;

/**
 * Sigmoid-routed mixture of experts with a selection bias. For a row h: {@code p = sigmoid(router h)}; the K experts with
 * the largest {@code p + routerBias} are used (the bias only selects); their weights are {@code p / max(sum of selected p,
 * 2^-14)} times the scale; the answer is the weighted sum of the experts in ascending index, then the shared expert. Rows
 * that use the same expert go through it together, so that a step reads its weights once.
 *
 * @param block index of the block that it is in
 * @param used K
 * @param groups experts form this many consecutive groups; only experts of the best groups compete
 * @param groupsUsed best groups, by the sum of a group's two largest selection scores
 * @param scale {@code expert_weights_scale}
 * @param router {@code ffn_gate_inp} {@code [X, E]}
 * @param routerBias {@code exp_probs_b.bias} {@code [X]}
 * @param gate {@code ffn_gate_exps} {@code [X][Fx, E]}
 * @param up {@code ffn_up_exps} {@code [X][Fx, E]}
 * @param down {@code ffn_down_exps} {@code [X][E, Fx]}
 * @param shared the shared expert, or null: then it adds zero
 */
record MixtureOfExperts(int block, int used, int groups, int groupsUsed, float scale, Tensor router, float[] routerBias,
        Tensor gate, Tensor up, Tensor down, DenseFfn shared) implements FeedForward {

    /** The least sum of selected probabilities that weights are divided by: the smallest normal half-precision number. */
    private static final float MIN_SUM = 0x1p-14f;

    @Override
    public float[] forward(Activations h, Workspace ws, Ops ops) {
        int n = h.rows();
        float[] p = ops.sigmoid(n * experts(), ops.matmul(router, h, ws.routing));
        for (int t = 0; t < n; t++) {
            select(p, t, ws);
        }
        Routes routes = ws.routes.of(n, used, ws.selected, ws.selectedWeights);
        ws.countRows(block, routes);

        int hidden = routes.assignments() * gate.rows();
        float[] up = ops.expertMatmul(this.up, routes, h, ws.hiddenUp);
        float[] gated = ops.siluMultiply(up, hidden, ops.expertMatmul(gate, routes, h, ws.hiddenGate));
        float[] y = ops.expertSum(down, routes, ws.inner.of(gated, routes.assignments(), gate.rows()), n, ws.mixed);
        return shared == null ? y : ops.add(shared.forward(h, ws, ops), n * down.rows(), y);
    }

    private int experts() {
        return router.rows();
    }

    /** Chooses the experts of row t: ascending indices and their weights, into the workspace. */
    private void select(float[] p, int t, Workspace ws) {
        int experts = experts();
        float[] scores = ws.scores;
        for (int e = 0; e < experts; e++) {
            scores[e] = p[t * experts + e] + routerBias[e];
        }
        if (groups > 1) {
            dropGroups(scores, ws.groupScores);
        }
        int at = t * used;
        for (int i = 0; i < used; i++) {
            int best = largest(scores, experts);
            ws.selected[at + i] = best;
            scores[best] = Float.NEGATIVE_INFINITY;
        }
        Arrays.sort(ws.selected, at, at + used);
        float sum = 0f;
        for (int i = at; i < at + used; i++) {
            sum += p[t * experts + ws.selected[i]];
        }
        sum = Math.max(sum, MIN_SUM);
        for (int i = at; i < at + used; i++) {
            ws.selectedWeights[i] = p[t * experts + ws.selected[i]] / sum * scale;
        }
    }

    /** Takes the experts outside the best groups out of the contest. */
    private void dropGroups(float[] scores, float[] groupScores) {
        int size = experts() / groups;
        for (int g = 0; g < groups; g++) {
            float first = Float.NEGATIVE_INFINITY;
            float second = Float.NEGATIVE_INFINITY;
            for (int e = g * size; e < (g + 1) * size; e++) {
                if (scores[e] > first) {
                    second = first;
                    first = scores[e];
                } else if (scores[e] > second) {
                    second = scores[e];
                }
            }
            groupScores[g] = size == 1 ? first : first + second;
        }
        // Marking the best with NaN leaves the others to be dropped: a NaN is never the largest.
        for (int i = 0; i < groupsUsed; i++) {
            groupScores[largest(groupScores, groups)] = Float.NaN;
        }
        for (int g = 0; g < groups; g++) {
            if (!Float.isNaN(groupScores[g])) {
                Arrays.fill(scores, g * size, (g + 1) * size, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Index of the largest of n values, the lower one on a tie. */
    private static int largest(float[] values, int n) {
        int best = -1;
        for (int i = 0; i < n; i++) {
            if (best < 0 ? !Float.isNaN(values[i]) : values[i] > values[best]) {
                best = i;
            }
        }
        return Math.max(best, 0);
    }
}
