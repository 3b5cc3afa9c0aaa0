package dev.kimilinear.engine.kernel;

import dev.kimilinear.engine.kernel.panel.PanelLayout;

/**
 * The arithmetic of the engine: whole-vector operations on plain arrays, each defined to the last bit, so that every
 * implementation gives the same result for the same row whatever the other rows, the split over threads and the vector
 * width. Implementations only compute: {@link Ops} has checked shapes and cut the work. Ranges are {@code [from, to)}. Memory
 * comes from the caller, scratch memory that of its thread.
 *
 * <p>
 * Definitions used below. <em>Sixteen-fold sum</em> of n products: element i goes to partial sum i mod 16 by FMA from
 * zero, in order; then partial sums are folded by halves, {@code s[i] += s[i + 8]}, {@code + 4}, {@code + 2},
 * {@code + 1}. <em>exp, sigmoid, softplus, silu</em>: {@link ScalarMath}.
 */
public interface Kernels {

    /** For the log and for statistics: {@code "scalar"}, {@code "vector 512 bit"}. */
    String name();

    /**
     * The panels in which these kernels compute with a matrix, and for which they want activations prepared, whether it lies
     * in panels or not; null if they read its rows as they are.
     */
    PanelLayout layout(Tensor w);

    /**
     * {@code y[yOffset + t * yStride + r] = sum over c of W[r][c] x[rows[rowsAt + t]][c]} for weight rows r in
     * {@code [from, to)} and t in {@code [0, count)}.
     *
     * <p>
     * Float weights: the sixteen-fold sum over the float values. Quantised weights, block after block, from
     * {@code acc = 0}: {@code acc = fma((float) isum, d * dx, acc)} with the exact integer
     * {@code isum = sum of scale * q * xq}, then for formats with mins {@code acc = fma((float) msum, -dmin * dx, acc)} with
     * {@code msum = sum of min * xq}.
     *
     * @param matrix which of the tensor's matrices
     * @param from a multiple of {@link Tensor#rowUnit}
     * @param to a multiple of it too, or the end of the matrix
     * @param x with int8 values for quantised weights, and prepared for {@link #layout} where that is not null
     * @param rows rows of x to multiply with, from rowsAt on
     */
    void matmul(Tensor w, int matrix, int from, int to, Activations x, int[] rows, int rowsAt, int count, float[] y,
            int yOffset, int yStride, Scratch scratch);

    /** Quantises the activation rows {@code [from, to)} in groups of 32 or 256 columns as {@link Activations} defines. */
    void quantise(Activations x, int group, int from, int to);

    /**
     * Root-mean-square norm of one row: {@code y[i] = x[i] * (1 / sqrt(sum / n + eps)) * weight[i]} with the sixteen-fold sum
     * of squares; x and y may be the same row.
     */
    void rmsNorm(float[] x, int xOffset, float[] weight, int n, float eps, float[] y, int yOffset, Scratch scratch);

    /** {@code x[i] *= scale / sqrt(sum of x^2 + eps)}, the sixteen-fold sum; one row in place. */
    void l2Normalise(float[] x, int offset, int n, float eps, float scale, Scratch scratch);

    /** {@code x[i] += y[i]}. */
    void add(float[] x, float[] y, int from, int to);

    /** {@code x[i] *= y[i]}. */
    void multiply(float[] x, float[] y, int from, int to);

    /** {@code y[yOffset + i] = fma(w, x[xOffset + i], y[yOffset + i])} for i below n. */
    void addScaled(float w, float[] x, int xOffset, float[] y, int yOffset, int n);

    /** {@code x[i] = sigmoid(x[i])}. */
    void sigmoid(float[] x, int from, int to);

    /** {@code gate[i] = silu(gate[i]) * up[i]}: the gated unit of every feed-forward network here. */
    void siluMultiply(float[] gate, float[] up, int from, int to);

    /**
     * Decay of one row of one head, in place: {@code f[i] = exp(a * softplus(f[i] + bias[i]))} for i below n; a is negative, so
     * the result lies in (0, 1].
     */
    void decay(float[] f, int offset, float[] bias, int biasOffset, float a, int n);

    /**
     * Causal depthwise convolution with SiLU over the channels {@code [from, to)} of a span:
     * {@code y_t[c] = silu(sum over j of taps[j][c] p_(t - (C - 1) + j)[c])}, j ascending by FMA from zero, where rows before
     * the span come from the tail.
     *
     * @param taps {@code [C, channels]}
     * @param tail {@code [C - 1, channels]}: the last pre-convolution rows before the span; not changed
     * @param p {@code [tokens, channels]} from pOffset on: pre-convolution rows of the span
     * @param y {@code [tokens, channels]} from pOffset on; another array than p
     */
    void shortConvolution(float[] taps, int channels, float[] tail, float[] p, int pOffset, int tokens, int from, int to,
            float[] y);

