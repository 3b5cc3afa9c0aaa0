package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 256 five-bit codes in sub-blocks of 32, 176 bytes: {@code d * scale * code - dmin * min}.
 *
 * <pre>
 *  0  f16      d
 *  2  f16      dmin
 *  4  u8[12]   eight six-bit scales and eight six-bit minima, see Bits.sixBitScales
 * 16  u8[32]   fifth bits; byte l, bit i: element 32i + l
 * 48  u8[128]  low four bits as in Q4_K
 * </pre>
 */
public record Q5_K() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q5_K;
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
            Bits.nibbles(data, offsetBytes + 48 + 32 * p, 32, out.q, 64 * p);
        }
        for (int l = 0; l < 32; l++) {
            int fifth = Bits.u8(data, offsetBytes + 16 + l);
            for (int i = 0; i < 8; i++) {
                out.q[32 * i + l] |= (fifth >> i & 1) << 4;
            }
        }
    }
}
