package dev.kimilinear.engine.kernel.quant;

import java.lang.foreign.MemorySegment;

/** Weights that are floating-point numbers on their own: no blocks, no shared scale. */
public sealed interface FloatFormat extends BlockFormat permits F32, F16, BF16 {

    /** The weight at a byte offset; exact, since all of these are subsets of float. */
    float get(MemorySegment data, long offsetBytes);

    /** Bytes of one weight. */
    int bytes();
}
