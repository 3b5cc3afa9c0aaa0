package dev.kimilinear.engine.model;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Tensor;

/**
 * Kimi Delta Attention: a gated delta rule with a decay for each key channel, over a state of fixed size (Kimi Linear
 * paper, section on KDA; GGUF names beside the weights). P = heads x D channels.
 *
 * @param heads H
 * @param dim D: keys and values of a head
 * @param convKernel C: taps of the short convolutions
 * @param query {@code attn_q} {@code [P, E]}; with key and value possibly parts of a fused {@code attn_qkv}
 * @param queryConv {@code ssm_conv1d_q} as {@code [C, P]}: tap C - 1 meets the current token
 * @param decayDown {@code ssm_f_a} {@code [D, E]}
 * @param decayUp {@code ssm_f_b} {@code [P, D]}
 * @param dtBias {@code ssm_dt.bias} {@code [P]}
 * @param negExpA {@code ssm_a} {@code [H]}: -exp(A_log), so already negative; no further exp here
 * @param betaProj {@code ssm_beta} {@code [H, E]}
 * @param gateDown {@code ssm_g_a} {@code [D, E]}
 * @param gateUp {@code ssm_g_b} {@code [P, D]}
 * @param outputNorm {@code ssm_norm} {@code [D]}, shared by all heads
 * @param output {@code attn_output} {@code [E, P]}
 */
record KimiDeltaAttention(int heads, int dim, int convKernel, float eps, Tensor query, Tensor key, Tensor value,
        float[] queryConv, float[] keyConv, float[] valueConv, Tensor decayDown, Tensor decayUp, float[] dtBias,
        float[] negExpA, Tensor betaProj, Tensor gateDown, Tensor gateUp, float[] outputNorm,
        Tensor output) implements Attention {

    @Override
    public float[] forward(Activations h, Batch batch, int layer, Workspace ws, Ops ops) {
        int n = batch.rows();
        int channels = heads * dim;

        // q, k, v = SiLU(ShortConv(W h)); q and k to unit length; q / sqrt(D). v is not normed.
        float[] q = convolve(queryConv, ops.matmul(query, h, ws.projected), Role.QUERY, batch, layer, ops, ws.q);
        float[] k = convolve(keyConv, ops.matmul(key, h, ws.projected), Role.KEY, batch, layer, ops, ws.k);
        float[] v = convolve(valueConv, ops.matmul(value, h, ws.projected), Role.VALUE, batch, layer, ops, ws.v);
        ops.l2Normalise(n * heads, dim, eps, (float) (1 / Math.sqrt(dim)), q);
        ops.l2Normalise(n * heads, dim, eps, 1f, k);

        // alpha = exp(-exp(A_log) softplus(W_up W_down h + dt)), one for each key channel; beta one for each head.
        float[] alpha = ops.matmul(decayUp, ws.inner.of(ops.matmul(decayDown, h, ws.low), n, dim), ws.alpha);
        ops.decay(dtBias, negExpA, n, dim, alpha);
        float[] beta = ops.sigmoid(n * heads, ops.matmul(betaProj, h, ws.beta));

        // S_t = (I - beta k k^T) Diag(alpha) S_(t-1) + beta k v^T;  o = S_t^T q
        float[] o = ws.o;
        for (int i = 0; i < batch.spans().size(); i++) {
            Span span = batch.spans().get(i);
            ops.deltaRule(span.state().kda(layer).s(), heads, dim, q, k, v, alpha, beta, batch.firstRows()[i], span.length(),
                    o);
        }

        // Output gate: sigmoid, not SiLU, after the norm of each head.
        float[] gate = ops.sigmoid(n * channels,
                ops.matmul(gateUp, ws.inner.of(ops.matmul(gateDown, h, ws.low), n, dim), ws.gate));
        ops.rmsNorm(o, n * heads, outputNorm, eps, o);
        return ops.matmul(output, ws.inner.of(ops.multiply(gate, n * channels, o), n, channels), ws.mixed);
    }

    private enum Role {
        QUERY,
        KEY,
        VALUE
    }

    private float[] convolve(float[] taps, float[] p, Role role, Batch batch, int layer, Ops ops, float[] y) {
        for (int i = 0; i < batch.spans().size(); i++) {
            Span span = batch.spans().get(i);
            KdaState state = span.state().kda(layer);
            float[] tail = switch (role) {
                case QUERY -> state.queryTail();
                case KEY -> state.keyTail();
                case VALUE -> state.valueTail();
            };
            ops.shortConvolution(taps, heads * dim, tail, p, batch.firstRows()[i], span.length(), y);
        }
        return y;
    }

    @Override
    public LayerState newState(LatentCacheType latentCache) {
        return KdaState.empty(heads, dim, convKernel);
    }
}
