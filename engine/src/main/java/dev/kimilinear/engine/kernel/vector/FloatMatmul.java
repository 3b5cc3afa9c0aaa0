package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.INT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;
import static dev.kimilinear.engine.kernel.vector.Lanes.SHORT_FOR_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.quant.BF16;
import dev.kimilinear.engine.kernel.quant.F16;
import dev.kimilinear.engine.kernel.quant.F32;
import dev.kimilinear.engine.kernel.quant.FloatFormat;
import dev.kimilinear.engine.kernel.scalar.ScalarKernels;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Matrix products with F32, F16 and BF16 weights: one weight row is decoded to floats once and meets the activation rows
 * four at a time, each with its sixteen partial sums.
 */
final class FloatMatmul {

    private static final int LANES = ScalarKernels.LANES;

    private FloatMatmul() {
    }

    static void matmul(Tensor w, FloatFormat format, int from, int to, Activations x, int xFirst, int count, float[] y,
            int yOffset, int yStride) {
        int columns = w.columns();
        float[] row = new float[columns];
        float[] sums = new float[4 * LANES];
        for (int r = from; r < to; r++) {
            decode(format, w, r, row);
            int t = 0;
            for (; t + 4 <= count; t += 4) {
                dotFour(row, x.values, (xFirst + t) * columns, columns, sums);
                for (int i = 0; i < 4; i++) {
                    y[yOffset + (t + i) * yStride + r] = fold(sums, i * LANES);
                }
            }
            for (; t < count; t++) {
                dotOne(row, x.values, (xFirst + t) * columns, columns, sums);
                y[yOffset + t * yStride + r] = fold(sums, 0);
            }
        }
    }

    private static void decode(FloatFormat format, Tensor w, int row, float[] out) {
        MemorySegment data = w.data();
        long at = w.rowOffsetBytes(row);
        int n = w.columns();
        int bound = n - n % L;
        switch (format) {
            case F32 f -> {
                for (int i = 0; i < bound; i += L) {
                    FloatVector.fromMemorySegment(FLOAT, data, at + 4L * i, ByteOrder.LITTLE_ENDIAN).intoArray(out, i);
                }
            }
            case F16 f -> {
                for (int i = 0; i < bound; i += L) {
                    half(shorts(data, at + 2L * i)).intoArray(out, i);
                }
            }
            case BF16 f -> {
                for (int i = 0; i < bound; i += L) {
                    shorts(data, at + 2L * i).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(out, i);
                }
            }
        }
        for (int i = bound; i < n; i++) {
            out[i] = format.get(data, at + (long) i * format.bytes());
        }
    }

    private static IntVector shorts(MemorySegment data, long at) {
        return (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, at, ByteOrder.LITTLE_ENDIAN)
                .convertShape(VectorOperators.S2I, INT, 0);
    }

    /**
     * Half-precision numbers in the low 16 bits of sign-extended lanes as floats: their exponent and fraction are moved to
     * where a float has them, and the difference of the exponent biases is made up by a factor of 2^112, exact for
     * subnormals too. Weights are finite: infinities would come out as 65,536.
     */
    static FloatVector half(IntVector bits) {
        return bits.lanewise(VectorOperators.LSHL, 13).and(0x8FFFE000).reinterpretAsFloats().mul(0x1p112f);
    }

    /** Partial sums of one product, into {@code sums[0 .. 16)}. */
    static void dotOne(float[] a, float[] b, int bOffset, int n, float[] sums) {
        int bound = n - n % LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s = FloatVector.zero(FLOAT);
            for (int i = lane; i < bound; i += LANES) {
                s = FloatVector.fromArray(FLOAT, a, i).fma(FloatVector.fromArray(FLOAT, b, bOffset + i), s);
            }
            s.intoArray(sums, lane);
        }
        for (int i = bound; i < n; i++) {
            sums[i - bound] = Math.fma(a[i], b[bOffset + i], sums[i - bound]);
        }
    }

    /** Partial sums of the products with four rows of n values, one after another. */
    private static void dotFour(float[] a, float[] b, int bOffset, int n, float[] sums) {
        int bound = n - n % LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s0 = FloatVector.zero(FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int i = lane; i < bound; i += LANES) {
                FloatVector v = FloatVector.fromArray(FLOAT, a, i);
                int at = bOffset + i;
                s0 = v.fma(FloatVector.fromArray(FLOAT, b, at), s0);
                s1 = v.fma(FloatVector.fromArray(FLOAT, b, at + n), s1);
                s2 = v.fma(FloatVector.fromArray(FLOAT, b, at + 2 * n), s2);
                s3 = v.fma(FloatVector.fromArray(FLOAT, b, at + 3 * n), s3);
            }
            s0.intoArray(sums, lane);
            s1.intoArray(sums, lane + LANES);
            s2.intoArray(sums, lane + 2 * LANES);
            s3.intoArray(sums, lane + 3 * LANES);
        }
        for (int i = bound; i < n; i++) {
            for (int t = 0; t < 4; t++) {
                int at = t * LANES + i - bound;
                sums[at] = Math.fma(a[i], b[bOffset + t * n + i], sums[at]);
            }
        }
    }

    /** Folds {@code sums[at .. at + 16)} by halves. */
    static float fold(float[] sums, int at) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                sums[at + i] += sums[at + i + half];
            }
        }
        return sums[at];
    }
}
