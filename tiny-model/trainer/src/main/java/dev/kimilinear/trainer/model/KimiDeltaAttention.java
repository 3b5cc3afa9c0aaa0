package dev.kimilinear.trainer.model;

import java.util.Arrays;

import dev.kimilinear.trainer.kernel.DeltaRule;
import dev.kimilinear.trainer.kernel.Ops;
import dev.kimilinear.trainer.kernel.ShortConvolution;

/**
 * Kimi Delta Attention, as the engine computes it: q, k, v = SiLU(ShortConv(W h)), q and k to unit length and q / sqrt(D);
 * alpha = exp(-exp(A_log) softplus(W_up W_down h + dt)), beta = sigmoid(W h); the gated delta rule; RMSNorm of each head,
 * times sigmoid(G_up G_down h); W_o.
 */
final class KimiDeltaAttention implements Attention {

    /** q, k or v: its projection, convolution and activation. */
    private final class Stream {

        final Linear projection;
        final float[] taps;
        final float[] tapsGradient;
        final Buffer projected = new Buffer();
        final Buffer convolved = new Buffer();
        final Buffer out = new Buffer();
        final Buffer gradient = new Buffer();
        final Buffer inverse = new Buffer();
        final boolean unitLength;

        Stream(String block, String part, Parameters parameters, int worker, Workspace ws) {
            projection = new Linear(parameters.get(block + "attn_" + part + ".weight"), worker, ws.gemm);
            Parameter conv = parameters.get(block + "ssm_conv1d_" + part + ".weight");
            taps = conv.values();
            tapsGradient = conv.gradient(worker);
            unitLength = !part.equals("v");
        }

        float[] forward(float[] h, Batch batch) {
            int n = batch.rows();
            float[] p = projection.forward(h, n, projected.of(n * channels));
            float[] z = convolved.of(n * channels);
            for (int s = 0; s < batch.sequences(); s++) {
                ShortConvolution.forward(p, taps, z, batch.starts()[s] * channels, batch.length(s), channels);
            }
            float[] y = out.of(n * channels);
            Ops.silu(z, y, n * channels);
            if (unitLength) {
                Ops.l2Normalise(y, n * heads, dim, eps, inverse.of(n * heads));
            }
            return y;
        }

        /** From the gradient of the stream: adds to that of h. */
        void backwardAdd(float[] h, Batch batch, float[] dh) {
            int n = batch.rows();
            float[] dy = gradient.get();
            if (unitLength) {
                Ops.l2NormaliseBackward(dy, out.get(), n * heads, dim, inverse.get());
            }
            Ops.siluBackward(dy, convolved.get(), n * channels);
            float[] dp = ws.a.of(n * channels);
            for (int s = 0; s < batch.sequences(); s++) {
                ShortConvolution.backward(projected.get(), taps, dy, dp, tapsGradient, batch.starts()[s] * channels,
                        batch.length(s), channels);
            }
            projection.backwardAdd(h, dp, n, dh);
        }
    }

    private final int heads;
    private final int dim;
    private final int channels;
    private final float eps;
    private final Workspace ws;
    private final Stream query;
    private final Stream key;
    private final Stream value;
    private final Linear decayDown;
    private final Linear decayUp;
    private final Linear betaProjection;
    private final Linear gateDown;
    private final Linear gateUp;
    private final Linear output;
    private final Norm outputNorm;
    private final Parameter aLog;
    private final Parameter dt;
    private final int worker;
    private final DeltaRule rule;

    private final Buffer scaledQuery = new Buffer();
    private final Buffer decayLow = new Buffer();
    private final Buffer decayInput = new Buffer();
    private final Buffer logAlpha = new Buffer();
    private final Buffer alpha = new Buffer();
    private final Buffer beta = new Buffer();
    private final Buffer errors = new Buffer();
    private final Buffer states = new Buffer();
    private final Buffer read = new Buffer();
    private final Buffer normed = new Buffer();
    private final Buffer gateLow = new Buffer();
    private final Buffer gate = new Buffer();
    private final Buffer gated = new Buffer();
    private float[] h;

