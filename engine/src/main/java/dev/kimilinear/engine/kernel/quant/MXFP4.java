package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * 32 four-bit floating-point codes and a power of two, 17 bytes: {@code 2^(e - 128) * value[code]}. The values are twice
 * those of E2M1, which makes them integers; hence 128 where E8M0 has a bias of 127. The smallest scale, 2^-128, is a
 * subnormal float and exact.
 *
 * <pre>
 *  0  u8      e
 *  1  u8[16]  codes; low nibbles: elements 0 to 15, high nibbles: 16 to 31
 * </pre>
 */
public record MXFP4() implements QuantisedFormat {

    private static final int[] VALUES = { 0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12 };

    @Override
    public GgmlType type() {
        return GgmlType.MXFP4;
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
        out.d = Math.scalb(1f, Bits.u8(data, offsetBytes) - 128);
        out.scale[0] = 1;
        Bits.nibbles(data, offsetBytes + 1, 16, out.q, 0);
        for (int i = 0; i < 32; i++) {
            out.q[i] = VALUES[out.q[i]];
        }
    }
}
