package dev.kimilinear.trainer.kernel;

import static dev.kimilinear.trainer.kernel.Gemm.LANES;
import static dev.kimilinear.trainer.kernel.Gemm.SPECIES;
import static dev.kimilinear.trainer.kernel.VectorMath.load;

import jdk.incubator.vector.FloatVector;

/**
 * The causal depthwise convolution of KDA with four taps: {@code z_t = sum over s of w[3 - s] x_(t - s)}, s = 0 .. 3, each
 * channel for itself; what lies before a sequence counts as zero.
 */
public final class ShortConvolution {

    /** Taps; the last meets the current token. */
    public static final int TAPS = 4;

    private ShortConvolution() {
    }

    /**
     * One sequence.
     *
     * @param w [4, channels]
     * @param at index of its first element in x and z, whose rows have {@code channels} elements
     */
    public static void forward(float[] x, float[] w, float[] z, int at, int length, int channels) {
        for (int t = 0; t < length; t++) {
            int row = at + t * channels;
            if (t < TAPS - 1) {
                firstRow(x, w, z, row, t, channels);
            } else {
                for (int c = 0; c < channels; c += LANES) {
                    FloatVector v = load(w, 3 * channels + c).mul(load(x, row + c));
                    v = load(w, 2 * channels + c).fma(load(x, row - channels + c), v);
                    v = load(w, channels + c).fma(load(x, row - 2 * channels + c), v);
                    load(w, c).fma(load(x, row - 3 * channels + c), v).intoArray(z, row + c);
                }
            }
        }
    }

    /** A row with fewer than three before it. Plain code: C2 would leave vectors that meet at a branch as objects. */
    private static void firstRow(float[] x, float[] w, float[] z, int row, int before, int channels) {
        for (int c = 0; c < channels; c++) {
            float v = 0f;
            for (int s = 0; s <= before; s++) {
                v += w[(3 - s) * channels + c] * x[row - s * channels + c];
            }
            z[row + c] = v;
        }
    }

    /** Writes dx and adds to dw. */
    public static void backward(float[] x, float[] w, float[] dz, float[] dx, float[] dw, int at, int length, int channels) {
        for (int c = 0; c < channels; c += LANES) {
            taps(x, dz, dw, at, length, channels, c);
            inputs(w, dz, dx, at, length, channels, c);
        }
    }

    private static void taps(float[] x, float[] dz, float[] dw, int at, int length, int channels, int c) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector w0 = zero;
        FloatVector w1 = zero;
        FloatVector w2 = zero;
        FloatVector w3 = zero;
        FloatVector x1 = zero;
        FloatVector x2 = zero;
        FloatVector x3 = zero;
        for (int t = 0; t < length; t++) {
            int row = at + t * channels + c;
            FloatVector d = load(dz, row);
            FloatVector now = load(x, row);
            w3 = d.fma(now, w3);
            w2 = d.fma(x1, w2);
            w1 = d.fma(x2, w1);
            w0 = d.fma(x3, w0);
            x3 = x2;
            x2 = x1;
            x1 = now;
        }
        w0.add(load(dw, c)).intoArray(dw, c);
        w1.add(load(dw, channels + c)).intoArray(dw, channels + c);
        w2.add(load(dw, 2 * channels + c)).intoArray(dw, 2 * channels + c);
        w3.add(load(dw, 3 * channels + c)).intoArray(dw, 3 * channels + c);
    }

    private static void inputs(float[] w, float[] dz, float[] dx, int at, int length, int channels, int c) {
        FloatVector w0 = load(w, c);
        FloatVector w1 = load(w, channels + c);
        FloatVector w2 = load(w, 2 * channels + c);
        FloatVector w3 = load(w, 3 * channels + c);
        for (int t = 0; t < length - 3; t++) {
            int row = at + t * channels + c;
            FloatVector d = load(dz, row).mul(w3);
            d = load(dz, row + channels).fma(w2, d);
            d = load(dz, row + 2 * channels).fma(w1, d);
            load(dz, row + 3 * channels).fma(w0, d).intoArray(dx, row);
        }
        for (int t = Math.max(0, length - 3); t < length; t++) {
            for (int lane = 0; lane < LANES; lane++) {
                int i = at + t * channels + c + lane;
                float d = 0f;
                for (int s = 0; s < TAPS && t + s < length; s++) {
                    d += dz[i + s * channels] * w[(3 - s) * channels + c + lane];
                }
                dx[i] = d;
            }
        }
    }
}
