package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/** IEEE single precision. */
public record F32() implements FloatFormat {

    @Override
    public GgmlType type() {
        return GgmlType.F32;
    }

    @Override
    public int bytes() {
        return 4;
    }

    @Override
    public float get(MemorySegment data, long offsetBytes) {
        return data.get(LittleEndian.FLOAT, offsetBytes);
    }

    @Override
    public void decodeRow(MemorySegment data, long offsetBytes, int columns, float[] out, int outOffset) {
        MemorySegment.copy(data, LittleEndian.FLOAT, offsetBytes, out, outOffset, columns);
    }
}
