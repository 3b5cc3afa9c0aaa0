package dev.kimilinear.benchmarks.realshape;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * Random encoded weights: each block is valid, and its decoded values have mean zero and about the wanted standard
 * deviation. Quants are uniform bits, so the scale of a block is the wanted deviation over that of its quants.
 */
public final class RandomBlocks {

    /** Of the 16 values of an IQ4 quant, drawn alike. */
    private static final double IQ4_DEVIATION = 68;
    /** Mean of the 6-bit scales of K-quants, drawn from 33 to 63. */
    private static final double SCALE_MEAN = 48;

    private RandomBlocks() {
    }

    /**
     * Encodes weights.
     *
     * @param weights a multiple of the type's block
     * @param deviation standard deviation of the decoded values
     */
    public static byte[] encode(GgmlType type, int weights, double deviation, RandomGenerator random) {
        int blocks = weights / type.blockElements();
        byte[] bytes = new byte[Math.multiplyExact(blocks, type.blockBytes())];
        ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (type.blockElements() > 1) {
            random.nextBytes(bytes);
        }
        for (int at = 0; at < bytes.length; at += type.blockBytes()) {
            switch (type) {
                case F32 -> out.putFloat(at, (float) (random.nextGaussian() * deviation));
                case F16 -> out.putShort(at, half(random.nextGaussian() * deviation));
                // The upper half of an F32: truncation is as good as rounding for random values.
                case BF16 -> out.putShort(at,
                        (short) (Float.floatToRawIntBits((float) (random.nextGaussian() * deviation)) >>> 16));
                case Q8_0 -> q8(out, at, deviation, random);
                case Q4_0 -> out.putShort(at, signed(deviation / 4.64, random));
                case Q5_0 -> out.putShort(at, signed(deviation / 9.25, random));
                case Q4_1 -> scaleAndMinimum(out, at, at + 2, spread(deviation / 4.61, random), -7.5);
                case Q5_1 -> scaleAndMinimum(out, at, at + 2, spread(deviation / 9.23, random), -15.5);
                case Q2_K -> q2k(out, at, deviation, random);
                case Q3_K -> out.putShort(at + 108, signed(deviation / (2.3 * 18.5), random));
                case Q4_K -> q4kOrQ5k(out, at, spread(deviation / (4.61 * SCALE_MEAN), random), 7.5, random);
                case Q5_K -> q4kOrQ5k(out, at, spread(deviation / (9.23 * SCALE_MEAN), random), 15.5, random);
                case Q6_K -> q6k(out, at, deviation, random);
                case IQ4_NL -> out.putShort(at, signed(deviation / IQ4_DEVIATION, random));
                case IQ4_XS -> out.putShort(at, signed(deviation / (IQ4_DEVIATION * 18.5), random));
                case MXFP4 -> out.put(at, exponent(deviation, random));
            }
        }
        return bytes;
    }

    /** The quants are int8 from -127: no quantiser writes -128. */
    private static void q8(ByteBuffer out, int at, double deviation, RandomGenerator random) {
        out.putShort(at, signed(deviation / 73.5, random));
        for (int i = at + 2; i < at + 34; i++) {
            if (out.get(i) == Byte.MIN_VALUE) {
                out.put(i, (byte) 127);
            }
        }
    }

    private static void q2k(ByteBuffer out, int at, double deviation, RandomGenerator random) {
        for (int i = at; i < at + 16; i++) {
            int scale = random.nextInt(8, 16);
            out.put(i, (byte) (scale | scale << 4));
        }
        scaleAndMinimum(out, at + 80, at + 82, spread(deviation / (1.12 * 11.5), random), 1.5);
    }

    /** Eight 6-bit scales, with minima equal to them: values are {@code d * scale * (q - middle)}. */
    private static void q4kOrQ5k(ByteBuffer out, int at, double d, double middle, RandomGenerator random) {
        scaleAndMinimum(out, at, at + 2, d, middle);
        for (int i = 0; i < 4; i++) {
            int low = random.nextInt(33, 64);
            int high = random.nextInt(33, 64);
            out.put(at + 4 + i, (byte) (low | high >> 4 << 6));
            out.put(at + 8 + i, (byte) (low | high >> 4 << 6));
            out.put(at + 12 + i, (byte) (high & 15 | (high & 15) << 4));
        }
    }

    private static void q6k(ByteBuffer out, int at, double deviation, RandomGenerator random) {
        for (int i = at + 192; i < at + 208; i++) {
            out.put(i, (byte) random.nextInt(33, 64));
        }
        out.putShort(at + 208, signed(deviation / (18.5 * SCALE_MEAN), random));
    }

    /** An E8M0 exponent; the quants are halves from -6 to 6, stored doubled, of deviation 5.85 doubled. */
    private static byte exponent(double deviation, RandomGenerator random) {
        long middle = Math.round(Math.log(deviation / 5.7) / Math.log(2)) + 128;
        return (byte) Math.clamp(middle + random.nextInt(-1, 2), 1, 254);
    }

    private static void scaleAndMinimum(ByteBuffer out, int scaleAt, int minimumAt, double d, double minimum) {
        out.putShort(scaleAt, half(d));
        out.putShort(minimumAt, half(minimum * d));
    }

    private static double spread(double scale, RandomGenerator random) {
        return scale * random.nextDouble(0.7, 1.3);
    }

    private static short signed(double scale, RandomGenerator random) {
        double d = spread(scale, random);
        return half(random.nextBoolean() ? d : -d);
    }

    private static short half(double value) {
        return Float.floatToFloat16((float) value);
    }
}
