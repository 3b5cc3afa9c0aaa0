package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.INT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;
import static dev.kimilinear.engine.kernel.vector.Lanes.SHORT_FOR_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Scratch;
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

    static void matmul(Tensor w, FloatFormat format, int matrix, int from, int to, Activations x, int[] rows, int rowsAt,
            int count, float[] y, int yOffset, int yStride, Scratch scratch) {
        int columns = w.columns();
        int sums = 0;
        int row = 4 * LANES;
        float[] memory = scratch.floats(row + columns);
        for (int r = from; r < to; r++) {
            decode(format, w.data(), w.rowOffsetBytes(matrix, r), columns, memory, row);
            int t = 0;
            for (; t + 4 <= count; t += 4) {
                dotFour(memory, row, x.values(), rows[rowsAt + t] * x.stride(), rows[rowsAt + t + 1] * x.stride(),
                        rows[rowsAt + t + 2] * x.stride(), rows[rowsAt + t + 3] * x.stride(), columns);
                for (int i = 0; i < 4; i++) {
                    y[yOffset + (t + i) * yStride + r] = fold(memory, sums + i * LANES);
                }
            }
            for (; t < count; t++) {
                dotOne(memory, row, x.values(), rows[rowsAt + t] * x.stride(), columns);
                y[yOffset + t * yStride + r] = fold(memory, sums);
            }
        }
    }

    private static void decode(FloatFormat format, MemorySegment data, long at, int n, float[] out, int outAt) {
        int bound = n - n % L;
        switch (format) {
            case F32 f -> {
                for (int i = 0; i < bound; i += L) {
                    FloatVector.fromMemorySegment(FLOAT, data, at + 4L * i, ByteOrder.LITTLE_ENDIAN).intoArray(out, outAt + i);
                }
            }
            case F16 f -> {
                for (int i = 0; i < bound; i += L) {
                    half(shorts(data, at + 2L * i)).intoArray(out, outAt + i);
                }
            }
            case BF16 f -> {
                for (int i = 0; i < bound; i += L) {
                    shorts(data, at + 2L * i).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(out,
                            outAt + i);
                }
            }
        }
        for (int i = bound; i < n; i++) {
            out[outAt + i] = format.get(data, at + (long) i * format.bytes());
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

    /** Partial sums of one product, into {@code memory[0 .. 16)}. */
    private static void dotOne(float[] memory, int row, float[] x, int xAt, int n) {
        int bound = n - n % LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s = FloatVector.zero(FLOAT);
            for (int i = lane; i < bound; i += LANES) {
                s = FloatVector.fromArray(FLOAT, memory, row + i).fma(FloatVector.fromArray(FLOAT, x, xAt + i), s);
            }
            s.intoArray(memory, lane);
        }
        for (int i = bound; i < n; i++) {
            memory[i - bound] = Math.fma(memory[row + i], x[xAt + i], memory[i - bound]);
        }
    }

    /** Partial sums of the products with four rows of activations, into {@code memory[0 .. 64)}. */
    private static void dotFour(float[] memory, int row, float[] x, int x0, int x1, int x2, int x3, int n) {
        int bound = n - n % LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s0 = FloatVector.zero(FLOAT);
            FloatVector s1 = s0;
            FloatVector s2 = s0;
            FloatVector s3 = s0;
            for (int i = lane; i < bound; i += LANES) {
                FloatVector v = FloatVector.fromArray(FLOAT, memory, row + i);
                s0 = v.fma(FloatVector.fromArray(FLOAT, x, x0 + i), s0);
                s1 = v.fma(FloatVector.fromArray(FLOAT, x, x1 + i), s1);
                s2 = v.fma(FloatVector.fromArray(FLOAT, x, x2 + i), s2);
                s3 = v.fma(FloatVector.fromArray(FLOAT, x, x3 + i), s3);
            }
            s0.intoArray(memory, lane);
            s1.intoArray(memory, lane + LANES);
            s2.intoArray(memory, lane + 2 * LANES);
            s3.intoArray(memory, lane + 3 * LANES);
        }
        for (int i = bound; i < n; i++) {
            int lane = i - bound;
            memory[lane] = Math.fma(memory[row + i], x[x0 + i], memory[lane]);
            memory[lane + LANES] = Math.fma(memory[row + i], x[x1 + i], memory[lane + LANES]);
            memory[lane + 2 * LANES] = Math.fma(memory[row + i], x[x2 + i], memory[lane + 2 * LANES]);
            memory[lane + 3 * LANES] = Math.fma(memory[row + i], x[x3 + i], memory[lane + 3 * LANES]);
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
