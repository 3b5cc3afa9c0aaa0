package dev.kimilinear.engine.kernel;

import java.util.Arrays;

import dev.kimilinear.engine.kernel.panel.PanelLayout;
import dev.kimilinear.engine.kernel.quant.QuantisedFormat;

/**
 * The operations that the forward pass is written in. Each checks its shapes, cuts its rows, heads or columns over the
 * cores (never a reduction, so the split changes no bit) and calls {@link Kernels}. Methods write to their last argument
 * and return it, so that a line of a layer reads as an assignment. Owner thread only: it holds the arguments of the
 * operation in work. A warm operation allocates nothing.
 *
 * <p>
 * Activations are {@code float[]}, row-major; {@code n} is the number of rows (tokens) in the step. What matrices read is
 * wrapped in {@link Activations}.
 */
public final class Ops {

    /** Multiply-adds below which handing work to other threads costs more than it saves (a hand-over is about 0.5 us). */
    private static final long INLINE_WORK = 20_000;
    /**
     * Rows of matrices taken together in one item of work over several matrices, and of panels everywhere: those of the
     * highest panel, and of two of the others.
     */
    private static final int ROWS_PER_ITEM = 32;
    /** Heads of tokens, one after the other, that attend in one item of work: a vector of scores. */
    private static final int HEADS_PER_ITEM = 16;

    private final Kernels kernels;
    private final WorkerPool pool;
    private final Scratch[] scratches;
    /** 0, 1, 2 ..: the index of rows that are taken one after another. */
    private int[] consecutive = new int[0];
    /** Rows of activations by head: {@code [heads, n]}. */
    private int[] headRows = new int[0];

    // One range for each operation, made once: a lambda at each call would be garbage in every step. They read the arguments
    // below, which the owner thread sets before the pool announces the range to other threads.
    private final WorkerPool.Range quantise = this::quantise;
    private final WorkerPool.Range prepare = this::prepare;
    private final WorkerPool.Range matmul = this::matmul;
    private final WorkerPool.Range headMatmul = this::headMatmul;
    private final WorkerPool.Range expertMatmul = this::expertMatmul;
    private final WorkerPool.Range expertSum = this::expertSum;
    private final WorkerPool.Range rmsNorm = this::rmsNorm;
    private final WorkerPool.Range l2Normalise = this::l2Normalise;
    private final WorkerPool.Range add = this::add;
    private final WorkerPool.Range multiply = this::multiply;
    private final WorkerPool.Range sigmoid = this::sigmoid;
    private final WorkerPool.Range siluMultiply = this::siluMultiply;
    private final WorkerPool.Range decay = this::decay;
    private final WorkerPool.Range shortConvolution = this::shortConvolution;
    private final WorkerPool.Range deltaRule = this::deltaRule;
    private final WorkerPool.Range latentAttention = this::latentAttention;

    private Tensor w;
    private Activations input;
    private Routes routes;
    private PanelLayout layout;
    private float[] x;
    private float[] y;
    private float[] out;
    private float[] weight;
    private float[] alpha;
    private float[] beta;
    private float[] v;
    private float[] tail;
    private float[][] state;
    private LatentCache cache;
    private float factor;
    private float eps;
    private int n;
    private int d;
    private int heads;
    private int width;
    private int first;
    private int before;

    public Ops(Kernels kernels, WorkerPool pool) {
        this.kernels = kernels;
        this.pool = pool;
        scratches = new Scratch[pool.threads()];
        for (int i = 0; i < scratches.length; i++) {
            scratches[i] = new Scratch();
        }
    }

    /**
     * The most heap bytes of scratch memory after steps of at most n rows.
     *
     * @param widest columns of the widest matrix
     * @param outputs rows of the matrices of {@link #expertSum}
     * @param width of a row of the latent cache
     * @param d keys and values of a head of the delta rule
     */
    public static long scratchBytes(long n, int widest, int outputs, int heads, int width, int d, int threads) {
        // A kernel's sums of one panel with three rows to spare, a block widened to floats with its scales, and the sums of
        // four rows as integers; the products of one expert that all rows use, or a widened block of the latent cache; and
        // what float weights, attention or the delta rule take.
        long scratch = (n + 3 + 33 + 4) * ROWS_PER_ITEM + Math.max(n * outputs, Kernels.LATENT_BLOCK * width)
                + Math.max(Kernels.floatScratch(widest),
                        Math.max(Kernels.latentScratch(n * heads, width), Kernels.deltaRuleScratch(d)));
        return Integer.BYTES * (n + n * heads) + Float.BYTES * scratch * threads;
    }

