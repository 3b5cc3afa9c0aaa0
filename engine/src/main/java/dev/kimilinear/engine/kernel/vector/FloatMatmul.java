package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.INT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;
import static dev.kimilinear.engine.kernel.vector.Lanes.SHORT_FOR_FLOAT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.LittleEndian;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Kernels;
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
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Matrix products with F32, F16 and BF16 weights. Up to three activation rows meet the weights as they come from memory, two
 * weight rows side by side: the partial sums of one row are one chain of FMAs, whose latency is longer than reading takes.
 * For more activation rows a block of weight rows is widened to floats once, and multiplied in tiles of 4 x 4 products, or
 * 4 x 2, each with its sixteen partial sums in registers.
 *
 * <p>
 * Half-precision numbers that meet activations from memory are widened by moving their bits: exponent and fraction to where
 * a float has them, plus the difference of the exponent biases. That gives {@code a = |w|} for a normal number. A subnormal one
 * lacks the implicit
 * leading bit that {@code a} has, and is {@code 2 a - 2^-14} instead; this is the smaller of the two then and only then. No
 * operation reads a subnormal float, which takes many cycles on some processors: multiplying the moved bits by 2^112
 * would. Weights are finite: infinities come out as 65,536.
 */
final class FloatMatmul {

    private static final int LANES = ScalarKernels.LANES;
    /** Weight rows in a tile. */
    private static final int HEIGHT = 4;
    /** Activation rows in the larger tile; its sixteen sums need the 32 registers that come with vectors of 512 bits. */
    private static final int WIDTH = L == LANES ? 4 : 2;
    /** Activation rows that are multiplied with weights as they come from memory: below four rows a tile does not pay. */
    private static final int MOST_DIRECT = 3;
    /** Where sums of products begin in scratch memory, behind sixteen products. */
    private static final int SUMS = LANES;
    /** Where widened weights begin: behind the sums of a tile. */
    private static final int WEIGHTS_AT = SUMS + LANES * LANES;

    /** Exponent and fraction of a half-precision number that was moved left by 13 bits. */
    private static final int HALF_MAGNITUDE = 0x0FFFE000;
    /** The difference of the exponent biases, 112, in the exponent of a float. */
    private static final int HALF_BIAS = 112 << 23;
    private static final int SIGN = 0x80000000;
    private static final FloatVector TWO = FloatVector.broadcast(FLOAT, 2f);
    /** The least normal half-precision number, negated. */
    private static final FloatVector HALF_LEAST = FloatVector.broadcast(FLOAT, -0x1p-14f);

    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorMask<Float> UPPER_8 = upper(8);
    private static final VectorMask<Float> UPPER_4 = upper(4);
    private static final VectorMask<Float> UPPER_2 = upper(2);
    private static final VectorMask<Float> UPPER_1 = upper(1);
    /** The bits of a lane's number in reversed order. */
    private static final VectorShuffle<Float> REVERSED = VectorShuffle.fromOp(FLOAT, i -> (Integer.reverse(i) >>> 28) % L);

    /** Whether two vectors hold the partial sums of a product. */
    private static final boolean TWO_VECTORS = 2 * L == LANES;

    private FloatMatmul() {
    }

    static void matmul(Tensor w, FloatFormat format, int matrix, int from, int to, Activations x, int[] rows, int rowsAt,
            int count, float[] y, int yOffset, int yStride, Scratch scratch) {
        if (count <= MOST_DIRECT) {
            direct(w, format, matrix, from, to, x, rows, rowsAt, count, y, yOffset, yStride,
                    scratch.floats(SUMS + MOST_DIRECT * LANES * LANES));
        } else {
            inTiles(w, format, matrix, from, to, x, rows, rowsAt, count, y, yOffset, yStride, scratch);
        }
    }

