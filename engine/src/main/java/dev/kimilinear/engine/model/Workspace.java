package dev.kimilinear.engine.model;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Routes;

/**
 * Memory for the values of one step, reused from step to step and from layer to layer: nothing here outlives
 * {@link KimiLinear#forward}. Grows to the largest step seen. Owner thread only.
 */
public final class Workspace {

    private final KimiConfig config;
    private int rows;

    /** {@code [n, E]}: the residual stream. */
    float[] x;
    /** {@code [n, E]}: normed input of a layer. */
    float[] h;
    /** The same as matrices read it. */
    final Activations input = new Activations();
    /** Any other input of a matrix, one after the other. */
    final Activations inner = new Activations();
    /** {@code [n, E]}: result of an attention layer or of a mixture of experts. */
    float[] mixed;

    /** {@code [n, P]}: a projection before its short convolution. */
    float[] projected;
    /** {@code [n, P]}. */
    float[] q;
    /** {@code [n, P]}. */
    float[] k;
    /** {@code [n, P]}. */
    float[] v;
    /** {@code [n, P]}: decay of each key channel. */
    float[] alpha;
    /** {@code [n, P]}: output gate. */
    float[] gate;
    /** {@code [n, H]}: write strength. */
    float[] beta;
    /** {@code [n, D]}: the waist of the low-rank gates. */
    float[] low;
    /** {@code [n, P]} or {@code [n, H V]}: heads' outputs before the output projection. */
    float[] o;

    /** {@code [n, H, N + O]}. */
    float[] query;
    /** {@code [n, H, R + O]}: queries in latent space. */
    float[] latentQuery;
    /** {@code [n, R + O]}: new rows of the latent cache. */
    float[] latent;
    /** {@code [n, H, R]}: attention's weighted sums of latents. */
    float[] context;

    /** {@code [n, F]}, F being the widest dense hidden layer, or {@code [n, K, Fx]}, Fx being an expert's. */
    float[] hiddenGate;
    /** As hiddenGate. */
    float[] hiddenUp;
    /** {@code [n, E]}: result of a dense network. */
    float[] ffnOut;
    /** {@code [n, X]}: routing probabilities. */
    float[] routing;
    /** {@code [n, K]}: chosen experts of each row, ascending. */
    int[] selected;
    /** {@code [n, K]}: their weights. */
    float[] selectedWeights;
    /** The same, sorted by expert. */
    final Routes routes;
    /** {@code [X]}: selection scores of one row. */
    float[] scores;
    /** {@code [G]}: scores of expert groups. */
    float[] groupScores;

    /** {@code [rows, E]}: the rows whose logits are wanted. */
    float[] last = new float[0];
    /** {@code [rows, vocabulary]}. */
    float[] logits = new float[0];

    Workspace(KimiConfig config) {
        this.config = config;
        routes = new Routes(config.expertCount());
    }

    /** Makes room for a step of n rows of which logitsRows give logits. */
    void reserve(int n, int logitsRows) {
        if (n > rows) {
            allocate(n);
            rows = n;
        }
        if (logits.length < logitsRows * config.vocabularySize()) {
            last = new float[logitsRows * config.embeddingLength()];
            logits = new float[logitsRows * config.vocabularySize()];
        }
    }

    private void allocate(int n) {
        int e = config.embeddingLength();
        int p = config.kdaChannels();
        int heads = config.headCount();
        int hidden = 0;
        int used = 0;
        for (int i = 0; i < config.blockCount(); i++) {
            int routed = config.expertUsedCount()[i];
            hidden = Math.max(hidden, config.feedForwardLength()[i]);
            hidden = Math.max(hidden,
                    config.expertFeedForwardLength()[i] * Math.max(1, Math.max(routed, config.expertSharedCount())));
            used = Math.max(used, routed);
        }
        x = new float[n * e];
        h = new float[n * e];
        mixed = new float[n * e];
        projected = new float[n * p];
        q = new float[n * p];
        k = new float[n * p];
        v = new float[n * p];
        alpha = new float[n * p];
        gate = new float[n * p];
        beta = new float[n * heads];
        low = new float[n * config.kdaHeadDim()];
        o = new float[n * Math.max(p, heads * config.valueDim())];
        query = new float[n * heads * (config.nopeDim() + config.peDim())];
        latentQuery = new float[n * heads * config.latentWidth()];
        latent = new float[n * config.latentWidth()];
        context = new float[n * heads * config.latentRank()];
        hiddenGate = new float[n * hidden];
        hiddenUp = new float[n * hidden];
        ffnOut = new float[n * e];
        routing = new float[n * config.expertCount()];
        selected = new int[n * used];
        selectedWeights = new float[n * used];
        scores = new float[config.expertCount()];
        groupScores = new float[config.expertGroupCount()];
    }
}
