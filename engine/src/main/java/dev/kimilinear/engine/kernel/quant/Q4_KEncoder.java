package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * Q4_K as in {@link Q4_K}. Each sub-block first finds a scale and a minimum of its own; the largest of each become 63, which
 * gives {@code d} and {@code dmin}; then all weights are rounded once more to the scales and minima as they are stored.
 *
 * <p>
 * Scale and minimum of a sub-block: the first candidate is the range from the smallest weight (or zero, if that is smaller: a
 * minimum is never positive) to the largest in 15 steps; twenty-one more begin at the best minimum so far and have 14 to 16
 * steps, a tenth of a step apart. For the codes l that a candidate leads to, scale s and offset m with the least error
 * {@code sum(w (s l + m - x)^2)} follow from
 *
 * <pre>
 * s sum(w l^2) + m sum(w l) = sum(w x l)
 * s sum(w l)   + m sum(w)   = sum(w x)
 * </pre>
 *
 * and the candidate with the least error is taken. Large weights count more: {@code w = |x| + sqrt(mean of x^2)}.
 */
record Q4_KEncoder() implements BlockEncoder {

    private static final int SUB_BLOCKS = 8;
    private static final int WIDTH = 32;
    private static final int MOST_CODE = 15;
    private static final int MOST_SCALE = 63;
    /** Candidates after the first, from 14 steps on. */
    private static final int CANDIDATES = 21;

    @Override
    public GgmlType type() {
        return GgmlType.Q4_K;
    }

    @Override
    public void encodeBlock(float[] in, int inOffset, MemorySegment out, long outOffsetBytes) {
        float[] scales = new float[SUB_BLOCKS];
        float[] minima = new float[SUB_BLOCKS];
        Fit fit = new Fit();
        for (int s = 0; s < SUB_BLOCKS; s++) {
            fit.search(in, inOffset + WIDTH * s);
            scales[s] = fit.scale;
            minima[s] = -fit.offset;
        }
        int[] scaleCodes = new int[SUB_BLOCKS];
        int[] minCodes = new int[SUB_BLOCKS];
        Bits.putF16(out, outOffsetBytes, sixBits(scales, scaleCodes));
        Bits.putF16(out, outOffsetBytes + 2, sixBits(minima, minCodes));
        Bits.putSixBitScales(out, outOffsetBytes + 4, scaleCodes, minCodes);
        float d = Bits.f16(out, outOffsetBytes);
        float dmin = Bits.f16(out, outOffsetBytes + 2);
        int[] codes = new int[SUB_BLOCKS * WIDTH];
        for (int s = 0; s < SUB_BLOCKS; s++) {
            float scale = d * scaleCodes[s];
            float min = dmin * minCodes[s];
            // With a scale of zero no code matters.
            for (int i = WIDTH * s; i < WIDTH * (s + 1) && scale != 0; i++) {
                codes[i] = code((in[inOffset + i] + min) / scale);
            }
        }
        for (int p = 0; p < 4; p++) {
            Bits.putNibbles(out, outOffsetBytes + 16 + 32 * p, 32, codes, 64 * p);
        }
    }

    /** Non-negative numbers as six-bit multiples of the largest over 63, which is returned. */
    private static float sixBits(float[] values, int[] codes) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, value);
        }
        float inverse = largest > 0 ? MOST_SCALE / largest : 0;
        for (int s = 0; s < values.length; s++) {
            codes[s] = Math.min(MOST_SCALE, (int) Math.rint(inverse * values[s]));
        }
        return largest / MOST_SCALE;
    }

    private static int code(float value) {
        return Math.clamp((long) Math.rint(value), 0, MOST_CODE);
    }

    /** The search for one sub-block, with its result. */
    private static final class Fit {

        private final float[] weight = new float[WIDTH];
        private final int[] codes = new int[WIDTH];
        private float scale;
        private float offset;

        void search(float[] x, int from) {
            float sumW = weigh(x, from);
            float least = 0;
            float most = x[from];
            float sumX = 0;
            for (int i = 0; i < WIDTH; i++) {
                least = Math.min(least, x[from + i]);
                most = Math.max(most, x[from + i]);
                sumX += weight[i] * x[from + i];
            }
            scale = 0;
            offset = least;
            if (most == least) {
                return;
            }
            round(x, from, MOST_CODE / (most - least), least);
            // Not (most - least) / 15, which may be rounded otherwise.
            scale = 1 / (MOST_CODE / (most - least));
            float bestError = error(x, from, scale, offset);
            for (int n = 0; n < CANDIDATES; n++) {
                round(x, from, (-1f + 0.1f * n + MOST_CODE) / (most - offset), offset);
                float sumL = 0;
                float sumLl = 0;
                float sumXl = 0;
                for (int i = 0; i < WIDTH; i++) {
                    float wl = weight[i] * codes[i];
                    sumL += wl;
                    sumLl += wl * codes[i];
                    sumXl += wl * x[from + i];
                }
                float determinant = sumW * sumLl - sumL * sumL;
                if (determinant > 0) {
                    float s = (sumW * sumXl - sumX * sumL) / determinant;
                    float m = (sumLl * sumX - sumL * sumXl) / determinant;
                    if (m > 0) {
                        m = 0;
                        s = sumXl / sumLl;
                    }
                    float error = error(x, from, s, m);
                    if (error < bestError) {
                        bestError = error;
                        scale = s;
                        offset = m;
                    }
                }
            }
        }

        /** Sets the weights and returns their sum. */
        private float weigh(float[] x, int from) {
            float squares = 0;
            for (int i = 0; i < WIDTH; i++) {
                squares += x[from + i] * x[from + i];
            }
            float size = (float) Math.sqrt(squares / WIDTH);
            float sum = 0;
            for (int i = 0; i < WIDTH; i++) {
                weight[i] = size + Math.abs(x[from + i]);
                sum += weight[i];
            }
            return sum;
        }

        private void round(float[] x, int from, float inverse, float least) {
            for (int i = 0; i < WIDTH; i++) {
                codes[i] = code(inverse * (x[from + i] - least));
            }
        }

        private float error(float[] x, int from, float s, float m) {
            float sum = 0;
            for (int i = 0; i < WIDTH; i++) {
                float difference = s * codes[i] + m - x[from + i];
                sum += weight[i] * (difference * difference);
            }
            return sum;
        }
    }
}