    /**
     * The gated delta rule over the tokens {@code [first, first + tokens)} of a span, on the value columns {@code [from, to)}
     * of one head. Per token and column j, with keys i in order by FMA from zero: {@code u = sum (alpha_i k_i) S_ij},
     * {@code r = sum (alpha_i q_i) S_ij}, {@code delta = beta (v_j - u)}, {@code o_j = fma(kq, delta, r)} with
     * {@code kq = sum k_i q_i} (by FMA, in order), {@code S_ij = fma(k_i, delta, alpha_i S_ij)}. The same as decay, predict,
     * write, read in turn (Kimi Linear paper, KDA recurrence), with one pass that reads the state and one that writes it.
     *
     * <p>
     * The state of a head lies in slabs of {@link #SLAB} value columns, key-major, since its columns do not meet: all tokens
     * pass over a slab while it is in the first-level cache, where a whole head's state would not stay. Where dim is no
     * multiple of it, the last slab has columns without meaning.
     *
     * @param s {@code [slabs, dim, SLAB]}: the state of this head; see {@link #stateIndex}
     * @param q {@code [n, heads, dim]}, as k, v, alpha and o
     * @param beta {@code [n, heads]}
     * @param from a multiple of {@link #SLAB}
     * @param scratch at least {@link #deltaRuleScratch} values, this call's alone
     */
    void deltaRule(float[] s, int dim, float[] q, float[] k, float[] v, float[] alpha, float[] beta, int heads, int head,
            int first, int tokens, int from, int to, float[] o, float[] scratch);

    /** Value columns in a slab of KDA's state: with 128 keys, 16 KiB. */
    int SLAB = 32;

    /** Tokens that {@link #deltaRule} takes together, each with its products of decay, key and query. */
    int SLAB_TOKENS = 64;

    /** Slabs of a head's state. */
    static int slabs(int dim) {
        return (dim + SLAB - 1) / SLAB;
    }

    /** Values of the state of a head. */
    static int stateLength(int dim) {
        return slabs(dim) * dim * SLAB;
    }

    /** Where {@code S_0j} lies in the state of a head; the next key follows after {@link #SLAB} values. */
    static int stateIndex(int dim, int j) {
        return j / SLAB * dim * SLAB + j % SLAB;
    }

    /** Length of the scratch array of {@link #deltaRule}. */
    static int deltaRuleScratch(int dim) {
        return SLAB_TOKENS * (2 * dim + 1) + SLAB;
    }

    /**
     * Softmax attention over the latent cache of one sequence. A row is a head of a token of a span: row i is head
     * {@code i % heads} of token {@code i / heads}, and sees the cached positions up to its own, {@code before + i / heads}.
     * All rows read the same cache, whose values are floats here, widened where it holds halves. For each row of
     * {@code [from, to)}, over blocks of {@link #LATENT_BLOCK} absolute positions:
     * {@code score_s = scale * sum over i of query[i] c_s[i]}
     * (i in order, by FMA from zero); {@code m' = max(m, max score)}; {@code f = exp(m - m')}; {@code p_s = exp(score_s - m')};
     * {@code l = l * f}, then {@code + p_s} in order; {@code out[r] = out[r] * f}, then {@code fma(p_s, c_s[r], .)} in order;
     * at the end {@code out[r] / l}.
     *
     * @param query {@code [n, heads, width]}
     * @param first the span's first token among the n
     * @param before positions cached before the span
     * @param rank leading values of a cached row that make up the answer
     * @param out {@code [n, heads, rank]}
     */
    void latentAttention(float[] query, int heads, int first, LatentCache cache, int before, int rank, float scale, int from,
            int to, float[] out, Scratch scratch);

    /** Positions in a block of the latent cache, and of the online softmax. */
    int LATENT_BLOCK = 128;

    /** Rows for which {@link #latentAttention} reads, and widens, a block of the cache once. */
    int LATENT_ROWS = 256;

    /** Rows of float weights that {@link #matmul} widens at a time, if they hold no more than {@link #WIDE_WEIGHTS}. */
    int WIDE_ROWS = 32;

    /** Float weights that {@link #matmul} widens at a time: half of a second-level cache of 1 MB. */
    int WIDE_WEIGHTS = 1 << 17;

    /** Floats of scratch memory that {@link #matmul} takes at most for float weights of up to so many columns. */
    static int floatScratch(int columns) {
        // Widened weights, of four rows at least, and the sums of 48 products at most; see FloatMatmul.
        return Math.max(Math.min(WIDE_ROWS * columns, WIDE_WEIGHTS), 4 * columns) + (1 + 48) * 16;
    }

    /** Floats of scratch memory that {@link #latentAttention} takes for so many rows, beside one widened block. */
    static int latentScratch(long rows, int width) {
        // The queries, with a running maximum and sum each, the scores of 32 rows, and 16 columns of a block; see
        // LatentAttentionKernel.
        int padded = (int) (Math.min(rows, LATENT_ROWS) + 31) / 32 * 32;
        return padded * (width + 2) + (1 + LATENT_BLOCK) * 32 + LATENT_BLOCK * 16;
    }
}
