package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 32 four-bit codes, a scale and an offset, 20 bytes: {@code d * code + m}. The offset is unpacked as a minimum of 1
 * times {@code dmin = -m}, which has the same bits.
 *
 * <pre>
 *  0  f16     d
 *  2  f16     m
 *  4  u8[16]  codes; low nibbles: elements 0 to 15, high nibbles: 16 to 31
 * </pre>
 */
public record Q4_1() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q4_1;
    }

    @Override
    public boolean hasMin() {
        return true;
    }

    @Override
    public int subBlock() {
        return 32;
    }

    @Override
    public void unpack(MemorySegment data, long offsetBytes, UnpackedBlock out) {
        out.d = Bits.f16(data, offsetBytes);
        out.dmin = -Bits.f16(data, offsetBytes + 2);
        out.scale[0] = 1;
        out.min[0] = 1;
        Bits.nibbles(data, offsetBytes + 4, 16, out.q, 0);
    }
}