    KimiDeltaAttention(String block, Parameters parameters, int worker, Workspace ws) {
        ModelShape shape = parameters.shape();
        heads = shape.heads();
        dim = shape.kdaDim();
        channels = shape.kdaChannels();
        eps = shape.eps();
        this.ws = ws;
        this.worker = worker;
        query = new Stream(block, "q", parameters, worker, ws);
        key = new Stream(block, "k", parameters, worker, ws);
        value = new Stream(block, "v", parameters, worker, ws);
        decayDown = new Linear(parameters.get(block + "ssm_f_a.weight"), worker, ws.gemm);
        decayUp = new Linear(parameters.get(block + "ssm_f_b.weight"), worker, ws.gemm);
        betaProjection = new Linear(parameters.get(block + "ssm_beta.weight"), worker, ws.gemm);
        gateDown = new Linear(parameters.get(block + "ssm_g_a.weight"), worker, ws.gemm);
        gateUp = new Linear(parameters.get(block + "ssm_g_b.weight"), worker, ws.gemm);
        output = new Linear(parameters.get(block + "attn_output.weight"), worker, ws.gemm);
        outputNorm = new Norm(parameters.get(block + "ssm_norm.weight"), worker, eps);
        aLog = parameters.get(block + "ssm_a_log");
        dt = parameters.get(block + "ssm_dt.bias");
        rule = new DeltaRule(dim);
    }

    @Override
    public void forward(float[] h, Batch batch, float[] x) {
        this.h = h;
        int n = batch.rows();
        int size = n * channels;
        float[] q = scaledQuery.of(size);
        Ops.scale(q, 0, (float) (1 / Math.sqrt(dim)), query.forward(h, batch), 0, size);
        float[] k = key.forward(h, batch);
        float[] v = value.forward(h, batch);

        float[] f = decayUp.forward(decayDown.forward(h, n, decayLow.of(n * dim)), n, decayInput.of(size));
        Ops.decay(f, dt.values(), aLog.values(), logAlpha.of(size), alpha.of(size), n, heads, dim);
        float[] b = betaProjection.forward(h, n, beta.of(n * heads));
        Ops.sigmoidInPlace(b, n * heads);

        float[] o = read.of(size);
        int kept = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            kept += heads * DeltaRule.chunks(batch.length(s)) * dim * dim;
        }
        states.of(kept);
        errors.of(size);
        int keptAt = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            int first = batch.starts()[s];
            for (int head = 0; head < heads; head++) {
                rule.forward(q, k, v, alpha.get(), b, first * heads + head, heads, errors.get(), o,
                        first * channels + head * dim, channels, batch.length(s), states.get(), keptAt);
                keptAt += DeltaRule.chunks(batch.length(s)) * dim * dim;
            }
        }

        outputNorm.forward(o, dim, n * heads, normed.of(size));
        float[] g = gateUp.forward(gateDown.forward(h, n, gateLow.of(n * dim)), n, gate.of(size));
        Ops.sigmoidInPlace(g, size);
        Ops.multiply(normed.get(), g, gated.of(size), size);
        output.forwardAdd(gated.get(), n, x);
    }

    @Override
    public void backward(float[] dx, Batch batch, float[] dh) {
        int n = batch.rows();
        int size = n * channels;
        float[] dNormed = output.backward(gated.get(), dx, n, ws.a.of(size));
        float[] dGate = ws.b.of(size);
        Ops.sigmoidGateBackward(dNormed, normed.get(), gate.get(), dGate, size);
        float[] low = ws.c.of(n * dim);
        gateDown.backward(h, gateUp.backward(gateLow.get(), dGate, n, low), n, dh);

        float[] dO = ws.b.of(size);
        Arrays.fill(dO, 0, size, 0f);
        outputNorm.backwardAdd(dNormed, n * heads, dO, dim);

        float[] dBeta = ws.c.of(n * heads);
        float[] dg = ws.d.of(size);
        float[] dq = query.gradient.of(size);
        float[] dk = key.gradient.of(size);
        float[] dv = value.gradient.of(size);
        int keptAt = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            int first = batch.starts()[s];
            for (int head = 0; head < heads; head++) {
                rule.backward(scaledQuery.get(), key.out.get(), alpha.get(), beta.get(), first * heads + head, heads,
                        errors.get(), dO, dq, dk, dv, dg, dBeta, first * channels + head * dim, channels, batch.length(s),
                        states.get(), keptAt);
                keptAt += DeltaRule.chunks(batch.length(s)) * dim * dim;
            }
        }
        Ops.scale(dq, 0, (float) (1 / Math.sqrt(dim)), dq, 0, size);
        Ops.sigmoidBackward(dBeta, beta.get(), n * heads);
        betaProjection.backwardAdd(h, dBeta, n, dh);
        Ops.decayBackward(dg, decayInput.get(), logAlpha.get(), aLog.values(), dt.gradient(worker), aLog.gradient(worker), n,
                heads, dim);
        decayDown.backwardAdd(h, decayUp.backward(decayLow.get(), dg, n, ws.c.of(n * dim)), n, dh);
        query.backwardAdd(h, batch, dh);
        key.backwardAdd(h, batch, dh);
        value.backwardAdd(h, batch, dh);
    }
}