    /** {@code y[n, w.rows] = x[n, w.columns] W^T}, n being the rows of x. */
    public float[] matmul(Tensor w, Activations x, float[] y) {
        checkMatrix(w, x);
        check(y, x.rows(), w.rows(), w);
        if (x.rows() == 0) {
            return y;
        }
        ready(w, x);
        this.w = w;
        input = x;
        out = y;
        reserveConsecutive(x.rows());
        run(items(w), (long) x.rows() * w.columns() * unit(w), matmul);
        return y;
    }

    private void matmul(int from, int to, int worker) {
        int unit = unit(w);
        kernels.matmul(w, 0, from * unit, Math.min(w.rows(), to * unit), input, consecutive, 0, input.rows(), out, 0, w.rows(),
                scratches[worker]);
    }

    /**
     * One matrix a head: {@code y[t, h, 0 .. w.rows) = W_h x[t, h]}.
     *
     * @param w one matrix for each of H heads
     * @param x {@code [n H, w.columns]}
     * @param y {@code [n, H, yWidth]}, of which the first {@code w.rows} values of a head are written
     */
    public float[] headMatmul(Tensor w, Activations x, int yWidth, float[] y) {
        checkMatrix(w, x);
        check(y, x.rows(), yWidth, w);
        ready(w, x);
        this.w = w;
        input = x;
        out = y;
        heads = w.matrices();
        n = x.rows() / heads;
        width = yWidth;
        if (headRows.length < x.rows()) {
            headRows = new int[x.rows()];
        }
        for (int h = 0; h < heads; h++) {
            for (int t = 0; t < n; t++) {
                headRows[h * n + t] = t * heads + h;
            }
        }
        run(heads, (long) n * w.rows() * w.columns(), headMatmul);
        return y;
    }

    private void headMatmul(int from, int to, int worker) {
        for (int h = from; h < to; h++) {
            kernels.matmul(w, h, 0, w.rows(), input, headRows, h * n, n, out, h * width, heads * width, scratches[worker]);
        }
    }

    /**
     * {@code y[i] = W_e x[rows[i]]} for each assignment i to an expert e, so that the weights of an expert are read once.
     *
     * @param w one matrix for each expert
     * @param y {@code [assignments, w.rows]}
     */
    public float[] expertMatmul(Tensor w, Routes routes, Activations x, float[] y) {
        checkMatrix(w, x);
        check(y, routes.assignments(), w.rows(), w);
        ready(w, x);
        this.w = w;
        this.routes = routes;
        input = x;
        out = y;
        int items = routes.count * itemsPerExpert(w);
        run(items, (long) routes.assignments() * w.rows() * w.columns() / items, expertMatmul);
        return y;
    }

    private void expertMatmul(int from, int to, int worker) {
        int perExpert = itemsPerExpert(w);
        for (int item = from; item < to;) {
            int j = item / perExpert;
            int end = Math.min(to, (j + 1) * perExpert);
            int start = routes.starts[j];
            kernels.matmul(w, routes.experts[j], (item - j * perExpert) * ROWS_PER_ITEM,
                    Math.min(w.rows(), (end - j * perExpert) * ROWS_PER_ITEM), input, routes.rows, start,
                    routes.starts[j + 1] - start, out, start * w.rows(), w.rows(), scratches[worker]);
            item = end;
        }
    }

    /**
     * {@code y[t] = sum over the experts e of row t, ascending, of weight_te W_e x_te}, by FMA from zero.
     *
     * @param w one matrix for each expert
     * @param x {@code [assignments, w.columns]}
     * @param y {@code [n, w.rows]}
     */
    public float[] expertSum(Tensor w, Routes routes, Activations x, int n, float[] y) {
        checkMatrix(w, x);
        check(y, n, w.rows(), w);
        ready(w, x);
        this.w = w;
        this.routes = routes;
        this.n = n;
        input = x;
        out = y;
        reserveConsecutive(x.rows());
        run(itemsPerExpert(w), (long) routes.assignments() * w.columns() * ROWS_PER_ITEM, expertSum);
        return y;
    }

    private void expertSum(int from, int to, int worker) {
        int firstRow = from * ROWS_PER_ITEM;
        int endRow = Math.min(w.rows(), to * ROWS_PER_ITEM);
        int rows = endRow - firstRow;
        for (int t = 0; t < n; t++) {
            Arrays.fill(out, t * w.rows() + firstRow, t * w.rows() + endRow, 0f);
        }
        for (int j = 0; j < routes.count; j++) {
            int start = routes.starts[j];
            int count = routes.starts[j + 1] - start;
            float[] products = scratches[worker].moreFloats(count * rows);
            kernels.matmul(w, routes.experts[j], firstRow, endRow, input, consecutive, start, count, products, -firstRow, rows,
                    scratches[worker]);
            for (int i = 0; i < count; i++) {
                kernels.addScaled(routes.weights[start + i], products, i * rows, out,
                        routes.rows[start + i] * w.rows() + firstRow, rows);
            }
        }
    }

