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
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Products of one block of two Q8_0 panels with eight activation rows at a time: a sub-block of 32 columns is
 * widened to floats once, and multiplied in tiles of 2 vectors x 8 rows. Sums of 32 products of bytes are below 2^19, so that
 * floats hold them exactly and the bits are those of the integer kernels, whose two products for seven instructions take 1.6
 * times as long.
 */
final class ByteTiles {

    /** Activation rows of a tile. */
    static final int ROWS = 8;
    /** Fewer rows left over are left to the integer kernels; from here on a tile takes its last row several times. */
    private static final int LEAST_ROWS = 5;
    private static final int SUB_BLOCK = 32;
    private static final int WIDE = 32;
    private static final int LINE_BYTES = 64;
    private static final int SCALES = SUB_BLOCK * WIDE;

    /** Floats of scratch memory. */
    static final int SCRATCH = SCALES + WIDE;

    private ByteTiles() {
    }

    /** How many of so many activation rows are to be taken in tiles. Tiles need the registers of 512-bit vectors. */
    static int rows(GgmlType type, int count) {
        if (type != GgmlType.Q8_0 || L != 16) {
            return 0;
        }
        return (count + ROWS - LEAST_ROWS) / ROWS * ROWS;
    }

    /**
     * Adds the products of a block.
     *
     * @param at the block
     * @param next distance of the second panel
     * @param rows activation rows to multiply with: {@code rows[rowsAt .. rowsAt + present)}
     * @param count a multiple of {@link #ROWS}; rows past the present ones are the last one again
     * @param column where the block begins
     * @param acc {@code [count, 32]}
     * @param scratchAt where {@link #SCRATCH} values in acc begin that may be overwritten
     * @param tile memory for {@link #ROWS} values
     */
    static void multiply(MemorySegment w, long at, long next, Activations x, int[] rows, int rowsAt, int present,
            int count, int column, float[] acc, int scratchAt, int[] tile) {
        Activations.Quants quants = x.quants(SUB_BLOCK);
        for (int b = 0; b < 2; b++) {
            long codes = at + LINE_BYTES + b * (SUB_BLOCK / 4) * LINE_BYTES;
            widen(w, codes, acc, scratchAt);
            widen(w, codes + next, acc, scratchAt + L);
            scales(w, at, 16 - 16 * b, acc, scratchAt + SCALES);
            scales(w, at + next, 16 - 16 * b, acc, scratchAt + SCALES + L);
            int first = column + b * SUB_BLOCK;
            for (int t = 0; t < count; t += ROWS) {
                for (int i = 0; i < ROWS; i++) {
                    tile[i] = rows[rowsAt + Math.min(t + i, present - 1)];
                }
                multiply(quants.floats, quants.scales, tile, x.columns(), first, acc, scratchAt, t * WIDE);
            }
        }
    }

    /** Bytes of a sub-block, 128 larger than the weights, as floats: {@code [32, 32]}, columns first. */
    private static void widen(MemorySegment w, long at, float[] out, int outAt) {
        IntVector mask = IntVector.broadcast(INT, 0xFF);
        for (int l = 0; l < SUB_BLOCK / 4; l++) {
            IntVector v = IntVector.fromMemorySegment(INT, w, at + l * LINE_BYTES, LITTLE_ENDIAN);
            int o = outAt + 4 * l * WIDE;
            ((FloatVector) v.and(mask).convert(I2F, 0)).sub(128f).intoArray(out, o);
            ((FloatVector) v.lanewise(LSHR, 8).and(mask).convert(I2F, 0)).sub(128f).intoArray(out, o + WIDE);
            ((FloatVector) v.lanewise(LSHR, 16).and(mask).convert(I2F, 0)).sub(128f).intoArray(out, o + 2 * WIDE);
            ((FloatVector) v.lanewise(LSHR, 24).convert(I2F, 0)).sub(128f).intoArray(out, o + 3 * WIDE);
        }
    }

    /** Half-precision scales that lie in one half of a line, moved up by so many bits, as floats. */
    private static void scales(MemorySegment w, long at, int up, float[] out, int outAt) {
        IntVector v = IntVector.fromMemorySegment(INT, w, at, LITTLE_ENDIAN).lanewise(LSHL, up);
        v.lanewise(ASHR, 3).and(0x8FFFE000).reinterpretAsFloats().mul(0x1p112f).intoArray(out, outAt);
    }

