package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/**
 * Q6_K as in {@link Q6_K}. Each sub-block first finds a scale of its own; the one of the largest magnitude becomes -128, which
 * gives {@code d}; then all weights are rounded once more to the scales as they are stored.
 *
 * <p>
 * The scale of a sub-block: nineteen candidates around the one that gives the largest weight the code -32 are tried. For the
 * codes l that a candidate leads to, {@code s = sum(w x l) / sum(w l^2)} has the least error {@code sum(w (x - s l)^2)}, and
 * {@code sum(w x l)^2 / sum(w l^2)} is by how much that is below {@code sum(w x^2)}. Large weights count more: {@code w = x^2}.
 */
record Q6_KEncoder() implements BlockEncoder {

    private static final int SUB_BLOCKS = 16;
    private static final int WIDTH = 16;
    private static final int LEAST_CODE = -32;
    private static final int MOST_CODE = 31;
    /** Smaller weights count as zero: their squares do not fit into a float. */
    private static final float NEGLIGIBLE = 1e-15f;
    /** Candidates on each side, a tenth of a code apart. */
    private static final int CANDIDATES = 9;

    @Override
    public GgmlType type() {
        return GgmlType.Q6_K;
    }

    @Override
    public void encodeBlock(float[] in, int inOffset, MemorySegment out, long outOffsetBytes) {
        float[] wanted = new float[SUB_BLOCKS];
        float largest = 0;
        for (int s = 0; s < SUB_BLOCKS; s++) {
            wanted[s] = scale(in, inOffset + WIDTH * s);
            if (Math.abs(wanted[s]) > Math.abs(largest)) {
                largest = wanted[s];
            }
        }
        out.asSlice(outOffsetBytes, type().blockBytes()).fill((byte) 0);
        if (Math.abs(largest) < NEGLIGIBLE) {
            return;
        }
        float inverse = -128f / largest;
        Bits.putF16(out, outOffsetBytes + 208, 1 / inverse);
        float d = Bits.f16(out, outOffsetBytes + 208);
        int[] codes = new int[SUB_BLOCKS * WIDTH];
        for (int s = 0; s < SUB_BLOCKS; s++) {
            int stored = Math.min(127, (int) Math.rint(inverse * wanted[s]));
            out.set(LittleEndian.BYTE, outOffsetBytes + 192 + s, (byte) stored);
            float scale = d * stored;
            for (int i = WIDTH * s; i < WIDTH * (s + 1); i++) {
                codes[i] = (scale == 0 ? 0 : code(in[inOffset + i] / scale)) - LEAST_CODE;
            }
        }
        putCodes(codes, out, outOffsetBytes);
    }

    private static float scale(float[] x, int from) {
        float largest = 0;
        for (int i = from; i < from + WIDTH; i++) {
            if (Math.abs(x[i]) > Math.abs(largest)) {
                largest = x[i];
            }
        }
        if (Math.abs(largest) < NEGLIGIBLE) {
            return 0;
        }
        float best = 0;
        float bestGain = 0;
        // The middle first: another candidate must be better, not as good.
        for (int n = 0; n <= 2 * CANDIDATES; n++) {
            int step = n == 0 ? 0 : n <= CANDIDATES ? n - CANDIDATES - 1 : n - CANDIDATES;
            float inverse = (LEAST_CODE - 0.1f * step) / largest;
            float sumXl = 0;
            float sumLl = 0;
            for (int i = from; i < from + WIDTH; i++) {
                int l = code(inverse * x[i]);
                float w = x[i] * x[i];
                sumXl += w * x[i] * l;
                sumLl += w * l * l;
            }
            if (sumLl > 0 && (n == 0 || sumXl * sumXl > bestGain * sumLl)) {
                best = sumXl / sumLl;
                bestGain = best * sumXl;
            }
        }
        return best;
    }

    private static int code(float value) {
        return Math.clamp((long) Math.rint(value), LEAST_CODE, MOST_CODE);
    }

    private static void putCodes(int[] codes, MemorySegment out, long at) {
        for (int n = 0; n < 2; n++) {
            Bits.putNibbles(out, at + 64 * n, 64, codes, 128 * n);
            for (int l = 0; l < 32; l++) {
                int high = 0;
                for (int j = 0; j < 4; j++) {
                    high |= codes[128 * n + 32 * j + l] >> 4 << 2 * j;
                }
                out.set(LittleEndian.BYTE, at + 128 + 32 * n + l, (byte) high);
            }
        }
    }
}
