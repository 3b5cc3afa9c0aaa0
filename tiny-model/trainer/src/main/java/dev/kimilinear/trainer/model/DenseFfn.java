package dev.kimilinear.trainer.model;

import dev.kimilinear.trainer.kernel.Ops;

/** {@code W_down (SiLU(W_gate h) * (W_up h))}. */
final class DenseFfn implements FeedForward {

    private final int hidden;
    private final Workspace ws;
    private final Linear gate;
    private final Linear up;
    private final Linear down;
    private final Buffer gates = new Buffer();
    private final Buffer ups = new Buffer();
    private final Buffer activated = new Buffer();
    private float[] h;

    /** @param which what stands behind the names of the three tensors: nothing, or {@code _shexp} */
    DenseFfn(String block, String which, Parameters parameters, int worker, Workspace ws) {
        this.ws = ws;
        Parameter gateWeights = parameters.get(block + "ffn_gate" + which + ".weight");
        hidden = gateWeights.rows();
        gate = new Linear(gateWeights, worker, ws.gemm);
        up = new Linear(parameters.get(block + "ffn_up" + which + ".weight"), worker, ws.gemm);
        down = new Linear(parameters.get(block + "ffn_down" + which + ".weight"), worker, ws.gemm);
    }

    @Override
    public void forward(float[] h, int n, float[] x) {
        this.h = h;
        gate.forward(h, n, gates.of(n * hidden));
        up.forward(h, n, ups.of(n * hidden));
        Ops.siluMultiply(gates.get(), ups.get(), activated.of(n * hidden), n * hidden);
        down.forwardAdd(activated.get(), n, x);
    }

    @Override
    public void backward(float[] dx, int n, float[] dh) {
        float[] da = down.backward(activated.get(), dx, n, ws.a.of(n * hidden));
        Ops.siluMultiplyBackward(da, gates.get(), ups.get(), n * hidden);
        gate.backward(h, gates.get(), n, dh);
        up.backwardAdd(h, ups.get(), n, dh);
    }
}
