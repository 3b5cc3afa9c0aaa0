package dev.kimilinear.engine.kernel.quant;

/**
 * One block taken apart, in element order; see {@link QuantisedFormat} for the formula. A scratch value that its one user
 * fills again and again: formats with small blocks use only the beginning of the arrays.
 */
public final class UnpackedBlock {

    /** Quantised weights, as many as the block has elements. */
    public final int[] q = new int[256];

    /** Factor of each sub-block. */
    public final int[] scale = new int[16];

    /** Minimum of each sub-block, where the format has minima. */
    public final int[] min = new int[16];

    /** Scale of the block. */
    public float d;

    /** Scale of the minima, where the format has minima. */
    public float dmin;

    void decode(int elements, int subBlock, boolean hasMin, float[] out, int outOffset) {
        for (int first = 0; first < elements; first += subBlock) {
            int s = first / subBlock;
            float factor = d * scale[s];
            if (hasMin) {
                float offset = dmin * min[s];
                for (int i = first; i < first + subBlock; i++) {
                    out[outOffset + i] = factor * q[i] - offset;
                }
            } else {
                for (int i = first; i < first + subBlock; i++) {
                    out[outOffset + i] = factor * q[i];
                }
            }
        }
    }
}
