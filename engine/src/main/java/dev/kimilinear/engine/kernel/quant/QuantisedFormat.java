package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

/**
 * Weights as small integers in blocks that share scales. Sub-block {@code s} holds the elements
 * {@code i} with {@code s = i / subBlock()}:
 *
 * <pre>
 * value(i) = (d * scale[s]) * q[i] - (dmin * min[s])
 * </pre>
 *
 * in float arithmetic, each operation rounded, in this order (no FMA), without the subtraction where {@link #hasMin()} is
 * false. {@code scale}, {@code q} and {@code min} are exact integers, {@code d} and {@code dmin} exact floats, so that an
 * integer dot product can be built on the same values.
 */
public sealed interface QuantisedFormat extends BlockFormat
        permits Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4 {

    /** Activations that share one scale when they are multiplied with this format: the elements of its block, 256 or 32. */
    default int activationGroup() {
        return type().blockElements();
    }

    /**
     * Whether values have a minimum term; where not, {@code min} and {@code dmin} of an unpacked block are left as they
     * were.
     */
    boolean hasMin();

    /** Elements that share a scale, 16 or 32. */
    int subBlock();

    /** Takes the block at {@code offsetBytes} apart; only the entries that this format has are written. */
    void unpack(MemorySegment data, long offsetBytes, UnpackedBlock out);

    @Override
    default void decodeRow(MemorySegment data, long offsetBytes, int columns, float[] out, int outOffset) {
        decodeRow(data, offsetBytes, columns, out, outOffset, new UnpackedBlock());
    }

    /** The same with the caller's {@code block} as scratch, for callers that must not allocate. */
    default void decodeRow(MemorySegment data, long offsetBytes, int columns, float[] out, int outOffset, UnpackedBlock block) {
        int blockElements = type().blockElements();
        int blockBytes = type().blockBytes();
        assert columns % blockElements == 0 : columns;
        for (int column = 0; column < columns; column += blockElements) {
            unpack(data, offsetBytes, block);
            block.decode(blockElements, subBlock(), hasMin(), out, outOffset + column);
            offsetBytes += blockBytes;
        }
    }
}
