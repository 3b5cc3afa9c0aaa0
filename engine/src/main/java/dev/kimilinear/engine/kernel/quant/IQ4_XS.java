package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

/**
 * 256 four-bit codes into the table of {@link IQ4_NL} in sub-blocks of 32 with six-bit scales around 32, 136 bytes:
 * {@code d * (scale - 32) * table[code]}.
 *
 * <pre>
 *  0  f16      d
 *  2  u16      bits 2s and 2s + 1: high two bits of scale s
 *  4  u8[4]    byte s / 2, low nibble for even s, high for odd: low four bits of scale s
 *  8  u8[128]  codes; 16 bytes a sub-block, low nibbles: its elements 0 to 15, high nibbles: 16 to 31
 * </pre>
 */
public record IQ4_XS() implements QuantisedFormat {

    @Override
    public GgmlType type() {
        return GgmlType.IQ4_XS;
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
        int high = data.get(LittleEndian.SHORT, offsetBytes + 2) & 0xFFFF;
        for (int s = 0; s < 8; s++) {
            int low = Bits.u8(data, offsetBytes + 4 + s / 2) >> s % 2 * 4 & 15;
            out.scale[s] = (low | (high >> 2 * s & 3) << 4) - 32;
            Bits.nibbles(data, offsetBytes + 8 + 16 * s, 16, out.q, 32 * s);
        }
        Bits.iq4Values(out.q, 0, 256);
    }
}
