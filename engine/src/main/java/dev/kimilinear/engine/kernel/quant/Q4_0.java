package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 32 four-bit codes around 8 and a scale, 18 bytes: {@code d * (code - 8)}.
 *
 * <pre>
 *  0  f16     d
 *  2  u8[16]  codes; low nibbles: elements 0 to 15, high nibbles: 16 to 31
 * </pre>
 */
public record Q4_0() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q4_0;
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
        Bits.nibbles(data, offsetBytes + 2, 16, out.q, 0);
        for (int i = 0; i < 32; i++) {
            out.q[i] -= 8;
        }
    }
}
