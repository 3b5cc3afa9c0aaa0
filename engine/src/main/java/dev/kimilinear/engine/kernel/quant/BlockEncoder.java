package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * The way back from {@link BlockFormat}: floats as the weights of one {@link GgmlType}. The engine only reads weights; this
 * is for whoever writes a model file. Each encoder searches scales as ggml's reference quantisation does for its type, without
 * an importance matrix, and comes to the same bytes. Encoders have no state; any thread may call.
 */
public interface BlockEncoder {

    GgmlType type();

    /** @throws IllegalArgumentException for a type that can only be read */
    static BlockEncoder of(GgmlType type) {
        return switch (type) {
            case F32, F16, BF16 -> new FloatEncoder(type);
            case Q8_0 -> new Q8_0Encoder();
            case Q5_0 -> new Q5_0Encoder();
            case Q4_K -> new Q4_KEncoder();
            case Q6_K -> new Q6_KEncoder();
            case Q4_0, Q4_1, Q5_1, Q2_K, Q3_K, Q5_K, IQ4_NL, IQ4_XS, MXFP4 -> throw new IllegalArgumentException(
                    "Weights of type " + type + " can be read but not written; write F32, F16, BF16, Q8_0, Q5_0, Q4_K or Q6_K");
        };
    }

    /**
     * Encodes one block.
     *
     * @param in finite numbers, {@code in[inOffset .. inOffset + type().blockElements())}
     * @param out receives {@code type().blockBytes()} bytes from {@code outOffsetBytes} on, all of them
     */
    void encodeBlock(float[] in, int inOffset, MemorySegment out, long outOffsetBytes);

    /**
     * Encodes a row, a run of whole blocks. Numbers must be finite, and of a size whose scale is a half: up to 65,504 times
     * the largest code of the format.
     *
     * @param in {@code in[inOffset .. inOffset + columns)}
     * @param out receives {@link BlockFormat#rowBytes} bytes from {@code outOffsetBytes} on
     * @throws IllegalArgumentException if {@code columns} is no multiple of the block's elements
     */
    default void encodeRow(float[] in, int inOffset, int columns, MemorySegment out, long outOffsetBytes) {
        int elements = type().blockElements();
        if (columns % elements != 0) {
            throw new IllegalArgumentException(
                    "A row has " + columns + " weights, expected a multiple of " + elements + ", the block of type " + type());
        }
        for (int i = 0; i < columns; i += elements) {
            encodeBlock(in, inOffset + i, out, outOffsetBytes + (long) i / elements * type().blockBytes());
        }
    }
}