    /** Written out: only as local variables do sixteen sums stay in registers. */
    private static void multiply(float[] x, float[] dx, int[] tile, int columns, int column, float[] acc, int weightsAt,
            int accAt) {
        int x0 = tile[0] * columns + column;
        int x1 = tile[1] * columns + column;
        int x2 = tile[2] * columns + column;
        int x3 = tile[3] * columns + column;
        int x4 = tile[4] * columns + column;
        int x5 = tile[5] * columns + column;
        int x6 = tile[6] * columns + column;
        int x7 = tile[7] * columns + column;
        FloatVector a0 = FloatVector.zero(FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        FloatVector b4 = a0;
        FloatVector b5 = a0;
        FloatVector b6 = a0;
        FloatVector b7 = a0;
        for (int k = 0; k < SUB_BLOCK; k++) {
            FloatVector w0 = FloatVector.fromArray(FLOAT, acc, weightsAt + k * WIDE);
            FloatVector w1 = FloatVector.fromArray(FLOAT, acc, weightsAt + k * WIDE + L);
            FloatVector v = FloatVector.broadcast(FLOAT, x[x0 + k]);
            a0 = w0.fma(v, a0);
            b0 = w1.fma(v, b0);
            v = FloatVector.broadcast(FLOAT, x[x1 + k]);
            a1 = w0.fma(v, a1);
            b1 = w1.fma(v, b1);
            v = FloatVector.broadcast(FLOAT, x[x2 + k]);
            a2 = w0.fma(v, a2);
            b2 = w1.fma(v, b2);
            v = FloatVector.broadcast(FLOAT, x[x3 + k]);
            a3 = w0.fma(v, a3);
            b3 = w1.fma(v, b3);
            v = FloatVector.broadcast(FLOAT, x[x4 + k]);
            a4 = w0.fma(v, a4);
            b4 = w1.fma(v, b4);
            v = FloatVector.broadcast(FLOAT, x[x5 + k]);
            a5 = w0.fma(v, a5);
            b5 = w1.fma(v, b5);
            v = FloatVector.broadcast(FLOAT, x[x6 + k]);
            a6 = w0.fma(v, a6);
            b6 = w1.fma(v, b6);
            v = FloatVector.broadcast(FLOAT, x[x7 + k]);
            a7 = w0.fma(v, a7);
            b7 = w1.fma(v, b7);
        }
        int groups = columns / SUB_BLOCK;
        int group = column / SUB_BLOCK;
        FloatVector d0 = FloatVector.fromArray(FLOAT, acc, weightsAt + SCALES);
        FloatVector d1 = FloatVector.fromArray(FLOAT, acc, weightsAt + SCALES + L);
        float s0 = dx[tile[0] * groups + group];
        a0.fma(d0.mul(s0), FloatVector.fromArray(FLOAT, acc, accAt)).intoArray(acc, accAt);
        b0.fma(d1.mul(s0), FloatVector.fromArray(FLOAT, acc, accAt + L)).intoArray(acc, accAt + L);
        float s1 = dx[tile[1] * groups + group];
        a1.fma(d0.mul(s1), FloatVector.fromArray(FLOAT, acc, accAt + WIDE)).intoArray(acc, accAt + WIDE);
        b1.fma(d1.mul(s1), FloatVector.fromArray(FLOAT, acc, accAt + WIDE + L)).intoArray(acc, accAt + WIDE + L);
        float s2 = dx[tile[2] * groups + group];
        a2.fma(d0.mul(s2), FloatVector.fromArray(FLOAT, acc, accAt + 2 * WIDE)).intoArray(acc, accAt + 2 * WIDE);
        b2.fma(d1.mul(s2), FloatVector.fromArray(FLOAT, acc, accAt + 2 * WIDE + L)).intoArray(acc, accAt + 2 * WIDE + L);
        float s3 = dx[tile[3] * groups + group];
        a3.fma(d0.mul(s3), FloatVector.fromArray(FLOAT, acc, accAt + 3 * WIDE)).intoArray(acc, accAt + 3 * WIDE);
        b3.fma(d1.mul(s3), FloatVector.fromArray(FLOAT, acc, accAt + 3 * WIDE + L)).intoArray(acc, accAt + 3 * WIDE + L);
        float s4 = dx[tile[4] * groups + group];
        a4.fma(d0.mul(s4), FloatVector.fromArray(FLOAT, acc, accAt + 4 * WIDE)).intoArray(acc, accAt + 4 * WIDE);
        b4.fma(d1.mul(s4), FloatVector.fromArray(FLOAT, acc, accAt + 4 * WIDE + L)).intoArray(acc, accAt + 4 * WIDE + L);
        float s5 = dx[tile[5] * groups + group];
        a5.fma(d0.mul(s5), FloatVector.fromArray(FLOAT, acc, accAt + 5 * WIDE)).intoArray(acc, accAt + 5 * WIDE);
        b5.fma(d1.mul(s5), FloatVector.fromArray(FLOAT, acc, accAt + 5 * WIDE + L)).intoArray(acc, accAt + 5 * WIDE + L);
        float s6 = dx[tile[6] * groups + group];
        a6.fma(d0.mul(s6), FloatVector.fromArray(FLOAT, acc, accAt + 6 * WIDE)).intoArray(acc, accAt + 6 * WIDE);
        b6.fma(d1.mul(s6), FloatVector.fromArray(FLOAT, acc, accAt + 6 * WIDE + L)).intoArray(acc, accAt + 6 * WIDE + L);
        float s7 = dx[tile[7] * groups + group];
        a7.fma(d0.mul(s7), FloatVector.fromArray(FLOAT, acc, accAt + 7 * WIDE)).intoArray(acc, accAt + 7 * WIDE);
        b7.fma(d1.mul(s7), FloatVector.fromArray(FLOAT, acc, accAt + 7 * WIDE + L)).intoArray(acc, accAt + 7 * WIDE + L);
    }
}