    private static int items(Tensor w) {
        return (w.rows() + unit(w) - 1) / unit(w);
    }

    /** Rows of a matrix that are never given to different threads. */
    private static int unit(Tensor w) {
        return w.rowUnit() == 1 ? 1 : ROWS_PER_ITEM;
    }

    private static int itemsPerExpert(Tensor w) {
        return (w.rows() + ROWS_PER_ITEM - 1) / ROWS_PER_ITEM;
    }

    private void reserveConsecutive(int rows) {
        if (consecutive.length < rows) {
            consecutive = new int[rows];
            Arrays.setAll(consecutive, i -> i);
        }
    }

    /** Brings the activations into the form that kernels read beside these weights, if they are not in it yet. */
    private void ready(Tensor w, Activations x) {
        if (!(w.format() instanceof QuantisedFormat format)) {
            return;
        }
        input = x;
        d = format.activationGroup();
        if (x.claimQuants(d)) {
            run(x.rows(), x.columns() * 4L, quantise);
        }
        layout = kernels.layout(w);
        if (layout != null && x.claimPrepared(layout)) {
            run(x.rows(), x.columns() * 4L, prepare);
        }
    }

    private void quantise(int from, int to, int worker) {
        kernels.quantise(input, d, from, to);
    }

    private void prepare(int from, int to, int worker) {
        for (int row = from; row < to; row++) {
            input.prepare(layout, row);
        }
    }

    /** {@code y[n, d] = rms-norm of each row of x}, d being the length of the weight; y may be x. */
    public float[] rmsNorm(float[] x, int n, float[] weight, float eps, float[] y) {
        return rmsNorm(x, n, weight.length, weight, eps, y);
    }

    /** Rms-norm of the first {@code weight.length} values of each row of {@code [n, width]}, in place. */
    public float[] rmsNormPrefix(float[] weight, float eps, int n, int width, float[] x) {
        return rmsNorm(x, n, width, weight, eps, x);
    }

    private float[] rmsNorm(float[] x, int n, int width, float[] weight, float eps, float[] y) {
        this.x = x;
        this.weight = weight;
        this.eps = eps;
        this.width = width;
        out = y;
        run(n, weight.length * 4L, rmsNorm);
        return y;
    }

    private void rmsNorm(int from, int to, int worker) {
        for (int t = from; t < to; t++) {
            kernels.rmsNorm(x, t * width, weight, weight.length, eps, out, t * width, scratches[worker]);
        }
    }

    /** Each row of {@code [n, d]} times {@code scale / sqrt(sum of squares + eps)}, in place. */
    public float[] l2Normalise(int n, int d, float eps, float scale, float[] x) {
        this.x = x;
        this.d = d;
        this.eps = eps;
        factor = scale;
        run(n, d * 4L, l2Normalise);
        return x;
    }

    private void l2Normalise(int from, int to, int worker) {
        for (int t = from; t < to; t++) {
            kernels.l2Normalise(x, t * d, d, eps, factor, scratches[worker]);
        }
    }

    /** {@code x += y}, element by element. */
    public float[] add(float[] y, int n, float[] x) {
        this.x = x;
        this.y = y;
        run(n, 1, add);
        return x;
    }

    private void add(int from, int to, int worker) {
        kernels.add(x, y, from, to);
    }

    /** {@code x *= y}, element by element. */
    public float[] multiply(float[] y, int n, float[] x) {
        this.x = x;
        this.y = y;
        run(n, 1, multiply);
        return x;
    }

    private void multiply(int from, int to, int worker) {
        kernels.multiply(x, y, from, to);
    }

    /** {@code x = sigmoid(x)}, element by element. */
    public float[] sigmoid(int n, float[] x) {
        this.x = x;
        run(n, 16, sigmoid);
        return x;
    }

    private void sigmoid(int from, int to, int worker) {
        kernels.sigmoid(x, from, to);
    }

    /** {@code gate = silu(gate) * up}, element by element. */
    public float[] siluMultiply(float[] up, int n, float[] gate) {
        x = gate;
        y = up;
        run(n, 16, siluMultiply);
        return gate;
    }

    private void siluMultiply(int from, int to, int worker) {
        kernels.siluMultiply(x, y, from, to);
    }

