package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;
import static dev.kimilinear.engine.kernel.vector.Lanes.INT;
import static dev.kimilinear.engine.kernel.vector.Lanes.L;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.panel.PanelLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of one block of a panel with many activation rows, for vectors of 256 bits and types of 32 columns a block whose
 * numbers are full bytes: the block is widened to floats once and multiplied in tiles of two vectors and four activation
 * rows. Sums of 32 products are below 2^19, so that floats hold them exactly and the bits are those of the integer kernels,
 * which need seven instructions for two such products. Types of fewer bits are faster in integers.
 */
final class NarrowByteTiles {

    /** Activation rows of a tile. */
    private static final int ROWS = 4;
    /**
     * Fewer rows are left to the integer kernels. Beside these, in one process: with 8 rows tiles are 0.95 (Q8_0) and 1.07
     * (IQ4_NL) times as fast, with 16 rows 1.07 and 1.34 times, with 64 rows 1.21 and 1.51 times.
     */
    private static final int LEAST_ROWS = 16;

    private static final int WIDE = PanelLayout.ROWS;
    /** Distance of activation rows in acc: that of two panels. */
    private static final int ACC_STRIDE = 2 * WIDE;
    private static final int LINE_BYTES = 64;
    private static final int SUB_BLOCK = 32;
    /** Columns of a block: two sub-blocks, whose scales share a line. */
    private static final int COLUMNS = 2 * SUB_BLOCK;

    // Floats of scratch memory: the widened block as [64, 16], the scales of both sub-blocks, the sums of a tile.
    private static final int SCALES = COLUMNS * WIDE;
    private static final int SUMS = SCALES + 2 * WIDE;
    static final int SCRATCH = SUMS + ROWS * WIDE;

    private static final IntVector HALF = IntVector.broadcast(INT, 0x8FFFE000);
    /** Values of IQ4_NL as bits of floats: of codes below eight, and of the others. */
    private static final IntVector LOWER = table(-127, -104, -83, -65, -49, -35, -22, -10);
    private static final IntVector UPPER = table(1, 13, 25, 38, 53, 69, 89, 113);

    private NarrowByteTiles() {
    }

    /** Whether so many activation rows are to be taken in tiles. */
    static boolean suit(GgmlType type, int count) {
        return L == 8 && count >= LEAST_ROWS && (type == GgmlType.Q8_0 || type == GgmlType.IQ4_NL);
    }

    /**
     * Adds the products of a block.
     *
     * @param at the block
     * @param column where it begins
     * @param acc {@code [count + 3, 32]}, of which 16 values from accAt on; scratch memory begins at memoryAt
     */
    static void multiply(GgmlType type, MemorySegment w, long at, Activations x, int[] rows, int rowsAt, int count,
            int column, float[] acc, int accAt, int memoryAt) {
        Activations.Quants quants = x.quants(SUB_BLOCK);
        float[] dx = quants.scales;
        int groups = x.columns() / SUB_BLOCK;
        int sums = memoryAt + SUMS;
        widen(type, w, at, acc, memoryAt);
        for (int t = 0; t < count; t += ROWS) {
            // Where there are fewer rows than a tile has, the last is taken again.
            int r0 = rows[rowsAt + t];
            int r1 = rows[rowsAt + Math.min(t + 1, count - 1)];
            int r2 = rows[rowsAt + Math.min(t + 2, count - 1)];
            int r3 = rows[rowsAt + Math.min(t + 3, count - 1)];
            for (int b = 0; b < 2; b++) {
                int from = column + b * SUB_BLOCK;
                tile(quants.floats, r0 * x.columns() + from, r1 * x.columns() + from, r2 * x.columns() + from,
                        r3 * x.columns() + from, SUB_BLOCK, acc, memoryAt + b * SUB_BLOCK * WIDE, sums);
                int g = from / SUB_BLOCK;
                add(acc, sums, memoryAt + SCALES + b * WIDE, dx[r0 * groups + g], dx[r1 * groups + g], dx[r2 * groups + g],
                        dx[r3 * groups + g], accAt + t * ACC_STRIDE);
            }
        }
    }

    private static void widen(GgmlType type, MemorySegment w, long at, float[] m, int mAt) {
        for (int lane = 0; lane < WIDE; lane += L) {
            IntVector s = IntVector.fromMemorySegment(INT, w, at + 4L * lane, LITTLE_ENDIAN);
            s.lanewise(LSHL, 16).lanewise(ASHR, 3).and(HALF).reinterpretAsFloats().mul(0x1p112f)
                    .intoArray(m, mAt + SCALES + lane);
            s.lanewise(ASHR, 3).and(HALF).reinterpretAsFloats().mul(0x1p112f).intoArray(m, mAt + SCALES + WIDE + lane);
            int columnsOfLine = type == GgmlType.Q8_0 ? 4 : 8;
            long line = at + 4L * lane;
            for (int c = 0; c < COLUMNS; c += columnsOfLine) {
                line += LINE_BYTES;
                if (type == GgmlType.Q8_0) {
                    bytes(w, line, m, mAt + c * WIDE + lane);
                } else {
                    lookUp(w, line, m, mAt + c * WIDE + lane);
                }
            }
        }
    }

