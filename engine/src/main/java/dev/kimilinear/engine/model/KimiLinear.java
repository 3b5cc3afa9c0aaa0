package dev.kimilinear.engine.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Tensor;

/**
 * The forward pass of a Kimi-Linear model: embedding, blocks of attention and feed-forward layers around a residual
 * stream, norm, output matrix. Prefill and decode are the same code: a step is a {@link Batch} of spans. A row's result
 * does not depend on the other rows, on how its sequence was cut into spans, or on threads and kernels: same bits.
 */
public final class KimiLinear {

    /** Tokens for which the state of a sequence grows at a time. */
    public static final int STATE_BLOCK_TOKENS = Kernels.LATENT_BLOCK;

    /** Rows of a matrix, of two panels at most, and rows of activations that {@link #exercise} multiplies. */
    private static final int EXERCISE_ROWS = 64;
    private static final int MOST_ROWS_AT_A_TIME = 4;

    private static final BooleanSupplier WANTED = () -> false;

    private final KimiConfig config;
    private final KimiWeights weights;
    private final Ops ops;
    private final LatentCacheType latentCache;

    /** @param latentCache how the states of sequences store what MLA layers cache */
    public KimiLinear(KimiConfig config, KimiWeights weights, Ops ops, LatentCacheType latentCache) {
        this.config = config;
        this.weights = weights;
        this.ops = ops;
        this.latentCache = latentCache;
    }

    public KimiConfig config() {
        return config;
    }

    /** The state of a sequence before its first token. */
    public SequenceState newState() {
        List<LayerState> layers = new ArrayList<>();
        for (Block block : weights.blocks()) {
            layers.add(block.attention().newState(latentCache));
        }
        return new SequenceState(layers);
    }

    /** Memory for steps of this model; one for each thread that runs steps. */
    public Workspace newWorkspace() {
        return new Workspace(config);
    }

    /**
     * Heap bytes that steps of at most n rows, of which at most logitsRows give logits, take for the values of a step: a
     * workspace, and the scratch memory of the operations.
     */
    public static long workspaceBytes(KimiConfig config, int n, int logitsRows, int threads) {
        int heads = config.headCount();
        int embedding = config.embeddingLength();
        // Per head a query meets its key matrix, and a sum of latents its value matrix.
        int inner = Math.max(Math.max(config.widestHidden(), config.kdaChannels()),
                heads * Math.max(config.valueDim(), Math.max(config.nopeDim(), config.latentRank())));
        return Workspace.bytes(config, n, logitsRows) + Activations.bytes((long) n * embedding)
                + Activations.bytes((long) n * inner)
                + Ops.scratchBytes(n, Math.max(embedding, inner), embedding, heads, config.latentWidth(),
                        config.kdaHeadDim(), threads);
    }

    /**
     * Multiplies a few rows of a matrix of each type with as many rows of activations as kernels take at a time: a
     * millisecond of work, in which the JVM comes to know the kernels that nearly all of a step is spent in.
     */
    public void exercise() {
        Activations input = new Activations();
        for (Tensor sample : weights.samples()) {
            Tensor w = sample.firstRows(EXERCISE_ROWS);
            float[] x = new float[MOST_ROWS_AT_A_TIME * w.columns()];
            for (int i = 0; i < x.length; i++) {
                x[i] = i % 7 - 3;
            }
            for (int n = 1; n <= MOST_ROWS_AT_A_TIME; n *= 2) {
                ops.matmul(w, input.of(x, n, w.columns()), new float[n * w.rows()]);
            }
        }
    }

    /**
     * Runs one step and advances the states of its spans. A warm step, of no more rows than earlier ones, allocates nothing but
     * what the states of its sequences grow by.
     *
     * @throws IllegalArgumentException if the batch has no rows
     * @return {@code [batch.logitsRows, vocabulary]}: the logits asked for, in order of spans and rows; workspace memory, valid
     *         until the next step
     */
    public float[] forward(Batch batch, Workspace ws) {
        return forward(batch, ws, WANTED);
    }

    /**
     * The same for steps that may lose their purpose while they run.
     *
     * @param unwanted asked between layers; when it says yes the step is given up, and the states of its spans, which some
     *        layers have moved on and others have not, cannot be used any more
     * @return the logits, or null if the step was given up
     */
    public float[] forward(Batch batch, Workspace ws, BooleanSupplier unwanted) {
        int n = batch.rows();
        if (n == 0) {
            throw new IllegalArgumentException("A batch has no rows, expected at least one span");
        }
        int width = config.embeddingLength();
        float eps = config.normEpsilon();
        ws.reserve(n, batch.logitsRows());

        float[] x = embed(batch, ws);
        for (int i = 0; i < weights.blocks().size(); i++) {
            if (unwanted.getAsBoolean()) {
                return null;
            }
            Block block = weights.blocks().get(i);
            Activations h = ws.input.of(ops.rmsNorm(x, n, block.attentionNorm(), eps, ws.h), n, width);
            x = ops.add(block.attention().forward(h, batch, i, ws, ops), n * width, x);
            h = ws.input.of(ops.rmsNorm(x, n, block.feedForwardNorm(), eps, ws.h), n, width);
            x = ops.add(block.feedForward().forward(h, ws, ops), n * width, x);
        }
        for (int i = 0; i < batch.spans().size(); i++) {
            Span span = batch.spans().get(i);
            span.state().advance(span.length());
        }

        int rows = batch.logitsRows();
        float[] last = ops.rmsNorm(gatherLogitsRows(batch, x, ws.last), rows, weights.outputNorm(), eps, ws.last);
        return ops.matmul(weights.output(), ws.input.of(last, rows, width), ws.logits);
    }

    private float[] embed(Batch batch, Workspace ws) {
        Tensor embedding = weights.tokenEmbedding();
        int row = 0;
        for (int i = 0; i < batch.spans().size(); i++) {
            Span span = batch.spans().get(i);
            for (int t = span.from(); t < span.to(); t++) {
                embedding.decodeRow(span.tokens()[t], ws.x, row++ * embedding.columns(), ws.block);
            }
        }
        return ws.x;
    }

    private float[] gatherLogitsRows(Batch batch, float[] x, float[] last) {
        int width = config.embeddingLength();
        int row = 0;
        for (int i = 0; i < batch.spans().size(); i++) {
            for (int at : batch.spans().get(i).logitsAt()) {
                System.arraycopy(x, (batch.firstRows()[i] + at) * width, last, row++ * width, width);
            }
        }
        return last;
    }
}
