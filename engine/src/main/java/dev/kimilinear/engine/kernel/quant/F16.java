package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/** IEEE half precision. */
public record F16() implements FloatFormat {

    @Override
    public GgmlType type() {
        return GgmlType.F16;
    }

    @Override
    public int bytes() {
        return 2;
    }

    @Override
    public float get(MemorySegment data, long offsetBytes) {
        return Float.float16ToFloat(data.get(LittleEndian.SHORT, offsetBytes));
    }

    @Override
    public void decodeRow(MemorySegment data, long offsetBytes, int columns, float[] out, int outOffset) {
        for (int i = 0; i < columns; i++) {
            out[outOffset + i] = get(data, offsetBytes + 2L * i);
        }
    }
}
