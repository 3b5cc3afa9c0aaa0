package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/** The nearest number of a floating-point type, ties to even; beyond its range an infinity. */
record FloatEncoder(GgmlType type) implements BlockEncoder {

    @Override
    public void encodeBlock(float[] in, int inOffset, MemorySegment out, long outOffsetBytes) {
        float value = in[inOffset];
        switch (type) {
            case F32 -> out.set(LittleEndian.FLOAT, outOffsetBytes, value);
            case F16 -> Bits.putF16(out, outOffsetBytes, value);
            case BF16 -> out.set(LittleEndian.SHORT, outOffsetBytes, upperHalf(value));
            default -> throw new AssertionError(type);
        }
    }

    private static short upperHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // Rounding could carry a NaN over to an infinity.
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }
}
