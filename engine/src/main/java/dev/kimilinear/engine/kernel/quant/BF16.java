package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/** The upper 16 bits of a float. */
public record BF16() implements FloatFormat {

    @Override
    public GgmlType type() {
        return GgmlType.BF16;
    }

    @Override
    public int bytes() {
        return 2;
    }

    @Override
    public float get(MemorySegment data, long offsetBytes) {
        return Float.intBitsToFloat(data.get(LittleEndian.SHORT, offsetBytes) << 16);
    }

    @Override
    public void decodeRow(MemorySegment data, long offsetBytes, int columns, float[] out, int outOffset) {
        for (int i = 0; i < columns; i++) {
            out[outOffset + i] = get(data, offsetBytes + 2L * i);
        }
    }
}
