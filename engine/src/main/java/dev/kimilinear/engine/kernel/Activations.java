package dev.kimilinear.engine.kernel;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.panel.PanelLayout;
import dev.kimilinear.engine.kernel.quant.BlockFormat;
import dev.kimilinear.engine.kernel.quant.QuantisedFormat;

/**
 * Rows of activations in the forms that matrix kernels read: float values for float weights; for quantised weights, int8
 * values with one float scale a group (256 columns for K-quants, 32 for the others); and for weights in panels, the
 * stream that {@link PanelLayout#prepare} makes of these. {@link Ops} makes each form when a matrix first needs it, so that
 * several matrices may read one input.
 *
 * <p>
 * Quantiser, per group: {@code scale = max|x| / 127}, {@code q = rint(x * (127 / max|x|))}, all in float; a group
 * without a value of at least {@link #LEAST} has scale 0 and q 0.
 */
public final class Activations {

    /** Values below are taken for zero by the quantiser: 127 divided by them comes near infinity. */
    public static final float LEAST = 0x1p-100f;

    private static final int TYPES = GgmlType.values().length;

    /** Int8 values of all rows. */
    public static final class Quants {
        /** Columns that share a scale. */
        public final int group;
        /** {@code [rows, columns]}. */
        public byte[] values = new byte[0];
        /** {@code [rows, columns / group]}. */
        public float[] scales = new float[0];
        private boolean valid;

        private Quants(int group) {
            this.group = group;
        }
    }

    private final Quants by32 = new Quants(32);
    private final Quants by256 = new Quants(256);
    /** By the ordinal of the weights' type: {@code [columns / layout.columns, rows, layout.preparedLength]}. */
    private final int[][] prepared = new int[TYPES][];
    private final boolean[] preparedValid = new boolean[TYPES];

    private float[] values;
    private int rows;
    private int columns;
    private int stride;

    public Activations() {
        Arrays.fill(prepared, new int[0]);
    }

    /**
     * The most heap bytes of the forms beside the float values.
     *
     * @param elements rows times columns at most
     * @param weightTypes types of the matrices that read them
     */
    public static long bytes(long elements, Set<GgmlType> weightTypes) {
        long bytes = 0;
        Set<Integer> groups = new HashSet<>();
        for (GgmlType type : weightTypes) {
            if (BlockFormat.of(type) instanceof QuantisedFormat format) {
                if (groups.add(format.activationGroup())) {
                    bytes += elements + Float.BYTES * (elements / format.activationGroup());
                }
                PanelLayout layout = PanelLayout.of(format);
                bytes += Integer.BYTES * (elements / layout.columns() * layout.preparedLength());
            }
        }
        return bytes;
    }

    /**
     * Takes {@code [rows, columns]}, row-major, as the activations; other forms are stale from here on. The values must not
     * change as long as matrices read them.
     */
    public Activations of(float[] values, int rows, int columns) {
        return of(values, rows, columns, columns);
    }

    /** The same for rows that begin {@code stride} values apart. */
    public Activations of(float[] values, int rows, int columns, int stride) {
        if ((rows - 1L) * stride + columns > values.length) {
            throw new IllegalArgumentException("activations hold " + values.length + " values, expected " + rows
                    + " rows x " + columns + " at a distance of " + stride);
        }
        this.values = values;
        this.rows = rows;
        this.columns = columns;
        this.stride = stride;
        by32.valid = false;
        by256.valid = false;
        Arrays.fill(preparedValid, false);
        return this;
    }

    /** Float values; row t begins at {@code t * stride()}. */
    public float[] values() {
        return values;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    public int stride() {
        return stride;
    }

    /** The int8 form with groups of 32 or 256 columns. */
    public Quants quants(int group) {
        return group == 32 ? by32 : by256;
    }

    /** The prepared form for weights of a layout. */
    public int[] prepared(PanelLayout layout) {
        return prepared[layout.format().type().ordinal()];
    }

    /** Claims the int8 form: true if the caller must fill it, for which there is room then. */
    boolean claimQuants(int group) {
        Quants quants = quants(group);
        boolean stale = !quants.valid;
        if (stale) {
            quants.valid = true;
            if (quants.values.length < rows * columns) {
                quants.values = new byte[rows * columns];
                quants.scales = new float[rows * (columns / group)];
            } else if (quants.scales.length < rows * (columns / group)) {
                quants.scales = new float[rows * (columns / group)];
            }
        }
        return stale;
    }

    /** Claims the prepared form: true if the caller must fill it, for which there is room then. */
    boolean claimPrepared(PanelLayout layout) {
        int type = layout.format().type().ordinal();
        boolean stale = !preparedValid[type];
        if (stale) {
            preparedValid[type] = true;
            int length = rows * (columns / layout.columns()) * layout.preparedLength();
            if (prepared[type].length < length) {
                prepared[type] = new int[length];
            }
        }
        return stale;
    }

    /** Fills the prepared form of one row. */
    void prepare(PanelLayout layout, int row) {
        byte[] q = quants(layout.format().activationGroup()).values;
        int[] out = prepared(layout);
        int length = layout.preparedLength();
        for (int b = 0; b < columns / layout.columns(); b++) {
            layout.prepare(q, row * columns + b * layout.columns(), out, (b * rows + row) * length);
        }
    }
}