    /** Four columns. */
    private static void bytes(MemorySegment w, long at, float[] m, int out) {
        IntVector v = IntVector.fromMemorySegment(INT, w, at, LITTLE_ENDIAN);
        ((FloatVector) v.and(0xFF).convert(I2F, 0)).sub(128f).intoArray(m, out);
        ((FloatVector) v.lanewise(LSHR, 8).and(0xFF).convert(I2F, 0)).sub(128f).intoArray(m, out + WIDE);
        ((FloatVector) v.lanewise(LSHR, 16).and(0xFF).convert(I2F, 0)).sub(128f).intoArray(m, out + 2 * WIDE);
        ((FloatVector) v.lanewise(LSHR, 24).convert(I2F, 0)).sub(128f).intoArray(m, out + 3 * WIDE);
    }

    /** Eight columns. */
    private static void lookUp(MemorySegment w, long at, float[] m, int out) {
        IntVector v = IntVector.fromMemorySegment(INT, w, at, LITTLE_ENDIAN);
        for (int i = 0; i < 8; i++) {
            IntVector code = v.and(7);
            IntVector upper = v.lanewise(LSHL, 28).lanewise(ASHR, 31);
            code.selectFrom(LOWER).and(upper.not()).or(code.selectFrom(UPPER).and(upper)).reinterpretAsFloats()
                    .intoArray(m, out + i * WIDE);
            v = v.lanewise(LSHR, 4);
        }
    }

    /**
     * {@code m[out + 16 t + i] = sum over k below n of x[xt + k] m[at + 16 k + i]} for four rows t and i below 16. Two columns
     * in a turn: with one, C2 moves an address through a vector register and back, which takes longer than the products; and
     * more, as it makes of a loop whose length it knows, need more than sixteen registers.
     */
    private static void tile(float[] x, int x0, int x1, int x2, int x3, int n, float[] m, int at,
            int out) {
        FloatVector a0 = FloatVector.zero(FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        for (int k = 0; k < n; k += 2) {
            FloatVector u = FloatVector.fromArray(FLOAT, m, at + k * WIDE);
            FloatVector v = FloatVector.fromArray(FLOAT, m, at + k * WIDE + L);
            FloatVector y = FloatVector.broadcast(FLOAT, x[x0 + k]);
            a0 = u.fma(y, a0);
            b0 = v.fma(y, b0);
            y = FloatVector.broadcast(FLOAT, x[x1 + k]);
            a1 = u.fma(y, a1);
            b1 = v.fma(y, b1);
            y = FloatVector.broadcast(FLOAT, x[x2 + k]);
            a2 = u.fma(y, a2);
            b2 = v.fma(y, b2);
            y = FloatVector.broadcast(FLOAT, x[x3 + k]);
            a3 = u.fma(y, a3);
            b3 = v.fma(y, b3);
            u = FloatVector.fromArray(FLOAT, m, at + k * WIDE + WIDE);
            v = FloatVector.fromArray(FLOAT, m, at + k * WIDE + WIDE + L);
            y = FloatVector.broadcast(FLOAT, x[x0 + k + 1]);
            a0 = u.fma(y, a0);
            b0 = v.fma(y, b0);
            y = FloatVector.broadcast(FLOAT, x[x1 + k + 1]);
            a1 = u.fma(y, a1);
            b1 = v.fma(y, b1);
            y = FloatVector.broadcast(FLOAT, x[x2 + k + 1]);
            a2 = u.fma(y, a2);
            b2 = v.fma(y, b2);
            y = FloatVector.broadcast(FLOAT, x[x3 + k + 1]);
            a3 = u.fma(y, a3);
            b3 = v.fma(y, b3);
        }
        a0.intoArray(m, out);
        b0.intoArray(m, out + L);
        a1.intoArray(m, out + WIDE);
        b1.intoArray(m, out + WIDE + L);
        a2.intoArray(m, out + 2 * WIDE);
        b2.intoArray(m, out + 2 * WIDE + L);
        a3.intoArray(m, out + 3 * WIDE);
        b3.intoArray(m, out + 3 * WIDE + L);
    }

    /** Adds the sums of a tile times d and the scales of their activation rows. */
    private static void add(float[] m, int sums, int d, float dx0, float dx1, float dx2, float dx3, int y) {
        for (int lane = 0; lane < WIDE; lane += L) {
            FloatVector scale = FloatVector.fromArray(FLOAT, m, d + lane);
            int s = sums + lane;
            int o = y + lane;
            FloatVector.fromArray(FLOAT, m, s).fma(scale.mul(dx0), FloatVector.fromArray(FLOAT, m, o)).intoArray(m, o);
            s += WIDE;
            o += ACC_STRIDE;
            FloatVector.fromArray(FLOAT, m, s).fma(scale.mul(dx1), FloatVector.fromArray(FLOAT, m, o)).intoArray(m, o);
            s += WIDE;
            o += ACC_STRIDE;
            FloatVector.fromArray(FLOAT, m, s).fma(scale.mul(dx2), FloatVector.fromArray(FLOAT, m, o)).intoArray(m, o);
            s += WIDE;
            o += ACC_STRIDE;
            FloatVector.fromArray(FLOAT, m, s).fma(scale.mul(dx3), FloatVector.fromArray(FLOAT, m, o)).intoArray(m, o);
        }
    }

    private static IntVector table(int... values) {
        int[] bits = new int[16];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return IntVector.fromArray(INT, bits, 0);
    }
}
