package dev.kimilinear.engine.kernel.scalar;

import java.util.Arrays;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.LatentCache;
import dev.kimilinear.engine.kernel.ScalarMath;
import dev.kimilinear.engine.kernel.Scratch;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.panel.PanelLayout;
import dev.kimilinear.engine.kernel.quant.FloatFormat;
import dev.kimilinear.engine.kernel.quant.MXFP4;
import dev.kimilinear.engine.kernel.quant.QuantisedFormat;
import dev.kimilinear.engine.kernel.quant.UnpackedBlock;

/** Every kernel as a plain loop that reads like its definition. Slow, exact, and the reference of all other sets. */
public class ScalarKernels implements Kernels {

    /** Partial sums of a float reduction; see {@link Kernels}. */
    public static final int LANES = 16;

    /** The scale of an MXFP4 block with exponent byte 0. Such a block decodes to subnormals, and counts as 0 in products. */
    private static final float MXFP4_ZERO_EXPONENT = 0x1p-128f;

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public PanelLayout layout(Tensor w) {
        return null;
    }

    @Override
    public void matmul(Tensor w, int matrix, int from, int to, Activations x, int[] rows, int rowsAt, int count, float[] y,
            int yOffset, int yStride, Scratch scratch) {
        switch (w.format()) {
            case FloatFormat f -> floatMatmul(w, matrix, from, to, x, rows, rowsAt, count, y, yOffset, yStride, scratch);
            case QuantisedFormat f -> quantisedMatmul(w, f, matrix, from, to, x, rows, rowsAt, count, y, yOffset, yStride);
        }
    }

    private static void floatMatmul(Tensor w, int matrix, int from, int to, Activations x, int[] rows, int rowsAt, int count,
            float[] y, int yOffset, int yStride, Scratch scratch) {
        int columns = w.columns();
        float[] row = scratch.floats(columns);
        float[] sums = new float[LANES];
        for (int r = from; r < to; r++) {
            w.format().decodeRow(w.data(), w.rowOffsetBytes(matrix, r), columns, row, 0);
            for (int t = 0; t < count; t++) {
                y[yOffset + t * yStride + r] = dot(row, 0, x.values(), rows[rowsAt + t] * x.stride(), columns, sums);
            }
        }
    }

    private static void quantisedMatmul(Tensor w, QuantisedFormat format, int matrix, int from, int to, Activations x,
            int[] rows, int rowsAt, int count, float[] y, int yOffset, int yStride) {
        int columns = w.columns();
        int block = format.type().blockElements();
        int blockBytes = format.type().blockBytes();
        int blocks = columns / block;
        Activations.Quants quants = x.quants(format.activationGroup());
        UnpackedBlock unpacked = new UnpackedBlock();
        for (int r = from; r < to; r++) {
            for (int t = 0; t < count; t++) {
                y[yOffset + t * yStride + r] = 0f;
            }
            for (int b = 0; b < blocks; b++) {
                format.unpack(w.data(), w.rowOffsetBytes(matrix, r) + (long) b * blockBytes, unpacked);
                if (format instanceof MXFP4 && unpacked.d == MXFP4_ZERO_EXPONENT) {
                    continue;
                }
                for (int t = 0; t < count; t++) {
                    int row = rows[rowsAt + t];
                    int at = yOffset + t * yStride + r;
                    y[at] = blockDot(format, unpacked, quants.values, row * columns + b * block,
                            quants.scales[row * blocks + b], y[at]);
                }
            }
        }
    }

    /** One block of a quantised dot product added to acc: integers exact, then one FMA, or two with mins. */
    private static float blockDot(QuantisedFormat format, UnpackedBlock block, byte[] xq, int at, float dx, float acc) {
        int elements = format.type().blockElements();
        int sub = format.subBlock();
        int isum = 0;
        int msum = 0;
        for (int s = 0; s < elements / sub; s++) {
            int dot = 0;
            int sum = 0;
            for (int i = s * sub; i < (s + 1) * sub; i++) {
                dot += block.q[i] * xq[at + i];
                sum += xq[at + i];
            }
            isum += block.scale[s] * dot;
            msum += block.min[s] * sum;
        }
        acc = Math.fma((float) isum, block.d * dx, acc);
        return format.hasMin() ? Math.fma((float) msum, -block.dmin * dx, acc) : acc;
    }

    /** The sixteen-fold sum of products of two rows. */
    private static float dot(float[] a, int aOffset, float[] b, int bOffset, int n, float[] sums) {
        Arrays.fill(sums, 0, LANES, 0f);
        for (int i = 0; i < n; i++) {
            sums[i % LANES] = Math.fma(a[aOffset + i], b[bOffset + i], sums[i % LANES]);
        }
        return fold(sums);
    }

