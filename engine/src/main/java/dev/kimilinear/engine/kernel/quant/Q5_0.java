package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 32 five-bit codes around 16 and a scale, 22 bytes: {@code d * (code - 16)}.
 *
 * <pre>
 *  0  f16     d
 *  2  u32     fifth bits: bit i belongs to element i
 *  6  u8[16]  codes; low nibbles: elements 0 to 15, high nibbles: 16 to 31
 * </pre>
 */
public record Q5_0() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q5_0;
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
        Bits.nibbles(data, offsetBytes + 6, 16, out.q, 0);
        Bits.fifthBits(data, offsetBytes + 2, out.q);
        for (int i = 0; i < 32; i++) {
            out.q[i] -= 16;
        }
    }
}