    private static void direct(Tensor w, FloatFormat format, int matrix, int from, int to, Activations x, int[] rows,
            int rowsAt, int count, float[] y, int yOffset, int yStride, float[] sums) {
        int bound = w.columns() - w.columns() % LANES;
        for (int block = from; block < to; block += LANES) {
            int end = Math.min(to, block + LANES);
            for (int r = block; r < end; r += 2) {
                long first = w.rowOffsetBytes(matrix, r);
                // The last row of an odd number is taken twice.
                long second = r + 1 < end ? w.rowOffsetBytes(matrix, r + 1) : first;
                for (int t = 0; t < count; t++) {
                    int xAt = rows[rowsAt + t] * x.stride();
                    int at = SUMS + (t * LANES + r - block) * LANES;
                    if (TWO_VECTORS) {
                        one(format, w.data(), first, x.values(), xAt, bound, sums, at);
                        one(format, w.data(), second, x.values(), xAt, bound, sums, at + LANES);
                    } else {
                        switch (format) {
                            case F32 f -> twoF32(w.data(), first, second, x.values(), xAt, bound, sums, at);
                            case F16 f -> twoF16(w.data(), first, second, x.values(), xAt, bound, sums, at);
                            case BF16 f -> twoBF16(w.data(), first, second, x.values(), xAt, bound, sums, at);
                        }
                    }
                    for (int i = bound; i < w.columns(); i++) {
                        int lane = at + i - bound;
                        long offset = (long) i * format.bytes();
                        float xi = x.values()[xAt + i];
                        sums[lane] = Math.fma(format.get(w.data(), first + offset), xi, sums[lane]);
                        sums[LANES + lane] = Math.fma(format.get(w.data(), second + offset), xi, sums[LANES + lane]);
                    }
                }
            }
            for (int t = 0; t < count; t++) {
                fold(sums, SUMS + t * LANES * LANES, 0);
                System.arraycopy(sums, 0, y, yOffset + t * yStride + block, end - block);
            }
        }
    }

    /**
     * Partial sums of the products of a weight row with an activation row, into {@code sums[at .. at + 16)}, where two vectors
     * hold them: the row is read once and in order.
     */
    private static void one(FloatFormat format, MemorySegment data, long row, float[] x, int xAt, int n, float[] sums,
            int at) {
        switch (format) {
            case F32 f -> oneF32(data, row, x, xAt, n, sums, at);
            case F16 f -> oneF16(data, row, x, xAt, n, sums, at);
            case BF16 f -> oneBF16(data, row, x, xAt, n, sums, at);
        }
    }

    private static void oneF32(MemorySegment data, long row, float[] x, int xAt, int n, float[] sums, int at) {
        FloatVector s0 = FloatVector.zero(FLOAT);
        FloatVector s1 = s0;
        for (int i = 0; i < n; i += LANES) {
            s0 = FloatVector.fromMemorySegment(FLOAT, data, row + 4L * i, LITTLE_ENDIAN)
                    .fma(FloatVector.fromArray(FLOAT, x, xAt + i), s0);
            s1 = FloatVector.fromMemorySegment(FLOAT, data, row + 4L * (i + L), LITTLE_ENDIAN)
                    .fma(FloatVector.fromArray(FLOAT, x, xAt + i + L), s1);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + L);
    }

