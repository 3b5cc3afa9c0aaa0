package dev.kimilinear.engine.model;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Tensor;

/**
 * Gated feed-forward network: {@code down(silu(gate h) * (up h))}. Also the shape of the shared expert.
 *
 * @param gate {@code ffn_gate} {@code [F, E]}
 * @param up {@code ffn_up} {@code [F, E]}
 * @param down {@code ffn_down} {@code [E, F]}
 */
record DenseFfn(Tensor gate, Tensor up, Tensor down) implements FeedForward {

    @Override
    public float[] forward(Activations h, Workspace ws, Ops ops) {
        float[] hidden = ops.siluMultiply(ops.matmul(up, h, ws.hiddenUp), h.rows() * gate.rows(),
                ops.matmul(gate, h, ws.hiddenGate));
        return ops.matmul(down, ws.inner.of(hidden, h.rows(), gate.rows()), ws.ffnOut);
    }
}
