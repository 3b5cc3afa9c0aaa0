package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 256 three-bit codes around 4 in sub-blocks of 16 with six-bit scales around 32, 110 bytes: {@code d * (scale - 32) *
 * (code - 4)}.
 *
 * <pre>
 *   0  u8[32]  third bits; byte l, bit g: element 32g + l
 *  32  u8[64]  low two bits; byte 32n + l, bits 2j and 2j + 1: element 128n + 32j + l
 *  96  u8[12]  scales; bytes 0 to 7: low four bits of scales 0 to 7 (low nibbles) and 8 to 15 (high nibbles),
 *              byte 8 + i, bits 2k and 2k + 1: high two bits of scale 4k + i
 * 108  f16     d
 * </pre>
 */
public record Q3_K() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q3_K;
    }

    @Override
    public boolean hasMin() {
        return false;
    }

    @Override
    public int subBlock() {
        return 16;
    }

    @Override
    public void unpack(MemorySegment data, long offsetBytes, UnpackedBlock out) {
        for (int s = 0; s < 16; s++) {
            int low = Bits.u8(data, offsetBytes + 96 + s % 8) >> s / 8 * 4 & 15;
            int high = Bits.u8(data, offsetBytes + 104 + s % 4) >> s / 4 * 2 & 3;
            out.scale[s] = (low | high << 4) - 32;
        }
        for (int n = 0; n < 2; n++) {
            for (int l = 0; l < 32; l++) {
                int low = Bits.u8(data, offsetBytes + 32 + 32 * n + l);
                int third = Bits.u8(data, offsetBytes + l);
                for (int j = 0; j < 4; j++) {
                    out.q[128 * n + 32 * j + l] = (low >> 2 * j & 3 | (third >> 4 * n + j & 1) << 2) - 4;
                }
            }
        }
        out.d = Bits.f16(data, offsetBytes + 108);
    }
}