    private static void oneF16(MemorySegment data, long row, float[] x, int xAt, int n, float[] sums, int at) {
        FloatVector s0 = FloatVector.zero(FLOAT);
        FloatVector s1 = s0;
        for (int i = 0; i < n; i += LANES) {
            IntVector w0 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, row + 2L * i, LITTLE_ENDIAN)
                    .convertShape(S2I, INT, 0).lanewise(LSHL, 13);
            IntVector w1 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, row + 2L * (i + L), LITTLE_ENDIAN)
                    .convertShape(S2I, INT, 0).lanewise(LSHL, 13);
            IntVector a0 = w0.and(HALF_MAGNITUDE).add(HALF_BIAS);
            IntVector a1 = w1.and(HALF_MAGNITUDE).add(HALF_BIAS);
            s0 = a0.min(a0.reinterpretAsFloats().fma(TWO, HALF_LEAST).reinterpretAsInts()).or(w0.and(SIGN))
                    .reinterpretAsFloats().fma(FloatVector.fromArray(FLOAT, x, xAt + i), s0);
            s1 = a1.min(a1.reinterpretAsFloats().fma(TWO, HALF_LEAST).reinterpretAsInts()).or(w1.and(SIGN))
                    .reinterpretAsFloats().fma(FloatVector.fromArray(FLOAT, x, xAt + i + L), s1);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + L);
    }

    private static void oneBF16(MemorySegment data, long row, float[] x, int xAt, int n, float[] sums, int at) {
        FloatVector s0 = FloatVector.zero(FLOAT);
        FloatVector s1 = s0;
        for (int i = 0; i < n; i += LANES) {
            IntVector w0 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, row + 2L * i, LITTLE_ENDIAN)
                    .convertShape(S2I, INT, 0);
            IntVector w1 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, row + 2L * (i + L), LITTLE_ENDIAN)
                    .convertShape(S2I, INT, 0);
            s0 = w0.lanewise(LSHL, 16).reinterpretAsFloats().fma(FloatVector.fromArray(FLOAT, x, xAt + i), s0);
            s1 = w1.lanewise(LSHL, 16).reinterpretAsFloats().fma(FloatVector.fromArray(FLOAT, x, xAt + i + L), s1);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + L);
    }

    /** Partial sums of the products of two weight rows with one activation row, into {@code sums[at .. at + 32)}. */
    private static void twoF32(MemorySegment data, long first, long second, float[] x, int xAt, int n, float[] sums,
            int at) {
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s0 = FloatVector.zero(FLOAT);
            FloatVector s1 = s0;
            for (int i = lane; i < n; i += LANES) {
                FloatVector v = FloatVector.fromArray(FLOAT, x, xAt + i);
                s0 = FloatVector.fromMemorySegment(FLOAT, data, first + 4L * i, LITTLE_ENDIAN).fma(v, s0);
                s1 = FloatVector.fromMemorySegment(FLOAT, data, second + 4L * i, LITTLE_ENDIAN).fma(v, s1);
            }
            s0.intoArray(sums, at + lane);
            s1.intoArray(sums, at + LANES + lane);
        }
    }

    private static void twoF16(MemorySegment data, long first, long second, float[] x, int xAt, int n, float[] sums,
            int at) {
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s0 = FloatVector.zero(FLOAT);
            FloatVector s1 = s0;
            for (int i = lane; i < n; i += LANES) {
                FloatVector v = FloatVector.fromArray(FLOAT, x, xAt + i);
                IntVector w0 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, first + 2L * i, LITTLE_ENDIAN)
                        .convertShape(S2I, INT, 0).lanewise(LSHL, 13);
                IntVector w1 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, second + 2L * i, LITTLE_ENDIAN)
                        .convertShape(S2I, INT, 0).lanewise(LSHL, 13);
                IntVector a0 = w0.and(HALF_MAGNITUDE).add(HALF_BIAS);
                IntVector a1 = w1.and(HALF_MAGNITUDE).add(HALF_BIAS);
                // Floats without sign compare like integers.
                s0 = a0.min(a0.reinterpretAsFloats().fma(TWO, HALF_LEAST).reinterpretAsInts()).or(w0.and(SIGN))
                        .reinterpretAsFloats().fma(v, s0);
                s1 = a1.min(a1.reinterpretAsFloats().fma(TWO, HALF_LEAST).reinterpretAsInts()).or(w1.and(SIGN))
                        .reinterpretAsFloats().fma(v, s1);
            }
            s0.intoArray(sums, at + lane);
            s1.intoArray(sums, at + LANES + lane);
        }
    }

    private static void twoBF16(MemorySegment data, long first, long second, float[] x, int xAt, int n, float[] sums,
            int at) {
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s0 = FloatVector.zero(FLOAT);
            FloatVector s1 = s0;
            for (int i = lane; i < n; i += LANES) {
                FloatVector v = FloatVector.fromArray(FLOAT, x, xAt + i);
                IntVector w0 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, first + 2L * i, LITTLE_ENDIAN)
                        .convertShape(S2I, INT, 0);
                IntVector w1 = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, second + 2L * i, LITTLE_ENDIAN)
                        .convertShape(S2I, INT, 0);
                s0 = w0.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, s0);
                s1 = w1.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, s1);
            }
            s0.intoArray(sums, at + lane);
            s1.intoArray(sums, at + LANES + lane);
        }
    }

    private static void inTiles(Tensor w, FloatFormat format, int matrix, int from, int to, Activations x, int[] rows,
            int rowsAt, int count, float[] y, int yOffset, int yStride, Scratch scratch) {
        int columns = w.columns();
        int stride = x.stride();
        // Half of an L2 cache of 1 MB at most: every four activation rows go along the whole block.
        int most = Math.clamp(Kernels.WIDE_WEIGHTS / columns / HEIGHT * HEIGHT, HEIGHT, Kernels.WIDE_ROWS);
        float[] memory = scratch.floats(WEIGHTS_AT + Math.min(most, to - from) * columns);
        for (int block = from; block < to; block += most) {
            int end = Math.min(to, block + most);
            // Rows lie one after another.
            widen(format, w.data(), w.rowOffsetBytes(matrix, block), (end - block) * columns, memory);
            for (int t = 0; t < count; t += WIDTH) {
                int width = Math.min(WIDTH, count - t);
                // Where there are fewer rows than a tile has, the last is taken again.
                int x0 = rows[rowsAt + t] * stride;
                int x1 = rows[rowsAt + t + Math.min(1, width - 1)] * stride;
                int x2 = rows[rowsAt + t + Math.min(2, width - 1)] * stride;
                int x3 = rows[rowsAt + t + width - 1] * stride;
                for (int r = block; r < end; r += HEIGHT) {
                    int height = Math.min(HEIGHT, end - r);
                    int w0 = WEIGHTS_AT + (r - block) * columns;
                    int w1 = w0 + Math.min(1, height - 1) * columns;
                    int w2 = w0 + Math.min(2, height - 1) * columns;
                    int w3 = w0 + (height - 1) * columns;
                    if (width > 2) {
                        tileOfFour(memory, w0, w1, w2, w3, x.values(), x0, x1, x2, x3, columns);
                        tail(memory, 2, w0, w1, w2, w3, x.values(), x2, x3, columns);
                    } else {
                        tileOfTwo(memory, w0, w1, w2, w3, x.values(), x0, x1, columns);
                    }
                    tail(memory, 0, w0, w1, w2, w3, x.values(), x0, x1, columns);
                    fold(memory, SUMS, 0);
                    for (int j = 0; j < width; j++) {
                        System.arraycopy(memory, HEIGHT * j, y, yOffset + (t + j) * yStride + r, height);
                    }
                }
            }
        }
    }

    /** Widens n weights to floats. */
    private static void widen(FloatFormat format, MemorySegment data, long at, int n, float[] out) {
        int bound = n - n % L;
        switch (format) {
            case F32 f -> widenF32(data, at, bound, out);
            case F16 f -> widenF16(data, at, bound, out);
            case BF16 f -> widenBF16(data, at, bound, out);
        }
        for (int i = bound; i < n; i++) {
            out[WEIGHTS_AT + i] = format.get(data, at + (long) i * format.bytes());
        }
    }

    private static void widenF32(MemorySegment data, long at, int n, float[] out) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromMemorySegment(FLOAT, data, at + 4L * i, LITTLE_ENDIAN).intoArray(out, WEIGHTS_AT + i);
        }
    }

    /**
     * A plain loop, since the Vector API has no operation for it: C2 makes a loop of vectors of this one, with the processor's
     * own instruction. With 256 bits it is twice as fast as moving bits.
     */
    private static void widenF16(MemorySegment data, long at, int n, float[] out) {
        for (int i = 0; i < n; i++) {
            out[WEIGHTS_AT + i] = Float.float16ToFloat(data.get(LittleEndian.SHORT, at + 2L * i));
        }
    }

    private static void widenBF16(MemorySegment data, long at, int n, float[] out) {
        for (int i = 0; i < n; i += L) {
            IntVector w = (IntVector) ShortVector.fromMemorySegment(SHORT_FOR_FLOAT, data, at + 2L * i, LITTLE_ENDIAN)
                    .convertShape(S2I, INT, 0);
            w.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(out, WEIGHTS_AT + i);
        }
    }

    /**
     * Partial sums of the products of four weight rows with four activation rows, into {@code memory[0 .. 256)}, by activation
     * row.
     */
    private static void tileOfFour(float[] memory, int w0, int w1, int w2, int w3, float[] x, int x0, int x1, int x2, int x3,
            int n) {
        int bound = n - n % LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s00 = FloatVector.zero(FLOAT);
            FloatVector s01 = s00;
            FloatVector s02 = s00;
            FloatVector s03 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s12 = s00;
            FloatVector s13 = s00;
            FloatVector s20 = s00;
            FloatVector s21 = s00;
            FloatVector s22 = s00;
            FloatVector s23 = s00;
            FloatVector s30 = s00;
            FloatVector s31 = s00;
            FloatVector s32 = s00;
            FloatVector s33 = s00;
            for (int i = lane; i < bound; i += LANES) {
                FloatVector v0 = FloatVector.fromArray(FLOAT, memory, w0 + i);
                FloatVector v1 = FloatVector.fromArray(FLOAT, memory, w1 + i);
                FloatVector v2 = FloatVector.fromArray(FLOAT, memory, w2 + i);
                FloatVector v3 = FloatVector.fromArray(FLOAT, memory, w3 + i);
                FloatVector u0 = FloatVector.fromArray(FLOAT, x, x0 + i);
                s00 = v0.fma(u0, s00);
                s01 = v1.fma(u0, s01);
                s02 = v2.fma(u0, s02);
                s03 = v3.fma(u0, s03);
                FloatVector u1 = FloatVector.fromArray(FLOAT, x, x1 + i);
                s10 = v0.fma(u1, s10);
                s11 = v1.fma(u1, s11);
                s12 = v2.fma(u1, s12);
                s13 = v3.fma(u1, s13);
                FloatVector u2 = FloatVector.fromArray(FLOAT, x, x2 + i);
                s20 = v0.fma(u2, s20);
                s21 = v1.fma(u2, s21);
                s22 = v2.fma(u2, s22);
                s23 = v3.fma(u2, s23);
                FloatVector u3 = FloatVector.fromArray(FLOAT, x, x3 + i);
                s30 = v0.fma(u3, s30);
                s31 = v1.fma(u3, s31);
                s32 = v2.fma(u3, s32);
                s33 = v3.fma(u3, s33);
            }
            s00.intoArray(memory, SUMS + lane);
            s01.intoArray(memory, SUMS + LANES + lane);
            s02.intoArray(memory, SUMS + 2 * LANES + lane);
            s03.intoArray(memory, SUMS + 3 * LANES + lane);
            s10.intoArray(memory, SUMS + 4 * LANES + lane);
            s11.intoArray(memory, SUMS + 5 * LANES + lane);
            s12.intoArray(memory, SUMS + 6 * LANES + lane);
            s13.intoArray(memory, SUMS + 7 * LANES + lane);
            s20.intoArray(memory, SUMS + 8 * LANES + lane);
            s21.intoArray(memory, SUMS + 9 * LANES + lane);
            s22.intoArray(memory, SUMS + 10 * LANES + lane);
            s23.intoArray(memory, SUMS + 11 * LANES + lane);
            s30.intoArray(memory, SUMS + 12 * LANES + lane);
            s31.intoArray(memory, SUMS + 13 * LANES + lane);
            s32.intoArray(memory, SUMS + 14 * LANES + lane);
            s33.intoArray(memory, SUMS + 15 * LANES + lane);
        }
    }

    /** The same for two activation rows. */
    private static void tileOfTwo(float[] memory, int w0, int w1, int w2, int w3, float[] x, int x0, int x1, int n) {
        int bound = n - n % LANES;
        for (int lane = 0; lane < LANES; lane += L) {
            FloatVector s00 = FloatVector.zero(FLOAT);
            FloatVector s01 = s00;
            FloatVector s02 = s00;
            FloatVector s03 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s12 = s00;
            FloatVector s13 = s00;
            for (int i = lane; i < bound; i += LANES) {
                FloatVector v0 = FloatVector.fromArray(FLOAT, memory, w0 + i);
                FloatVector v1 = FloatVector.fromArray(FLOAT, memory, w1 + i);
                FloatVector v2 = FloatVector.fromArray(FLOAT, memory, w2 + i);
                FloatVector v3 = FloatVector.fromArray(FLOAT, memory, w3 + i);
                FloatVector u0 = FloatVector.fromArray(FLOAT, x, x0 + i);
                s00 = v0.fma(u0, s00);
                s01 = v1.fma(u0, s01);
                s02 = v2.fma(u0, s02);
                s03 = v3.fma(u0, s03);
                FloatVector u1 = FloatVector.fromArray(FLOAT, x, x1 + i);
                s10 = v0.fma(u1, s10);
                s11 = v1.fma(u1, s11);
                s12 = v2.fma(u1, s12);
                s13 = v3.fma(u1, s13);
            }
            s00.intoArray(memory, SUMS + lane);
            s01.intoArray(memory, SUMS + LANES + lane);
            s02.intoArray(memory, SUMS + 2 * LANES + lane);
            s03.intoArray(memory, SUMS + 3 * LANES + lane);
            s10.intoArray(memory, SUMS + 4 * LANES + lane);
            s11.intoArray(memory, SUMS + 5 * LANES + lane);
            s12.intoArray(memory, SUMS + 6 * LANES + lane);
            s13.intoArray(memory, SUMS + 7 * LANES + lane);
        }
    }

    /** Adds the columns behind the last full sixteen, for two activation rows of a tile. */
    private static void tail(float[] memory, int j, int w0, int w1, int w2, int w3, float[] x, int x0, int x1, int n) {
        int bound = n - n % LANES;
        for (int i = bound; i < n; i++) {
            int at = SUMS + HEIGHT * j * LANES + i - bound;
            for (int t = 0; t < 2; t++, at += HEIGHT * LANES) {
                float xi = x[(t == 0 ? x0 : x1) + i];
                memory[at] = Math.fma(memory[w0 + i], xi, memory[at]);
                memory[at + LANES] = Math.fma(memory[w1 + i], xi, memory[at + LANES]);
                memory[at + 2 * LANES] = Math.fma(memory[w2 + i], xi, memory[at + 2 * LANES]);
                memory[at + 3 * LANES] = Math.fma(memory[w3 + i], xi, memory[at + 3 * LANES]);
            }
        }
    }

    /** Folds the sixteen partial sums of sixteen products, {@code sums[at .. at + 256)}, to {@code sums[out .. out + 16)}. */
    private static void fold(float[] sums, int at, int out) {
        if (L == LANES) {
            foldVectors(sums, at, out);
            return;
        }
        for (int i = 0; i < LANES; i++, at += LANES) {
            float s0 = sums[at] + sums[at + 8] + (sums[at + 4] + sums[at + 12]);
            float s1 = sums[at + 1] + sums[at + 9] + (sums[at + 5] + sums[at + 13]);
            float s2 = sums[at + 2] + sums[at + 10] + (sums[at + 6] + sums[at + 14]);
            float s3 = sums[at + 3] + sums[at + 11] + (sums[at + 7] + sums[at + 15]);
            sums[out + i] = s0 + s2 + (s1 + s3);
        }
    }

    /**
     * The same in vectors of sixteen lanes: two of them, folded, share one, half and half, then these two, and so on. After
     * four such steps the lanes are the products, with the bits of their numbers reversed.
     */
    private static void foldVectors(float[] sums, int at, int out) {
        for (int i = 0; i < 4; i++) {
            FloatVector a = FloatVector.fromArray(FLOAT, sums, at + 4 * i * LANES);
            FloatVector b = FloatVector.fromArray(FLOAT, sums, at + (4 * i + 1) * LANES);
            FloatVector c = FloatVector.fromArray(FLOAT, sums, at + (4 * i + 2) * LANES);
            FloatVector d = FloatVector.fromArray(FLOAT, sums, at + (4 * i + 3) * LANES);
            a = a.blend(b, UPPER_8).add(b.blend(a, UPPER_8).rearrange(SWAP_8));
            c = c.blend(d, UPPER_8).add(d.blend(c, UPPER_8).rearrange(SWAP_8));
            a.blend(c, UPPER_4).add(c.blend(a, UPPER_4).rearrange(SWAP_4)).intoArray(sums, at + i * LANES);
        }
        FloatVector a = FloatVector.fromArray(FLOAT, sums, at);
        FloatVector b = FloatVector.fromArray(FLOAT, sums, at + LANES);
        FloatVector c = FloatVector.fromArray(FLOAT, sums, at + 2 * LANES);
        FloatVector d = FloatVector.fromArray(FLOAT, sums, at + 3 * LANES);
        a = a.blend(b, UPPER_2).add(b.blend(a, UPPER_2).rearrange(SWAP_2));
        c = c.blend(d, UPPER_2).add(d.blend(c, UPPER_2).rearrange(SWAP_2));
        a.blend(c, UPPER_1).add(c.blend(a, UPPER_1).rearrange(SWAP_1)).rearrange(REVERSED).intoArray(sums, out);
    }

    /** Lane i comes from lane i plus or minus so many, a power of two. */
    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(FLOAT, i -> (i ^ distance) % L);
    }

    /** The upper half of each two times so many lanes. */
    private static VectorMask<Float> upper(int half) {
        boolean[] lanes = new boolean[L];
        for (int i = 0; i < L; i++) {
            lanes[i] = (i & half) != 0;
        }
        return VectorMask.fromArray(FLOAT, lanes, 0);
    }
}
