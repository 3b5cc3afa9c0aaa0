package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.BYTE_FOR_SHORT;
import static dev.kimilinear.engine.kernel.vector.Lanes.INT;
import static dev.kimilinear.engine.kernel.vector.Lanes.SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Tensor;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/** Matrix products with Q8_0 weights: products of int8 in 16 bits, neighbours added in 32, one exact sum a block. */
final class Q8Matmul {

    private static final int BLOCK = 32;
    private static final int BLOCK_BYTES = 34;
    private static final ValueLayout.OfShort SCALE = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Q8Matmul() {
    }

    static void matmul(Tensor w, int from, int to, Activations x, int xFirst, int count, float[] y, int yOffset,
            int yStride) {
        for (int r = from; r < to; r++) {
            for (int t = 0; t < count; t++) {
                y[yOffset + t * yStride + r] = dot(w.data(), w.rowOffsetBytes(r), x, xFirst + t, w.columns() / BLOCK);
            }
        }
    }

    private static float dot(MemorySegment w, long at, Activations x, int row, int blocks) {
        float acc = 0f;
        for (int b = 0; b < blocks; b++) {
            float d = Float.float16ToFloat(w.get(SCALE, at));
            int dot = blockDot(w, at + 2, x.quants, (row * blocks + b) * BLOCK);
            acc = Math.fma((float) dot, d * x.scales[row * blocks + b], acc);
            at += BLOCK_BYTES;
        }
        return acc;
    }

    private static int blockDot(MemorySegment w, long at, byte[] x, int xAt) {
        IntVector sum = IntVector.zero(INT);
        for (int i = 0; i < BLOCK; i += SHORT.length()) {
            ShortVector a = (ShortVector) ByteVector.fromMemorySegment(BYTE_FOR_SHORT, w, at + i, ByteOrder.LITTLE_ENDIAN)
                    .convertShape(VectorOperators.B2S, SHORT, 0);
            ShortVector b = (ShortVector) ByteVector.fromArray(BYTE_FOR_SHORT, x, xAt + i)
                    .convertShape(VectorOperators.B2S, SHORT, 0);
            // |a b| is at most 128 * 127, which fits 16 bits.
            IntVector pairs = a.mul(b).reinterpretAsInts();
            IntVector low = pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
            sum = sum.add(low).add(pairs.lanewise(VectorOperators.ASHR, 16));
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }
}
