package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.LatentCache;
import dev.kimilinear.engine.kernel.ScalarMath;
import dev.kimilinear.engine.kernel.Scratch;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.panel.PanelLayout;
import dev.kimilinear.engine.kernel.quant.FloatFormat;
import dev.kimilinear.engine.kernel.scalar.ScalarKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector twins of the scalar kernels: the same bits. Inherited are the ends of rows that do not fill a vector, and quantised
 * matrices whose rows are no whole blocks of a panel (64, 128 or 256 columns).
 */
public final class VectorKernels extends ScalarKernels {

    private static final int LANES = ScalarKernels.LANES;
    /** Rounds to the nearest integer, ties to even, when added and subtracted; see {@link ScalarMath#ROUND}. */
    private static final float ROUND = ScalarMath.ROUND;

    private VectorKernels() {
    }

    /** The kernels; call only where the module {@code jdk.incubator.vector} is readable. */
    public static Kernels create() {
        return new VectorKernels();
    }

    /** Why this machine's vectors do not suit, or null if they do. */
    public static String obstacle() {
        VectorSpecies<Float> species = FloatVector.SPECIES_PREFERRED;
        return species.length() < 4
                ? "vectors of this machine have " + species.vectorBitSize() + " bits, at least 128 are needed."
                : null;
    }

    /** The bits of a vector; call as {@link #create}. */
    public static int bits() {
        return FLOAT.vectorBitSize();
    }

    @Override
    public String name() {
        return "vector " + bits() + " bit";
    }

    @Override
    public PanelLayout layout(Tensor w) {
        return w.layout() != null ? w.layout() : PanelLayout.of(w.format(), w.columns());
    }

    @Override
    public void matmul(Tensor w, int matrix, int from, int to, Activations x, int[] rows, int rowsAt, int count, float[] y,
            int yOffset, int yStride, Scratch scratch) {
        PanelLayout layout = layout(w);
        if (w.format() instanceof FloatFormat format) {
            FloatMatmul.matmul(w, format, matrix, from, to, x, rows, rowsAt, count, y, yOffset, yStride, scratch);
        } else if (layout != null) {
            PanelMatmul.matmul(w, layout, matrix, from, to, x, rows, rowsAt, count, y, yOffset, yStride, scratch);
        } else {
            super.matmul(w, matrix, from, to, x, rows, rowsAt, count, y, yOffset, yStride, scratch);
        }
    }

    @Override
    public void quantise(Activations x, int group, int from, int to) {
        Activations.Quants quants = x.quants(group);
        int groups = x.columns() / group;
        for (int row = from; row < to; row++) {
            for (int g = 0; g < groups; g++) {
                quantiseGroup(x.values(), row * x.stride() + g * group, quants, row * x.columns() + g * group,
                        row * groups + g);
            }
        }
        if (group == 32) {
            for (int i = from * x.columns(); i < to * x.columns(); i++) {
                quants.floats[i] = quants.values[i];
            }
        }
    }

    private static void quantiseGroup(float[] x, int at, Activations.Quants quants, int quantsAt, int scaleAt) {
        int group = quants.group;
        FloatVector m = FloatVector.zero(FLOAT);
        for (int i = 0; i < group; i += L) {
            // The carried vector is the argument: see the package.
            m = FloatVector.fromArray(FLOAT, x, at + i).abs().max(m);
        }
        float max = m.reduceLanes(VectorOperators.MAX);
        boolean zero = max < Activations.LEAST;
        quants.scales[scaleAt] = zero ? 0f : max / 127f;
        float inverse = zero ? 0f : 127f / max;
        // Not a conversion to vectors of bytes: C2 compiled it with objects for good now and then. This takes about half a
        // nanosecond to a nanosecond a value longer, once for all products of an activation.
        byte[] values = quants.values;
        for (int i = 0; i < group; i++) {
            values[quantsAt + i] = (byte) (Float.floatToRawIntBits(x[at + i] * inverse + ROUND) - ScalarMath.ROUND_BITS);
        }
    }

    @Override
    public void rmsNorm(float[] x, int xOffset, float[] weight, int n, float eps, float[] y, int yOffset,
            Scratch scratch) {
        float factor = 1f / (float) Math.sqrt(sumOfSquares(x, xOffset, n, scratch) / n + eps);
        int bound = n - n % L;
        for (int i = 0; i < bound; i += L) {
            FloatVector.fromArray(FLOAT, x, xOffset + i).mul(factor).mul(FloatVector.fromArray(FLOAT, weight, i))
                    .intoArray(y, yOffset + i);
        }
        for (int i = bound; i < n; i++) {
            y[yOffset + i] = x[xOffset + i] * factor * weight[i];
        }
    }

    @Override
    public void l2Normalise(float[] x, int offset, int n, float eps, float scale, Scratch scratch) {
        float factor = scale / (float) Math.sqrt(sumOfSquares(x, offset, n, scratch) + eps);
        int bound = n - n % L;
        for (int i = offset; i < offset + bound; i += L) {
            FloatVector.fromArray(FLOAT, x, i).mul(factor).intoArray(x, i);
        }
        for (int i = offset + bound; i < offset + n; i++) {
            x[i] *= factor;
        }
    }

