package dev.kimilinear.engine.kernel;

import java.util.Arrays;

import dev.kimilinear.engine.kernel.quant.QuantisedFormat;

/**
 * The operations that the forward pass is written in. Each checks its shapes, cuts its rows, heads or columns over the
 * cores (never a reduction, so the split changes no bit) and calls {@link Kernels}. Methods write to their last argument
 * and return it, so that a line of a layer reads as an assignment. Owner thread only: it holds scratch memory.
 *
 * <p>
 * Activations are {@code float[]}, row-major; {@code n} is the number of rows (tokens) in the step.
 */
public final class Ops {

    /** Multiply-adds below which handing work to other threads costs more than it saves (a hand-over is about 0.5 us). */
    private static final long INLINE_WORK = 20_000;

    /** The fewest activations that share a scale. */
    private static final int LEAST_GROUP = 32;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final Activations activations = new Activations();
    private final float[][] attentionScratch;
    private float[] packed = new float[0];

    public Ops(Kernels kernels, WorkerPool pool) {
        this.kernels = kernels;
        this.pool = pool;
        this.attentionScratch = new float[pool.threads()][];
        Arrays.fill(attentionScratch, new float[0]);
    }

    /**
     * The most heap bytes of scratch memory after steps of at most n rows.
     *
     * @param widest columns of the widest matrix
     * @param heads of {@link #headMatmul}
     * @param headColumns columns of the widest matrix of one head
     * @param width of a row of the latent cache
     */
    public static long scratchBytes(long n, int widest, int heads, int headColumns, int width, int threads) {
        long packed = heads * n * headColumns;
        long quantised = Math.max(n * widest, packed);
        return quantised + Float.BYTES * (quantised / LEAST_GROUP + packed + (long) threads * Kernels.latentScratch(width));
    }

    /** {@code y[n, w.rows] = x[n, w.columns] W^T}. */
    public float[] matmul(Tensor w, float[] x, int n, float[] y) {
        check(x, n, w.columns(), "input of", w);
        check(y, n, w.rows(), "output of", w);
        prepare(w, x, n);
        run(w.rows(), (long) n * w.columns(),
                (from, to, worker) -> kernels.matmul(w, from, to, activations, 0, n, y, 0, w.rows()));
        return y;
    }

    /**
     * One matrix a head: {@code y[t, h, 0 .. rows) = W_h x[t, h, 0 .. columns)}, where head h's matrix is rows
     * {@code [h * rows, (h + 1) * rows)} of w.
     *
     * @param x {@code [n, heads, xWidth]}, of which the first {@code w.columns} values of a head are read
     * @param y {@code [n, heads, yWidth]}, of which the first {@code w.rows / heads} values of a head are written
     */
    public float[] headMatmul(Tensor w, int heads, float[] x, int xWidth, int n, float[] y, int yWidth) {
        check(x, n, heads * xWidth, "input of", w);
        check(y, n, heads * yWidth, "output of", w);
        int columns = w.columns();
        int rows = w.rows() / heads;
        packed = reserve(packed, heads * n * columns);
        for (int h = 0; h < heads; h++) {
            for (int t = 0; t < n; t++) {
                System.arraycopy(x, (t * heads + h) * xWidth, packed, (h * n + t) * columns, columns);
            }
        }
        prepare(w, packed, heads * n);
        run(heads, (long) n * rows * columns, (from, to, worker) -> {
            for (int h = from; h < to; h++) {
                kernels.matmul(w.slice(h * rows, rows), 0, rows, activations, h * n, n, y, h * yWidth, heads * yWidth);
            }
        });
        return y;
    }

    private void prepare(Tensor w, float[] x, int n) {
        activations.set(x, w.columns());
        if (w.format() instanceof QuantisedFormat format) {
            activations.reserveQuants(n, format.activationGroup());
            run(n, w.columns() * 4L, (from, to, worker) -> kernels.quantise(activations, from, to));
        }
    }

    /** {@code y[n, d] = rms-norm of each row of x}, d being the length of the weight; y may be x. */
    public float[] rmsNorm(float[] x, int n, float[] weight, float eps, float[] y) {
        int d = weight.length;
        run(n, d * 4L, (from, to, worker) -> {
            for (int t = from; t < to; t++) {
                kernels.rmsNorm(x, t * d, weight, d, eps, y, t * d);
            }
        });
        return y;
    }

    /** Rms-norm of the first {@code weight.length} values of each row of {@code [n, width]}, in place. */
    public float[] rmsNormPrefix(float[] weight, float eps, int n, int width, float[] x) {
        for (int t = 0; t < n; t++) {
            kernels.rmsNorm(x, t * width, weight, weight.length, eps, x, t * width);
        }
        return x;
    }

    /** Each row of {@code [n, d]} times {@code scale / sqrt(sum of squares + eps)}, in place. */
    public float[] l2Normalise(int n, int d, float eps, float scale, float[] x) {
        run(n, d * 4L, (from, to, worker) -> {
            for (int t = from; t < to; t++) {
                kernels.l2Normalise(x, t * d, d, eps, scale);
            }
        });
        return x;
    }

    /** {@code x += y}, element by element. */
    public float[] add(float[] y, int n, float[] x) {
        run(n, 1, (from, to, worker) -> kernels.add(x, y, from, to));
        return x;
    }

