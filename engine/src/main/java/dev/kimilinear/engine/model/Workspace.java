package dev.kimilinear.engine.model;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Routes;
import dev.kimilinear.engine.kernel.quant.UnpackedBlock;

/**
 * Memory for the values of one step, reused from step to step and from layer to layer: nothing here outlives
 * {@link KimiLinear#forward}. Grows to the largest step seen. Owner thread only.
 */
public final class Workspace {

    private static final float[] NO_FLOATS = new float[0];
    private static final int[] NO_INTS = new int[0];

    private final KimiConfig config;
    /** Only count bytes, in {@link #measuredBytes}, and allocate nothing. */
    private final boolean measuring;
    private long measuredBytes;
    private int rows;

    /** For rows of a quantised embedding. */
    final UnpackedBlock block = new UnpackedBlock();
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
    /** {@code [totalExperts]}: rows of the step that went through each expert. */
    private int[] expertRows;

    /** {@code [rows, E]}: the rows whose logits are wanted. */
    float[] last = NO_FLOATS;
    /** {@code [rows, vocabulary]}. */
    float[] logits = NO_FLOATS;

    Workspace(KimiConfig config) {
        this(config, false);
    }

    private Workspace(KimiConfig config, boolean measuring) {
        this.config = config;
        routes = new Routes(config.expertCount());
        this.measuring = measuring;
    }

    /** Heap bytes of a workspace after steps of at most n rows, of which at most logitsRows give logits. */
    public static long bytes(KimiConfig config, int n, int logitsRows) {
        Workspace workspace = new Workspace(config, true);
        workspace.reserve(n, logitsRows);
        return workspace.measuredBytes;
    }

    /** Makes room for a step of n rows of which logitsRows give logits. */
    void reserve(int n, int logitsRows) {
        if (n > rows) {
            allocate(n);
            rows = n;
        }
        if (logits.length < (long) logitsRows * config.vocabularySize()) {
            last = floats((long) logitsRows * config.embeddingLength());
            logits = floats((long) logitsRows * config.vocabularySize());
        }
    }

    /** Notes where the rows of a step go in a block with experts. */
    void countRows(int block, Routes routes) {
        routes.countRows(expertRows, config.expertNumber(block, 0));
    }

    /** Rows of the last step that went through an expert, by its {@linkplain KimiConfig#expertNumber number}. */
    public int expertRows(int expertNumber) {
        return expertRows[expertNumber];
    }

    private void allocate(long n) {
        int e = config.embeddingLength();
        int p = config.kdaChannels();
        int heads = config.headCount();
        int hidden = config.widestHidden();
        int used = 0;
        for (int count : config.expertUsedCount()) {
            used = Math.max(used, count);
        }
        x = floats(n * e);
        h = floats(n * e);
        mixed = floats(n * e);
        projected = floats(n * p);
        q = floats(n * p);
        k = floats(n * p);
        v = floats(n * p);
        alpha = floats(n * p);
        gate = floats(n * p);
        beta = floats(n * heads);
        low = floats(n * config.kdaHeadDim());
        o = floats(n * Math.max(p, heads * config.valueDim()));
        query = floats(n * heads * (config.nopeDim() + config.peDim()));
        latentQuery = floats(n * heads * config.latentWidth());
        latent = floats(n * config.latentWidth());
        context = floats(n * heads * config.latentRank());
        hiddenGate = floats(n * hidden);
        hiddenUp = floats(n * hidden);
        ffnOut = floats(n * e);
        routing = floats(n * config.expertCount());
        measuredBytes += Routes.bytes(config.expertCount(), n * used);
        selected = ints(n * used);
        selectedWeights = floats(n * used);
        scores = floats(config.expertCount());
        groupScores = floats(config.expertGroupCount());
        expertRows = ints(config.totalExperts());
    }

    private float[] floats(long length) {
        measuredBytes += Float.BYTES * length;
        return measuring ? NO_FLOATS : new float[Math.toIntExact(length)];
    }

    private int[] ints(long length) {
        measuredBytes += Integer.BYTES * length;
        return measuring ? NO_INTS : new int[Math.toIntExact(length)];
    }
}
