package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/**
 * 32 signed bytes and a scale, 34 bytes: {@code d * q}.
 *
 * <pre>
 *  0  f16     d
 *  2  i8[32]  q
 * </pre>
 */
public record Q8_0() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q8_0;
    }

    @Override
    public boolean hasMin() {
        return false;
    }

    @Override
    public int subBlock() {
        return 32;
    }

    @Override
    public void unpack(MemorySegment data, long offsetBytes, UnpackedBlock out) {
        out.d = Bits.f16(data, offsetBytes);
        out.scale[0] = 1;
        for (int i = 0; i < 32; i++) {
            out.q[i] = data.get(LittleEndian.BYTE, offsetBytes + 2 + i);
        }
    }
}
