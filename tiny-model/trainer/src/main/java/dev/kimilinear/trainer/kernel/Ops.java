package dev.kimilinear.trainer.kernel;

import static dev.kimilinear.trainer.kernel.Gemm.LANES;
import static dev.kimilinear.trainer.kernel.Gemm.SPECIES;
import static dev.kimilinear.trainer.kernel.VectorMath.exp;
import static dev.kimilinear.trainer.kernel.VectorMath.load;
import static dev.kimilinear.trainer.kernel.VectorMath.log;
import static dev.kimilinear.trainer.kernel.VectorMath.sigmoid;
import static dev.kimilinear.trainer.kernel.VectorMath.sum;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The element-wise and row-wise functions of the model, each with its derivative ({@code ...Backward}). A backward function
 * takes the gradient of the loss with respect to the result and adds to, or writes, those of its operands; which of both is
 * said at each. Widths of rows are multiples of {@link #MULTIPLE}.
 */
public final class Ops {

    /** What widths must be a multiple of: the lanes of the widest vectors. */
    public static final int MULTIPLE = 16;

    private Ops() {
    }

    /** y = y + x over n elements. */
    public static void add(float[] y, float[] x, int n) {
        for (int i = 0; i < n; i += LANES) {
            load(y, i).add(load(x, i)).intoArray(y, i);
        }
    }

    /** y[at ..] = y[at ..] + w x[from ..] over n elements. */
    public static void addScaled(float[] y, int at, float w, float[] x, int from, int n) {
        for (int j = 0; j < n; j += LANES) {
            load(x, from + j).mul(w).add(load(y, at + j)).intoArray(y, at + j);
        }
    }

    /** y[at ..] = w x[from ..] over n elements. */
    public static void scale(float[] y, int at, float w, float[] x, int from, int n) {
        for (int j = 0; j < n; j += LANES) {
            load(x, from + j).mul(w).intoArray(y, at + j);
        }
    }

    /** The dot product of two rows of n elements. */
    public static float dot(float[] a, int aAt, float[] b, int bAt, int n) {
        FloatVector s = FloatVector.zero(SPECIES);
        for (int j = 0; j < n; j += LANES) {
            s = load(a, aAt + j).fma(load(b, bAt + j), s);
        }
        return sum(s);
    }

    /** x = sigmoid(x) over the first n elements. n may be any number up to x.length. */
    public static void sigmoidInPlace(float[] x, int n) {
        int whole = n - n % LANES;
        for (int i = 0; i < whole; i += LANES) {
            sigmoid(load(x, i)).intoArray(x, i);
        }
        for (int i = whole; i < n; i++) {
            x[i] = (float) (1 / (1 + Math.exp(-x[i])));
        }
    }

    /** For s = sigmoid(x): dx = ds s (1 - s), in place of ds. */
    public static void sigmoidBackward(float[] ds, float[] s, int n) {
        for (int i = 0; i < n; i++) {
            ds[i] *= s[i] * (1 - s[i]);
        }
    }

    /**
     * RMSNorm of n rows: {@code h = x / r * w} with {@code r = sqrt(mean(x^2) + eps)}.
     *
     * @param step distance of rows in x; those of h and of normed lie one after the other
     * @param normed receives x / r
     * @param inverse receives 1 / r of each row
     */
    public static void rmsNorm(float[] x, int step, int n, int width, float[] w, float eps, float[] normed, float[] inverse,
            float[] h) {
        for (int i = 0; i < n; i++) {
            int from = i * step;
            int to = i * width;
            FloatVector s = FloatVector.zero(SPECIES);
            for (int j = 0; j < width; j += LANES) {
                FloatVector v = load(x, from + j);
                s = v.fma(v, s);
            }
            float k = (float) (1.0 / Math.sqrt(sum(s) / width + eps));
            inverse[i] = k;
            for (int j = 0; j < width; j += LANES) {
                FloatVector v = load(x, from + j).mul(k);
                v.intoArray(normed, to + j);
                v.mul(load(w, j)).intoArray(h, to + j);
            }
        }
    }

    /**
     * Adds to dx: {@code (dh w - normed mean(dh w normed)) / r}, and to dw: {@code sum of dh normed}.
     *
     * @param step distance of rows in dx
     */
    public static void rmsNormBackward(float[] dh, float[] normed, float[] inverse, float[] w, int n, int width, float[] dx,
            int step, float[] dw) {
        for (int i = 0; i < n; i++) {
            int to = i * step;
            int from = i * width;
            FloatVector s = FloatVector.zero(SPECIES);
            for (int j = 0; j < width; j += LANES) {
                FloatVector gn = load(dh, from + j).mul(load(normed, from + j));
                load(dw, j).add(gn).intoArray(dw, j);
                s = gn.fma(load(w, j), s);
            }
            float mean = sum(s) / width;
            float k = inverse[i];
            for (int j = 0; j < width; j += LANES) {
                load(dh, from + j).mul(load(w, j)).sub(load(normed, from + j).mul(mean)).mul(k).add(load(dx, to + j))
                        .intoArray(dx, to + j);
            }
        }
    }

    /** Rows to unit length, in place: {@code x / sqrt(sum(x^2) + eps)}. */
    public static void l2Normalise(float[] x, int n, int width, float eps, float[] inverse) {
        for (int i = 0; i < n; i++) {
            int at = i * width;
            float k = (float) (1.0 / Math.sqrt(dot(x, at, x, at, width) + eps));
            inverse[i] = k;
            scale(x, at, k, x, at, width);
        }
    }

    /** For y of {@link #l2Normalise}: {@code dx = (dy - y (dy . y)) / r}, in place of dy. */
    public static void l2NormaliseBackward(float[] dy, float[] y, int n, int width, float[] inverse) {
        for (int i = 0; i < n; i++) {
            int at = i * width;
            float along = dot(dy, at, y, at, width);
            float k = inverse[i];
            for (int j = 0; j < width; j += LANES) {
                load(dy, at + j).sub(load(y, at + j).mul(along)).mul(k).intoArray(dy, at + j);
            }
        }
    }

    /** a = SiLU(g) u over n elements, with SiLU(g) = g sigmoid(g). */
    public static void siluMultiply(float[] g, float[] u, float[] a, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = load(g, i);
            v.mul(sigmoid(v)).mul(load(u, i)).intoArray(a, i);
        }
    }

    /** From da: the gradients of g and u, each in place of its operand. */
    public static void siluMultiplyBackward(float[] da, float[] g, float[] u, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = load(g, i);
            FloatVector d = load(da, i);
            FloatVector s = sigmoid(v);
            FloatVector silu = v.mul(s);
            // SiLU'(g) = s + g s (1 - s)
            d.mul(load(u, i)).mul(silu.mul(s.neg().add(1f)).add(s)).intoArray(g, i);
            d.mul(silu).intoArray(u, i);
        }
    }

    /** y = SiLU(z) over n elements. */
    public static void silu(float[] z, float[] y, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = load(z, i);
            v.mul(sigmoid(v)).intoArray(y, i);
        }
    }

    /** dz = dy SiLU'(z), in place of dy. */
    public static void siluBackward(float[] dy, float[] z, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = load(z, i);
            FloatVector s = sigmoid(v);
            load(dy, i).mul(s).mul(v.mul(s.neg().add(1f)).add(1f)).intoArray(dy, i);
        }
    }

    /** a = h gate over n elements. */
    public static void multiply(float[] h, float[] gate, float[] a, int n) {
        for (int i = 0; i < n; i += LANES) {
            load(h, i).mul(load(gate, i)).intoArray(a, i);
        }
    }

    /**
     * For a = h s, s = sigmoid(z): dh = da s in place of da, and dz = da h s (1 - s).
     */
    public static void sigmoidGateBackward(float[] da, float[] h, float[] s, float[] dz, int n) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector d = load(da, i);
            FloatVector gate = load(s, i);
            FloatVector ds = d.mul(gate);
            ds.mul(load(h, i)).mul(gate.neg().add(1f)).intoArray(dz, i);
            ds.intoArray(da, i);
        }
    }

    /**
     * The decay of KDA: {@code g = -exp(A_log) softplus(f + dt)}, {@code alpha = exp(g)}, for rows of H x D channels.
     *
     * @param f in: the projection; out: f + dt
     */
    public static void decay(float[] f, float[] dt, float[] aLog, float[] g, float[] alpha, int n, int heads, int dim) {
        for (int h = 0; h < heads; h++) {
            float a = (float) -Math.exp(aLog[h]);
            for (int t = 0; t < n; t++) {
                for (int j = 0; j < dim; j += LANES) {
                    int at = (t * heads + h) * dim + j;
                    FloatVector v = load(f, at).add(load(dt, h * dim + j));
                    FloatVector softplus = v.max(0f).add(log(exp(v.abs().neg()).add(1f)));
                    FloatVector decay = softplus.mul(a);
                    v.intoArray(f, at);
                    decay.intoArray(g, at);
                    exp(decay).intoArray(alpha, at);
                }
            }
        }
    }

    /** From dg: df in its place; adds to ddt and daLog. */
    public static void decayBackward(float[] dg, float[] f, float[] g, float[] aLog, float[] ddt, float[] daLog, int n,
            int heads, int dim) {
        for (int h = 0; h < heads; h++) {
            float a = (float) -Math.exp(aLog[h]);
            FloatVector s = FloatVector.zero(SPECIES);
            for (int t = 0; t < n; t++) {
                for (int j = 0; j < dim; j += LANES) {
                    int at = (t * heads + h) * dim + j;
                    FloatVector d = load(dg, at);
                    FloatVector df = d.mul(a).mul(sigmoid(load(f, at)));
                    s = d.fma(load(g, at), s);
                    df.intoArray(dg, at);
                    load(ddt, h * dim + j).add(df).intoArray(ddt, h * dim + j);
                }
            }
            daLog[h] += sum(s);
        }
    }

    /**
     * The probabilities of a row of scores, in place: {@code softmax(scale x)} over the first n elements, 0 for the rest up to
     * width.
     */
    public static void softmax(float[] x, int at, int n, int width, float scale) {
        int whole = n - n % LANES;
        FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        for (int j = 0; j < whole; j += LANES) {
            largest = largest.max(load(x, at + j));
        }
        float most = largest.reduceLanes(VectorOperators.MAX);
        for (int j = whole; j < n; j++) {
            most = Math.max(most, x[at + j]);
        }
        FloatVector s = FloatVector.zero(SPECIES);
        for (int j = 0; j < whole; j += LANES) {
            FloatVector e = exp(load(x, at + j).sub(most).mul(scale));
            e.intoArray(x, at + j);
            s = s.add(e);
        }
        float total = sum(s);
        for (int j = whole; j < n; j++) {
            x[at + j] = (float) Math.exp((x[at + j] - most) * scale);
            total += x[at + j];
        }
        float k = 1 / total;
        for (int j = 0; j < whole; j += LANES) {
            load(x, at + j).mul(k).intoArray(x, at + j);
        }
        for (int j = whole; j < n; j++) {
            x[at + j] *= k;
        }
        for (int j = n; j < width; j++) {
            x[at + j] = 0f;
        }
    }

    /**
     * For p of {@link #softmax}: {@code dx = p (dp - sum(p dp)) scale} in place of dp; 0 from n to width.
     */
    public static void softmaxBackward(float[] dp, float[] p, int at, int n, int width, float scale) {
        int whole = n - n % LANES;
        FloatVector v = FloatVector.zero(SPECIES);
        for (int j = 0; j < whole; j += LANES) {
            v = load(p, at + j).fma(load(dp, at + j), v);
        }
        float s = sum(v);
        for (int j = whole; j < n; j++) {
            s += p[at + j] * dp[at + j];
        }
        for (int j = 0; j < whole; j += LANES) {
            load(p, at + j).mul(load(dp, at + j).sub(s)).mul(scale).intoArray(dp, at + j);
        }
        for (int j = whole; j < n; j++) {
            dp[at + j] = p[at + j] * (dp[at + j] - s) * scale;
        }
        for (int j = n; j < width; j++) {
            dp[at + j] = 0f;
        }
    }
}
