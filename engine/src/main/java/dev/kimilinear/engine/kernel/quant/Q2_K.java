package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 256 two-bit codes in sub-blocks of 16 with four-bit scales and minima, 84 bytes: {@code d * scale * code - dmin * min}.
 *
 * <pre>
 *  0  u8[16]  low nibble: scale, high nibble: minimum of a sub-block
 * 16  u8[64]  codes; byte 32n + l, bits 2j and 2j + 1: element 128n + 32j + l
 * 80  f16     d
 * 82  f16     dmin
 * </pre>
 */
public record Q2_K() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q2_K;
    }

    @Override
    public boolean hasMin() {
        return true;
    }

    @Override
    public int subBlock() {
        return 16;
    }

    @Override
    public void unpack(MemorySegment data, long offsetBytes, UnpackedBlock out) {
        for (int s = 0; s < 16; s++) {
            int b = Bits.u8(data, offsetBytes + s);
            out.scale[s] = b & 15;
            out.min[s] = b >> 4;
        }
        for (int n = 0; n < 2; n++) {
            for (int l = 0; l < 32; l++) {
                int b = Bits.u8(data, offsetBytes + 16 + 32 * n + l);
                for (int j = 0; j < 4; j++) {
                    out.q[128 * n + 32 * j + l] = b >> 2 * j & 3;
                }
            }
        }
        out.d = Bits.f16(data, offsetBytes + 80);
        out.dmin = Bits.f16(data, offsetBytes + 82);
    }
}