    /** {@code x *= y}, element by element. */
    public float[] multiply(float[] y, int n, float[] x) {
        run(n, 1, (from, to, worker) -> kernels.multiply(x, y, from, to));
        return x;
    }

    /** {@code y[row yRow] = fma(w, x[row xRow], .)} over rows of d values. */
    public void addScaledRow(float w, float[] x, int xRow, float[] y, int yRow, int d) {
        kernels.addScaled(w, x, xRow * d, y, yRow * d, d);
    }

    /** {@code x = sigmoid(x)}, element by element. */
    public float[] sigmoid(int n, float[] x) {
        run(n, 16, (from, to, worker) -> kernels.sigmoid(x, from, to));
        return x;
    }

    /** {@code gate = silu(gate) * up}, element by element. */
    public float[] siluMultiply(float[] up, int n, float[] gate) {
        run(n, 16, (from, to, worker) -> kernels.siluMultiply(gate, up, from, to));
        return gate;
    }

    /**
     * {@code f[n, heads, d] = exp(a_h softplus(f + bias))}, in place.
     *
     * @param bias {@code [heads, d]}
     * @param a {@code [heads]}, negative
     */
    public float[] decay(float[] bias, float[] a, int n, int d, float[] f) {
        int heads = a.length;
        run(n * heads, d * 32L, (from, to, worker) -> {
            for (int i = from; i < to; i++) {
                int h = i % heads;
                kernels.decay(f, i * d, bias, h * d, a[h], d);
            }
        });
        return f;
    }

    /**
     * Causal depthwise convolution with SiLU over one span, then the tail moves on.
     *
     * @param taps {@code [C, channels]}
     * @param tail {@code [C - 1, channels]}: the rows before the span; on return the last rows of the span
     * @param p pre-convolution rows of the step; the span is the rows {@code [first, first + count)}
     */
    public float[] shortConvolution(float[] taps, int channels, float[] tail, float[] p, int first, int count, float[] y) {
        int tailRows = tail.length / channels;
        run(channels, count * 16L, (from, to, worker) -> kernels.shortConvolution(taps, channels, tail, p, first * channels,
                count, from, to, y));
        int kept = Math.max(0, tailRows - count);
        System.arraycopy(tail, (tailRows - kept) * channels, tail, 0, kept * channels);
        System.arraycopy(p, (first + count - (tailRows - kept)) * channels, tail, kept * channels,
                (tailRows - kept) * channels);
        return y;
    }

    /**
     * The delta rule over one span, token after token, heads side by side.
     *
     * @param s {@code [heads, d, d]}: the state, advanced to the end of the span
     * @param q {@code [n, heads, d]}, as k, v, alpha and o; the span is the rows {@code [first, first + count)}
     * @param beta {@code [n, heads]}
     */
    public float[] deltaRule(float[] s, int heads, int d, float[] q, float[] k, float[] v, float[] alpha, float[] beta,
            int first, int count, float[] o) {
        run(heads, (long) count * d * d * 4, (from, to, worker) -> {
            for (int h = from; h < to; h++) {
                for (int t = first; t < first + count; t++) {
                    kernels.deltaRule(s, h * d * d, d, q, k, v, alpha, beta[t * heads + h], (t * heads + h) * d, 0, d, o);
                }
            }
        });
        return o;
    }

    /**
     * Causal attention of one span over its latent cache, whose last rows are the span's own.
     *
     * @param query {@code [n, heads, width]}; the span is the rows {@code [first, first + count)}
     * @param cache blocks of {@code [Kernels.LATENT_BLOCK, width]}
     * @param before positions cached before the span
     * @param out {@code [n, heads, rank]}
     */
    public float[] latentAttention(float[] query, int heads, float[][] cache, int before, int width, int rank, float scale,
            int first, int count, float[] out) {
        int groups = (heads + Kernels.LATENT_HEADS - 1) / Kernels.LATENT_HEADS;
        run(count * groups, (long) (before + count) * (width + rank) * heads / groups, (from, to, worker) -> {
            float[] scratch = attentionScratch[worker] = reserve(attentionScratch[worker], Kernels.latentScratch(width));
            for (int i = from; i < to; i++) {
                int t = i / groups;
                int head = i % groups * Kernels.LATENT_HEADS;
                kernels.latentAttention(query, (first + t) * heads * width, cache, before + t + 1, width, rank, scale, head,
                        Math.min(heads, head + Kernels.LATENT_HEADS), out, (first + t) * heads * rank, scratch);
            }
        });
        return out;
    }

    /** Runs items over the cores, or on this thread where it is too little work to hand out. */
    private void run(int items, long workPerItem, WorkerPool.Range range) {
        if (items * workPerItem < INLINE_WORK) {
            range.run(0, items, 0);
        } else {
            pool.run(items, range);
        }
    }

    private static float[] reserve(float[] array, int length) {
        return array.length < length ? new float[length] : array;
    }

    private static void check(float[] array, int n, int width, String what, Tensor w) {
        if (array.length < (long) n * width) {
            throw new IllegalArgumentException(what + " \"" + w.name() + "\" holds " + array.length + " values, expected "
                    + n + " rows x " + width);
        }
    }
}
