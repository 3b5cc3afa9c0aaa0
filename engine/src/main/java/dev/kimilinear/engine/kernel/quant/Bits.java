package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.LittleEndian;

/** What several block layouts have in common: f16 scales, unsigned bytes, pairs of nibbles, tables of four-bit codes. */
final class Bits {

    /** The sixteen values of the IQ4 formats, spaced more closely around zero. */
    private static final int[] IQ4_VALUES = { -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113 };

    private Bits() {
    }

    static float f16(MemorySegment data, long offsetBytes) {
        return Float.float16ToFloat(data.get(LittleEndian.SHORT, offsetBytes));
    }

    static int u8(MemorySegment data, long offsetBytes) {
        return data.get(LittleEndian.BYTE, offsetBytes) & 0xFF;
    }

    /** {@code count} bytes as {@code 2 * count} codes: first all low nibbles, then all high ones. */
    static void nibbles(MemorySegment data, long offsetBytes, int count, int[] q, int first) {
        for (int l = 0; l < count; l++) {
            int b = u8(data, offsetBytes + l);
            q[first + l] = b & 15;
            q[first + count + l] = b >> 4;
        }
    }

    /** Replaces {@code count} four-bit codes by the values they stand for in the IQ4 formats. */
    static void iq4Values(int[] q, int first, int count) {
        for (int i = first; i < first + count; i++) {
            q[i] = IQ4_VALUES[q[i]];
        }
    }

    /** Adds bit {@code i} of the u32 at {@code offsetBytes} as the fifth bit of element {@code i}, for 32 elements. */
    static void fifthBits(MemorySegment data, long offsetBytes, int[] q) {
        int high = data.get(LittleEndian.INT, offsetBytes);
        for (int i = 0; i < 32; i++) {
            q[i] |= (high >>> i & 1) << 4;
        }
    }

    /**
     * Q4_K's and Q5_K's twelve bytes b of eight six-bit scales and eight six-bit minima. The first four of each are the
     * low six bits of b[i] and b[i + 4]; of the last four, b[i + 4] has the low four bits, and the top two bits of b[i -
     * 4] and b[i] are the rest.
     */
    static void sixBitScales(MemorySegment data, long offsetBytes, int[] scale, int[] min) {
        for (int i = 0; i < 4; i++) {
            int b0 = u8(data, offsetBytes + i);
            int b4 = u8(data, offsetBytes + i + 4);
            int b8 = u8(data, offsetBytes + i + 8);
            scale[i] = b0 & 63;
            min[i] = b4 & 63;
            scale[i + 4] = b8 & 15 | b0 >> 6 << 4;
            min[i + 4] = b8 >> 4 | b4 >> 6 << 4;
        }
    }

    static void putF16(MemorySegment data, long offsetBytes, float value) {
        data.set(LittleEndian.SHORT, offsetBytes, Float.floatToFloat16(value));
    }

    /** The reciprocal of a scale that is stored as a half; 0 where the half is 0, so that all codes are. */
    static float inverseOfScale(float d) {
        return Float.float16ToFloat(Float.floatToFloat16(d)) == 0 ? 0 : 1 / d;
    }

    /** The low four bits of {@code 2 * count} codes as {@link #nibbles} reads them. */
    static void putNibbles(MemorySegment data, long offsetBytes, int count, int[] q, int first) {
        for (int l = 0; l < count; l++) {
            data.set(LittleEndian.BYTE, offsetBytes + l, (byte) (q[first + l] & 15 | (q[first + count + l] & 15) << 4));
        }
    }

    /** Eight six-bit scales and minima as {@link #sixBitScales} reads them. */
    static void putSixBitScales(MemorySegment data, long offsetBytes, int[] scale, int[] min) {
        for (int i = 0; i < 4; i++) {
            data.set(LittleEndian.BYTE, offsetBytes + i, (byte) (scale[i] | scale[i + 4] >> 4 << 6));
            data.set(LittleEndian.BYTE, offsetBytes + i + 4, (byte) (min[i] | min[i + 4] >> 4 << 6));
            data.set(LittleEndian.BYTE, offsetBytes + i + 8, (byte) (scale[i + 4] & 15 | (min[i + 4] & 15) << 4));
        }
    }
}