    /**
     * {@code f[n, heads, d] = exp(a_h softplus(f + bias))}, in place.
     *
     * @param bias {@code [heads, d]}
     * @param a {@code [heads]}, negative
     */
    public float[] decay(float[] bias, float[] a, int n, int d, float[] f) {
        x = f;
        y = bias;
        weight = a;
        this.d = d;
        heads = a.length;
        run(n * heads, d * 32L, decay);
        return f;
    }

    private void decay(int from, int to, int worker) {
        for (int i = from; i < to; i++) {
            int h = i % heads;
            kernels.decay(x, i * d, y, h * d, weight[h], d);
        }
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
        weight = taps;
        width = channels;
        this.tail = tail;
        x = p;
        this.first = first;
        n = count;
        out = y;
        run(channels, count * 16L, shortConvolution);
        int kept = Math.max(0, tailRows - count);
        System.arraycopy(tail, (tailRows - kept) * channels, tail, 0, kept * channels);
        System.arraycopy(p, (first + count - (tailRows - kept)) * channels, tail, kept * channels,
                (tailRows - kept) * channels);
        return y;
    }

    private void shortConvolution(int from, int to, int worker) {
        kernels.shortConvolution(weight, width, tail, x, first * width, n, from, to, out);
    }

    /**
     * The delta rule over one span, token after token, heads and their slabs of value columns side by side.
     *
     * @param s {@code [heads][slabs, d, SLAB]}: the state as {@link Kernels#deltaRule} has it, advanced to the end of the span
     * @param q {@code [n, heads, d]}, as k, v, alpha and o; the span is the rows {@code [first, first + count)}
     * @param beta {@code [n, heads]}
     */
    public float[] deltaRule(float[][] s, int heads, int d, float[] q, float[] k, float[] v, float[] alpha, float[] beta,
            int first, int count, float[] o) {
        state = s;
        this.heads = heads;
        this.d = d;
        x = q;
        y = k;
        this.v = v;
        this.alpha = alpha;
        this.beta = beta;
        this.first = first;
        n = count;
        out = o;
        run(heads * Kernels.slabs(d), (long) count * d * Kernels.SLAB * 4, deltaRule);
        return o;
    }

    private void deltaRule(int from, int to, int worker) {
        float[] scratch = scratches[worker].floats(Kernels.deltaRuleScratch(d));
        int slabs = Kernels.slabs(d);
        for (int item = from; item < to;) {
            int head = item / slabs;
            int end = Math.min(to, (head + 1) * slabs);
            kernels.deltaRule(state[head], d, x, y, v, alpha, beta, heads, head, first, n, (item - head * slabs) * Kernels.SLAB,
                    Math.min(d, (end - head * slabs) * Kernels.SLAB), out, scratch);
            item = end;
        }
    }

    /**
     * Causal attention of one span over its latent cache, whose last rows are the span's own.
     *
     * @param query {@code [n, heads, cache.width]}; the span is the rows {@code [first, first + count)}
     * @param before positions cached before the span
     * @param out {@code [n, heads, rank]}
     */
    public float[] latentAttention(float[] query, int heads, LatentCache cache, int before, int rank, float scale, int first,
            int count, float[] out) {
        x = query;
        this.heads = heads;
        this.cache = cache;
        this.before = before;
        d = rank;
        factor = scale;
        this.first = first;
        n = count;
        this.out = out;
        int items = (count * heads + HEADS_PER_ITEM - 1) / HEADS_PER_ITEM;
        run(items, (long) (before + count) * (cache.width() + rank) * HEADS_PER_ITEM, latentAttention);
        return out;
    }

    private void latentAttention(int from, int to, int worker) {
        kernels.latentAttention(x, heads, first, cache, before, d, factor, from * HEADS_PER_ITEM,
                Math.min(n * heads, to * HEADS_PER_ITEM), out, scratches[worker]);
    }

    /** Runs items over the cores, or on this thread where it is too little work to hand out. */
    private void run(int items, long workPerItem, WorkerPool.Range range) {
        if (items * workPerItem < INLINE_WORK) {
            range.run(0, items, 0);
        } else {
            pool.run(items, range);
        }
    }

    private static void checkMatrix(Tensor w, Activations x) {
        if (x.columns() != w.columns()) {
            throw new IllegalArgumentException("input of \"" + w.name() + "\" has " + x.columns() + " columns, expected "
                    + w.columns());
        }
    }

    private static void check(float[] array, int n, int width, Tensor w) {
        if (array.length < (long) n * width) {
            throw new IllegalArgumentException("output of \"" + w.name() + "\" holds " + array.length + " values, expected "
                    + n + " rows x " + width);
        }
    }
}
