package dev.kimilinear.engine.model;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.LatentCache;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Tensor;

/**
 * Multi-head latent attention (MLA) in the absorbed form: all heads attend to the same cached rows (latent c, shared key
 * part k_pe), and the per-head key and value matrices act on the query and on the result.
 *
 * <p>
 * No positions here: Kimi-Linear's MLA layers carry none. The parts named "pe" are plain values, no rotation is applied.
 *
 * @param heads H
 * @param rank R: latent values
 * @param nope N: query values of a head that meet the latent
 * @param pe O: query values of a head that meet k_pe
 * @param valueDim V
 * @param query {@code attn_q} {@code [H (N + O), E]}: for each head first the N, then the O
 * @param latentDown {@code attn_kv_a_mqa} {@code [R + O, E]}
 * @param latentNorm {@code attn_kv_a_norm} {@code [R]}
 * @param keyUp {@code attn_k_b} {@code [H][R, N]}: takes a head's query into the latent space
 * @param valueUp {@code attn_v_b} {@code [H][V, R]}
 * @param output {@code attn_output} {@code [E, H V]}
 */
record LatentAttention(int heads, int rank, int nope, int pe, int valueDim, float eps, Tensor query, Tensor latentDown,
        float[] latentNorm, Tensor keyUp, Tensor valueUp, Tensor output) implements Attention {

    @Override
    public float[] forward(Activations h, Batch batch, int layer, Workspace ws, Ops ops) {
        int n = batch.rows();
        int width = rank + pe;

        // A cached row: the normed latent, then k_pe as it comes (no norm).
        float[] latent = ops.rmsNormPrefix(latentNorm, eps, n, width, ops.matmul(latentDown, h, ws.latent));

        // q' = (K_h q_nope, q_pe): the query in the space of cached rows.
        float[] q = ops.matmul(query, h, ws.query);
        float[] absorbed = ops.headMatmul(keyUp, ws.inner.of(q, n * heads, nope, nope + pe), width, ws.latentQuery);
        for (int i = 0; i < n * heads; i++) {
            System.arraycopy(q, i * (nope + pe) + nope, absorbed, i * width + rank, pe);
        }

        // The scale is that of the original query, sqrt(N + O), not of the absorbed one.
        float scale = (float) (1 / Math.sqrt(nope + pe));
        float[] m = ws.context;
        for (int i = 0; i < batch.spans().size(); i++) {
            Span span = batch.spans().get(i);
            LatentCache cache = span.state().latent(layer).cache();
            int before = span.state().position();
            int first = batch.firstRows()[i];
            cache.append(before, latent, first, span.length());
            ops.latentAttention(absorbed, heads, cache, before, rank, scale, first, span.length(), m);
        }
        float[] o = ops.headMatmul(valueUp, ws.inner.of(m, n * heads, rank), valueDim, ws.o);
        return ops.matmul(output, ws.inner.of(o, n, heads * valueDim), ws.mixed);
    }

    @Override
    public LayerState newState(LatentCacheType latentCache) {
        return new LatentState(new LatentCache(rank + pe, latentCache));
    }
}
