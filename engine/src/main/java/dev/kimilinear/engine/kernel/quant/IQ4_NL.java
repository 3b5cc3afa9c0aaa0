package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 32 four-bit codes into a table of unevenly spaced values and a scale, 18 bytes: {@code d * table[code]}.
 *
 * <pre>
 *  0  f16     d
 *  2  u8[16]  codes; low nibbles: elements 0 to 15, high nibbles: 16 to 31
 * </pre>
 */
public record IQ4_NL() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.IQ4_NL;
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
        Bits.iq4Values(out.q, 0, 32);
    }
}
