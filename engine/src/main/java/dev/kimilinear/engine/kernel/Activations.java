package dev.kimilinear.engine.kernel;

import java.util.Arrays;

import dev.kimilinear.engine.kernel.panel.PanelLayout;

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

    /** Prepared forms held at a time; a matrix of one more layout takes the place of the oldest. */
    private static final int PREPARED_FORMS = 3;
    /** Prepared bytes of one activation at most: 3 ints for 4 columns. */
    private static final int PREPARED_BYTES = 3;

    /** Int8 values of all rows. */
    public static final class Quants {
        /** Columns that share a scale. */
        public final int group;
        /** {@code [rows, columns]}. */
        public byte[] values = new byte[0];
        /** The same as floats, for groups of 32 columns; filled by the vector kernels, which read it. */
        public float[] floats = new float[0];
        /** {@code [rows, columns / group]}. */
        public float[] scales = new float[0];
        private boolean valid;

        private Quants(int group) {
            this.group = group;
        }
    }

    private final Quants by32 = new Quants(32);
    private final Quants by256 = new Quants(256);
    /** {@code [columns / layout.columns, rows, layout.preparedLength]} each. */
    private final int[][] prepared = new int[PREPARED_FORMS][];
    /** Layouts that the prepared forms are for; null where there is none. */
    private final PanelLayout[] preparedFor = new PanelLayout[PREPARED_FORMS];
    private int nextForm;

    private float[] values;
    private int rows;
    private int columns;
    private int stride;

    public Activations() {
        Arrays.fill(prepared, new int[0]);
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
        Arrays.fill(preparedFor, null);
        nextForm = 0;
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
        return prepared[form(layout)];
    }

    /** Claims the int8 form: true if the caller must fill it, for which there is room then. */
    boolean claimQuants(int group) {
        Quants quants = quants(group);
        boolean stale = !quants.valid;
        if (stale) {
            quants.valid = true;
            if (quants.values.length < rows * columns) {
                quants.values = new byte[rows * columns];
                quants.floats = new float[group == 32 ? rows * columns : 0];
                quants.scales = new float[rows * (columns / group)];
            } else if (quants.scales.length < rows * (columns / group)) {
                quants.scales = new float[rows * (columns / group)];
            }
        }
        return stale;
    }

    /** Claims the prepared form: true if the caller must fill it, for which there is room then. */
    boolean claimPrepared(PanelLayout layout) {
        if (form(layout) >= 0) {
            return false;
        }
        preparedFor[nextForm] = layout;
        int length = rows * (columns / layout.columns()) * layout.preparedLength();
        if (prepared[nextForm].length < length) {
            prepared[nextForm] = new int[length];
        }
        nextForm = (nextForm + 1) % PREPARED_FORMS;
        return true;
    }

    private int form(PanelLayout layout) {
        for (int i = 0; i < PREPARED_FORMS; i++) {
            if (preparedFor[i] == layout) {
                return i;
            }
        }
        return -1;
    }

    /** Heap bytes of all forms but the float values after inputs of at most so many activations. */
    public static long bytes(long activations) {
        return activations * (2 + Float.BYTES + PREPARED_FORMS * PREPARED_BYTES)
                + Float.BYTES * (activations / 32 + activations / 256);
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
