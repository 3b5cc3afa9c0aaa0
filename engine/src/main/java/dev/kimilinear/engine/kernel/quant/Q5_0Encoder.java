package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/**
 * Q5_0 as in {@link Q5_0}: codes reach from -16 to 15, so the value of the largest magnitude is given the code -16, whatever
 * its sign: {@code d = x / -16}. Codes are the nearest ones, halves upwards.
 */
record Q5_0Encoder() implements BlockEncoder {

    @Override
    public GgmlType type() {
        return GgmlType.Q5_0;
    }

    @Override
    public void encodeBlock(float[] in, int inOffset, MemorySegment out, long outOffsetBytes) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
            if (Math.abs(in[inOffset + i]) > Math.abs(largest)) {
                largest = in[inOffset + i];
            }
        }
        float d = largest / -16;
        float inverse = Bits.inverseOfScale(d);
        int[] codes = new int[32];
        int fifth = 0;
        for (int i = 0; i < 32; i++) {
            codes[i] = Math.min(31, (int) (in[inOffset + i] * inverse + 16.5f));
            fifth |= codes[i] >> 4 << i;
        }
        Bits.putF16(out, outOffsetBytes, d);
        out.set(LittleEndian.INT, outOffsetBytes + 2, fifth);
        Bits.putNibbles(out, outOffsetBytes + 6, 16, codes, 0);
    }
}
