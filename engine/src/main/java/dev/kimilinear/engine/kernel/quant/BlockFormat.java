package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * How the weights of one {@link GgmlType} lie in memory. A row of a tensor is a run of whole blocks; all offsets are
 * bytes from the beginning of the segment, aligned to nothing. Formats have no state; any thread may call.
 */
public sealed interface BlockFormat permits FloatFormat, QuantisedFormat {

    GgmlType type();

    static BlockFormat of(GgmlType type) {
        return switch (type) {
            case F32 -> new F32();
            case F16 -> new F16();
            case BF16 -> new BF16();
            case Q8_0 -> new Q8_0();
            case Q4_0 -> new Q4_0();
            case Q4_1 -> new Q4_1();
            case Q5_0 -> new Q5_0();
            case Q5_1 -> new Q5_1();
            case Q2_K -> new Q2_K();
            case Q3_K -> new Q3_K();
            case Q4_K -> new Q4_K();
            case Q5_K -> new Q5_K();
            case Q6_K -> new Q6_K();
            case IQ4_NL -> new IQ4_NL();
            case IQ4_XS -> new IQ4_XS();
            case MXFP4 -> new MXFP4();
        };
    }

    /**
     * Decodes {@code columns} weights of one row to the same bits as ggml.
     *
     * @param offsetBytes where the row begins in {@code data}
     * @param columns a multiple of the block's elements
     * @param out receives {@code out[outOffset .. outOffset + columns)}
     */
    void decodeRow(MemorySegment data, long offsetBytes, int columns, float[] out, int outOffset);

    /** Bytes of a row of {@code columns} weights, a multiple of the block's elements. */
    default long rowBytes(int columns) {
        assert columns % type().blockElements() == 0 : columns;
        return (long) columns / type().blockElements() * type().blockBytes();
    }
}