    /** Folds the first sixteen values, partial sums, by halves. */
    public static float fold(float[] sums) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[i] += sums[i + half];
            }
        }
        return sums[0];
    }

    @Override
    public void quantise(Activations x, int group, int from, int to) {
        Activations.Quants quants = x.quants(group);
        int groups = x.columns() / group;
        for (int row = from; row < to; row++) {
            for (int g = 0; g < groups; g++) {
                int at = row * x.stride() + g * group;
                float max = 0f;
                for (int i = at; i < at + group; i++) {
                    max = Math.max(max, Math.abs(x.values()[i]));
                }
                boolean zero = max < Activations.LEAST;
                quants.scales[row * groups + g] = zero ? 0f : max / 127f;
                float inverse = zero ? 0f : 127f / max;
                for (int i = 0; i < group; i++) {
                    quants.values[row * x.columns() + g * group + i] = (byte) (int) Math.rint(x.values()[at + i] * inverse);
                }
            }
        }
    }

    @Override
    public void rmsNorm(float[] x, int xOffset, float[] weight, int n, float eps, float[] y, int yOffset,
            Scratch scratch) {
        float sum = dot(x, xOffset, x, xOffset, n, scratch.floats(LANES));
        float factor = 1f / (float) Math.sqrt(sum / n + eps);
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = x[xOffset + i] * factor * weight[i];
        }
    }

    @Override
    public void l2Normalise(float[] x, int offset, int n, float eps, float scale, Scratch scratch) {
        float sum = dot(x, offset, x, offset, n, scratch.floats(LANES));
        float factor = scale / (float) Math.sqrt(sum + eps);
        for (int i = offset; i < offset + n; i++) {
            x[i] *= factor;
        }
    }

    @Override
    public void add(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] += y[i];
        }
    }

    @Override
    public void multiply(float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] *= y[i];
        }
    }

    @Override
    public void addScaled(float w, float[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = Math.fma(w, x[xOffset + i], y[yOffset + i]);
        }
    }

    @Override
    public void sigmoid(float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.sigmoid(x[i]);
        }
    }

    @Override
    public void siluMultiply(float[] gate, float[] up, int from, int to) {
        for (int i = from; i < to; i++) {
            gate[i] = ScalarMath.silu(gate[i]) * up[i];
        }
    }

    @Override
    public void decay(float[] f, int offset, float[] bias, int biasOffset, float a, int n) {
        for (int i = 0; i < n; i++) {
            f[offset + i] = ScalarMath.exp(a * ScalarMath.softplus(f[offset + i] + bias[biasOffset + i]));
        }
    }

    @Override
    public void shortConvolution(float[] taps, int channels, float[] tail, float[] p, int pOffset, int tokens, int from,
            int to, float[] y) {
        int width = taps.length / channels;
        for (int t = 0; t < tokens; t++) {
            for (int c = from; c < to; c++) {
                float acc = 0f;
                for (int j = 0; j < width; j++) {
                    int source = t - (width - 1) + j;
                    float value = source < 0 ? tail[(source + width - 1) * channels + c]
                            : p[pOffset + source * channels + c];
                    acc = Math.fma(taps[j * channels + c], value, acc);
                }
                y[pOffset + t * channels + c] = ScalarMath.silu(acc);
            }
        }
    }

    @Override
    public void deltaRule(float[] s, int dim, float[] q, float[] k, float[] v, float[] alpha, float[] beta, int heads,
            int head, int first, int tokens, int from, int to, float[] o, float[] scratch) {
        for (int t = first; t < first + tokens; t++) {
            int at = (t * heads + head) * dim;
            float kq = 0f;
            for (int i = 0; i < dim; i++) {
                kq = Math.fma(k[at + i], q[at + i], kq);
            }
            for (int j = from; j < to; j++) {
                int sj = Kernels.stateIndex(dim, j);
                float u = 0f;
                float r = 0f;
                for (int i = 0; i < dim; i++) {
                    float sij = s[sj + i * SLAB];
                    u = Math.fma(alpha[at + i] * k[at + i], sij, u);
                    r = Math.fma(alpha[at + i] * q[at + i], sij, r);
                }
                float delta = beta[t * heads + head] * (v[at + j] - u);
                o[at + j] = Math.fma(kq, delta, r);
                for (int i = 0; i < dim; i++) {
                    int ij = sj + i * SLAB;
                    s[ij] = Math.fma(k[at + i], delta, alpha[at + i] * s[ij]);
                }
            }
        }
    }

    @Override
    public void latentAttention(float[] query, int heads, int first, LatentCache cache, int before, int rank, float scale,
            int from, int to, float[] out, Scratch scratch) {
        int width = cache.width();
        float[] scores = scratch.floats(LATENT_BLOCK);
        float[] widened = scratch.moreFloats(LATENT_BLOCK * width);
        for (int row = from; row < to; row++) {
            int q = (first * heads + row) * width;
            int o = (first * heads + row) * rank;
            int positions = before + row / heads + 1;
            Arrays.fill(out, o, o + rank, 0f);
            float m = Float.NEGATIVE_INFINITY;
            float l = 0f;
            for (int start = 0; start < positions; start += LATENT_BLOCK) {
                int count = Math.min(LATENT_BLOCK, positions - start);
                float[] c = cache.block(start / LATENT_BLOCK, count, widened);
                float max = m;
                for (int s = 0; s < count; s++) {
                    float score = 0f;
                    for (int i = 0; i < width; i++) {
                        score = Math.fma(query[q + i], c[s * width + i], score);
                    }
                    scores[s] = scale * score;
                    max = Math.max(max, scores[s]);
                }
                float f = ScalarMath.exp(m - max);
                m = max;
                l *= f;
                for (int r = 0; r < rank; r++) {
                    out[o + r] *= f;
                }
                for (int s = 0; s < count; s++) {
                    float p = ScalarMath.exp(scores[s] - m);
                    l += p;
                    for (int r = 0; r < rank; r++) {
                        out[o + r] = Math.fma(p, c[s * width + r], out[o + r]);
                    }
                }
            }
            for (int r = 0; r < rank; r++) {
                out[o + r] /= l;
            }
        }
    }
}
