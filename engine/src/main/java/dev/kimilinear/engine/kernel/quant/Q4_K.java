package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 256 four-bit codes in sub-blocks of 32, 144 bytes: {@code d * scale * code - dmin * min}.
 *
 * <pre>
 *  0  f16      d
 *  2  f16      dmin
 *  4  u8[12]   eight six-bit scales and eight six-bit minima, see Bits.sixBitScales
 * 16  u8[128]  codes; byte 32p + l, low nibble: element 64p + l, high nibble: element 64p + 32 + l
 * </pre>
 */
public record Q4_K() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q4_K;
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
        out.dmin = Bits.f16(data, offsetBytes + 2);
        Bits.sixBitScales(data, offsetBytes + 4, out.scale, out.min);
        for (int p = 0; p < 4; p++) {
            Bits.nibbles(data, offsetBytes + 16 + 32 * p, 32, out.q, 64 * p);
        }
    }
}
