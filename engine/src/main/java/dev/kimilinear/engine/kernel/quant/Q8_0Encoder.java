package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/**
 * Q8_0 as in {@link Q8_0}: the largest magnitude becomes 127, {@code d = max |x| / 127} and {@code q = round(x / d)}, halves
 * away from zero. Codes are chosen for {@code d} before it is rounded to a half.
 */
record Q8_0Encoder() implements BlockEncoder {

    @Override
    public GgmlType type() {
        return GgmlType.Q8_0;
    }

    @Override
    public void encodeBlock(float[] in, int inOffset, MemorySegment out, long outOffsetBytes) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
            largest = Math.max(largest, Math.abs(in[inOffset + i]));
        }
        float d = largest / 127;
        float inverse = Bits.inverseOfScale(d);
        Bits.putF16(out, outOffsetBytes, d);
        for (int i = 0; i < 32; i++) {
            // In double, where adding a half is exact.
            double code = in[inOffset + i] * inverse;
            out.set(LittleEndian.BYTE, outOffsetBytes + 2 + i, (byte) (int) (code + Math.copySign(0.5, code)));
        }
    }
}
