package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/**
 * 256 six-bit codes around 32 in sub-blocks of 16, 210 bytes: {@code d * scale * (code - 32)}.
 *
 * <pre>
 *   0  u8[128]  low four bits; byte 64n + l, l below 64: element 128n + l (low nibble), 128n + 64 + l (high nibble)
 * 128  u8[64]   high two bits; byte 32n + l, bits 2j and 2j + 1: element 128n + 32j + l
 * 192  i8[16]   scales
 * 208  f16      d
 * </pre>
 */
public record Q6_K() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.Q6_K;
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
            out.scale[s] = data.get(LittleEndian.BYTE, offsetBytes + 192 + s);
        }
        for (int n = 0; n < 2; n++) {
            Bits.nibbles(data, offsetBytes + 64 * n, 64, out.q, 128 * n);
            for (int l = 0; l < 32; l++) {
                int high = Bits.u8(data, offsetBytes + 128 + 32 * n + l);
                for (int j = 0; j < 4; j++) {
                    int i = 128 * n + 32 * j + l;
                    out.q[i] = (out.q[i] | (high >> 2 * j & 3) << 4) - 32;
                }
            }
        }
        out.d = Bits.f16(data, offsetBytes + 208);
    }
}