    private static float sumOfSquares(float[] x, int offset, int n, Scratch scratch) {
        float[] sums = scratch.floats(LANES);
        int bound = n - n % LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s = FloatVector.zero(FLOAT);
            for (int i = lane; i < bound; i += LANES) {
                FloatVector v = FloatVector.fromArray(FLOAT, x, offset + i);
                s = v.fma(v, s);
            }
            s.intoArray(sums, lane);
        }
        for (int i = bound; i < n; i++) {
            sums[i - bound] = Math.fma(x[offset + i], x[offset + i], sums[i - bound]);
        }
        return fold(sums);
    }

    /** Where the last whole vector of {@code [from, to)} ends. */
    private static int bound(int from, int to) {
        return to - (to - from) % L;
    }

    @Override
    public void add(float[] x, float[] y, int from, int to) {
        int i = from;
        for (; i + L <= to; i += L) {
            FloatVector.fromArray(FLOAT, x, i).add(FloatVector.fromArray(FLOAT, y, i)).intoArray(x, i);
        }
        super.add(x, y, i, to);
    }

    @Override
    public void multiply(float[] x, float[] y, int from, int to) {
        int i = from;
        for (; i + L <= to; i += L) {
            FloatVector.fromArray(FLOAT, x, i).mul(FloatVector.fromArray(FLOAT, y, i)).intoArray(x, i);
        }
        super.multiply(x, y, i, to);
    }

    @Override
    public void addScaled(float w, float[] x, int xOffset, float[] y, int yOffset, int n) {
        FloatVector factor = FloatVector.broadcast(FLOAT, w);
        int i = 0;
        for (; i + L <= n; i += L) {
            factor.fma(FloatVector.fromArray(FLOAT, x, xOffset + i), FloatVector.fromArray(FLOAT, y, yOffset + i))
                    .intoArray(y, yOffset + i);
        }
        super.addScaled(w, x, xOffset + i, y, yOffset + i, n - i);
    }

    @Override
    public void sigmoid(float[] x, int from, int to) {
        int bound = bound(from, to);
        VectorMath.sigmoid(x, from, bound);
        super.sigmoid(x, bound, to);
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int from, int to) {
        int bound = bound(from, to);
        VectorMath.silu(gate, from, bound);
        multiply(gate, up, from, bound);
        super.siluMultiply(gate, up, bound, to);
    }

    @Override
    public void decay(float[] f, int offset, float[] bias, int biasOffset, float a, int n) {
        int bound = bound(0, n);
        for (int i = 0; i < bound; i += L) {
            FloatVector.fromArray(FLOAT, f, offset + i).add(FloatVector.fromArray(FLOAT, bias, biasOffset + i))
                    .intoArray(f, offset + i);
        }
        VectorMath.softplus(f, offset, offset + bound);
        for (int i = offset; i < offset + bound; i += L) {
            FloatVector.fromArray(FLOAT, f, i).mul(a).intoArray(f, i);
        }
        VectorMath.exp(f, offset, offset + bound);
        super.decay(f, offset + bound, bias, biasOffset + bound, a, n - bound);
    }

    @Override
    public void shortConvolution(float[] taps, int channels, float[] tail, float[] p, int pOffset, int tokens, int from,
            int to, float[] y) {
        int width = taps.length / channels;
        int bound = bound(from, to);
        for (int t = 0; t < tokens; t++) {
            for (int c = from; c < bound; c += L) {
                FloatVector acc = FloatVector.zero(FLOAT);
                for (int j = 0; j < width; j++) {
                    int source = t - (width - 1) + j;
                    float[] rows = source < 0 ? tail : p;
                    int at = source < 0 ? (source + width - 1) * channels + c : pOffset + source * channels + c;
                    acc = FloatVector.fromArray(FLOAT, taps, j * channels + c).fma(FloatVector.fromArray(FLOAT, rows, at), acc);
                }
                acc.intoArray(y, pOffset + t * channels + c);
            }
            VectorMath.silu(y, pOffset + t * channels + from, pOffset + t * channels + bound);
        }
        super.shortConvolution(taps, channels, tail, p, pOffset, tokens, bound, to, y);
    }

    @Override
    public void deltaRule(float[] s, int dim, float[] q, float[] k, float[] v, float[] alpha, float[] beta, int heads,
            int head, int first, int tokens, int from, int to, float[] o, float[] scratch) {
        int bound = to - (to - from) % DeltaRuleKernel.COLUMNS;
        DeltaRuleKernel.advance(s, dim, q, k, v, alpha, beta, heads, head, first, tokens, from, bound, o, scratch);
        if (bound < to) {
            super.deltaRule(s, dim, q, k, v, alpha, beta, heads, head, first, tokens, bound, to, o, scratch);
        }
    }

    @Override
    public void latentAttention(float[] query, int heads, int first, LatentCache cache, int before, int rank, float scale,
            int from, int to, float[] out, Scratch scratch) {
        LatentAttentionKernel.attend(query, heads, first, cache, before, rank, scale, from, to, out, scratch);
    }
}
