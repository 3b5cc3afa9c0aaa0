package dev.kimilinear.engine.kernel;

/**
 * Rows of activations in the two forms that matrix kernels read: float values for float weights, and, for quantised
 * weights, int8 values with one float scale a group (256 columns for K-quants, 32 for the others).
 *
 * <p>
 * Quantiser, per group: {@code scale = max|x| / 127}, {@code q = rint(x * (127 / max|x|))}, all in float; a group
 * without a value of at least {@link #LEAST} has scale 0 and q 0.
 */
public final class Activations {

    /** Values below are taken for zero by the quantiser: 127 divided by them comes near infinity. */
    public static final float LEAST = 0x1p-100f;

    /** {@code [rows, columns]}, row-major; may be longer. */
    public float[] values;
    /** {@code [rows, columns]} quantised values, valid after {@link Ops} quantised for the weights at hand. */
    public byte[] quants = new byte[0];
    /** {@code [rows, columns / group]} scales of {@link #quants}. */
    public float[] scales = new float[0];
    public int columns;
    /** Columns that share a scale. */
    public int group;

    /** Points this at float rows; quantised values are stale from here on. */
    void set(float[] values, int columns) {
        this.values = values;
        this.columns = columns;
    }

    /** Makes room for the quantised form of {@code rows} rows. */
    void reserveQuants(int rows, int group) {
        this.group = group;
        if (quants.length < rows * columns) {
            quants = new byte[rows * columns];
        }
        if (scales.length < rows * (columns / group)) {
            scales = new float[rows * (columns / group)];
        }
    }
}
