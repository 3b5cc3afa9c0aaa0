package dev.kimilinear.trainer.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products of single precision on plain arrays. The inner loop makes a tile of 4 rows by two vectors: eight sums keep
 * two multipliers of four cycles' latency busy, and with two vectors of B and four values of A they fit into the sixteen
 * vector registers of AVX2. (C2 loads all values of A before it multiplies: six rows no longer fit, and run at half speed.)
 * B is copied into panels of two vectors' width, which the tile reads one after the other; so is A, where a step along k is
 * a step over a whole row (its lines would fall on few sets of the first-level cache).
 *
 * <p>
 * The order in which products are added depends on K alone, so results are repeatable on a machine. One instance for each
 * thread.
 */
public final class Gemm {

    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    private static final int TILE_ROWS = 4;
    private static final int TILE_COLUMNS = 2 * LANES;
    /** Rows of A that stay in the L2 cache: 64 KiB of panels. A multiple of the tile's. */
    private static final int BLOCK_ROWS = 64;
    /** Steps along k for which panels are made at a time: a panel of B (16 KiB with 256-bit vectors) stays in the L1 cache. */
    private static final int DEPTH = 256;

    /** Of one panel of B to the next. Not the panel's size: that is a power of two, and rows would fall on the same sets. */
    private static final int PANEL_STEP = TILE_COLUMNS * DEPTH + TILE_COLUMNS;
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

    private float[] panelsOfB = new float[0];
    private float[] panelsOfA = new float[0];
    private final float[] tile = new float[TILE_ROWS * TILE_COLUMNS];
    private static final float[] ZEROS = new float[TILE_ROWS * TILE_COLUMNS];

    /** A matrix in an array: element (i, j) is {@code data[at + i * rowStep + j * columnStep]}. */
    public record Matrix(float[] data, int at, int rowStep, int columnStep) {

        /** Rows one after the other, each of the given width. */
        public static Matrix rows(float[] data, int width) {
            return new Matrix(data, 0, width, 1);
        }

        /** Rows of a given distance, beginning anywhere. */
        public static Matrix rows(float[] data, int at, int rowStep) {
            return new Matrix(data, at, rowStep, 1);
        }

        /** The same elements, rows and columns exchanged. */
        public Matrix transposed() {
            return new Matrix(data, at, columnStep, rowStep);
        }
    }

    /** {@code C = A B}, with A [m, k], B [k, n] and C [m, n], whose columns lie side by side. */
    public void multiply(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        run(m, n, k, a, b, c, false);
    }

    /** {@code C = C + A B}, as {@link #multiply}. */
    public void multiplyAdd(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
        run(m, n, k, a, b, c, true);
    }

    private void run(int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean add) {
        int panels = (n + TILE_COLUMNS - 1) / TILE_COLUMNS;
        if (panelsOfB.length < panels * PANEL_STEP) {
            panelsOfB = new float[panels * PANEL_STEP];
        }
        for (int first = 0; first < k; first += DEPTH) {
            int depth = Math.min(DEPTH, k - first);
            packB(panels, n, depth, b, b.at + first * b.rowStep);
            boolean adding = add || first > 0;
            for (int row = 0; row < m; row += BLOCK_ROWS) {
                int rows = Math.min(BLOCK_ROWS, m - row);
                block(rows, n, panels, depth, a, a.at + row * a.rowStep + first * a.columnStep, c, c.at + row * c.rowStep,
                        adding);
            }
        }
    }

    /** All products of a few rows of A: they stay in the L2 cache while one panel of B after the other meets them. */
    private void block(int rows, int n, int panels, int depth, Matrix a, int aAt, Matrix c, int cAt, boolean adding) {
        boolean packed = a.columnStep != 1 || rows % TILE_ROWS != 0;
        if (packed) {
            packA(rows, depth, a, aAt);
        }
        for (int p = 0; p < panels; p++) {
            int columns = Math.min(TILE_COLUMNS, n - p * TILE_COLUMNS);
            int panel = p * PANEL_STEP;
            for (int row = 0; row < rows; row += TILE_ROWS) {
                int tileRows = Math.min(TILE_ROWS, rows - row);
                int to = cAt + row * c.rowStep + p * TILE_COLUMNS;
                boolean direct = tileRows == TILE_ROWS && columns == TILE_COLUMNS;
                float[] out = direct ? c.data : tile;
                int outAt = direct ? to : 0;
                int outStep = direct ? c.rowStep : TILE_COLUMNS;
                // What sums begin with lies in memory either way: at a branch C2 would leave the vectors as objects.
                float[] begin = direct && adding ? c.data : ZEROS;
                int beginAt = direct && adding ? to : 0;
                int beginStep = direct && adding ? c.rowStep : TILE_COLUMNS;
                if (packed) {
                    tileOfPanel(panelsOfA, row * depth, panelsOfB, panel, depth, begin, beginAt, beginStep, out, outAt,
                            outStep);
                } else {
                    tileOfRows(a.data, aAt + row * a.rowStep, a.rowStep, panelsOfB, panel, depth, begin, beginAt, beginStep,
                            out, outAt, outStep);
                }
                if (!direct) {
                    copyTile(tileRows, columns, c.data, to, c.rowStep, adding);
                }
            }
        }
    }

    /** Copies rows of A into panels of {@link #TILE_ROWS}, the last filled up with zeros. */
    private void packA(int rows, int depth, Matrix a, int at) {
        if (panelsOfA.length == 0) {
            panelsOfA = new float[BLOCK_ROWS * DEPTH];
        }
        int whole = rows - rows % TILE_ROWS;
        for (int r = 0; r < whole; r += TILE_ROWS) {
            if (a.rowStep == 1) {
                packNeighbours(a.data, at + r, a.columnStep, depth, panelsOfA, r * depth);
            } else {
                packTile(a.data, at + r * a.rowStep, a.rowStep, a.columnStep, depth, panelsOfA, r * depth);
            }
        }
        if (whole < rows) {
            for (int r = 0; r < TILE_ROWS; r++) {
                for (int k = 0; k < depth; k++) {
                    panelsOfA[whole * depth + k * TILE_ROWS + r] = whole + r < rows
                            ? a.data[at + (whole + r) * a.rowStep + k * a.columnStep]
                            : 0f;
                }
            }
        }
    }

    /** Four rows whose elements lie side by side: those of a transposed matrix. */
    private static void packNeighbours(float[] a, int at, int columnStep, int depth, float[] panel, int to) {
        for (int k = 0; k < depth; k++) {
            FloatVector.fromArray(FOUR, a, at + k * columnStep).intoArray(panel, to + k * TILE_ROWS);
        }
    }

    private static void packTile(float[] a, int at, int rowStep, int columnStep, int depth, float[] panel, int to) {
        int second = at + rowStep;
        int third = second + rowStep;
        int fourth = third + rowStep;
        for (int k = 0; k < depth; k++) {
            panel[to + k * TILE_ROWS] = a[at + k * columnStep];
            panel[to + k * TILE_ROWS + 1] = a[second + k * columnStep];
            panel[to + k * TILE_ROWS + 2] = a[third + k * columnStep];
            panel[to + k * TILE_ROWS + 3] = a[fourth + k * columnStep];
        }
    }

    private void packB(int panels, int n, int depth, Matrix b, int at) {
        int whole = b.columnStep == 1 ? n / TILE_COLUMNS : 0;
        // Row by row: each is read once, from its beginning to its end.
        for (int k = 0; k < depth; k++) {
            int from = at + k * b.rowStep;
            int to = k * TILE_COLUMNS;
            for (int p = 0; p < whole; p++) {
                load(b.data, from + p * TILE_COLUMNS).intoArray(panelsOfB, to + p * PANEL_STEP);
                load(b.data, from + p * TILE_COLUMNS + LANES).intoArray(panelsOfB, to + p * PANEL_STEP + LANES);
            }
        }
        for (int p = whole; p < panels; p++) {
            int columns = Math.min(TILE_COLUMNS, n - p * TILE_COLUMNS);
            int to = p * PANEL_STEP;
            int from = at + p * TILE_COLUMNS * b.columnStep;
            for (int j = 0; j < TILE_COLUMNS; j++) {
                for (int k = 0; k < depth; k++) {
                    panelsOfB[to + k * TILE_COLUMNS + j] = j < columns ? b.data[from + j * b.columnStep + k * b.rowStep] : 0f;
                }
            }
        }
    }

    private void copyTile(int rows, int columns, float[] c, int to, int step, boolean adding) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < columns; j++) {
                float value = tile[r * TILE_COLUMNS + j];
                c[to + r * step + j] = adding ? c[to + r * step + j] + value : value;
            }
        }
    }

    // The two tiles differ in where A lies only. They are too long for the compiler to inline, and must be: inlined into
    // the loops above they no longer get all their sums into registers.

    private static void tileOfRows(float[] a, int at, int step, float[] b, int bAt, int depth, float[] begin, int beginAt,
            int beginStep, float[] c, int cAt, int cStep) {
        int step2 = 2 * step;
        int step3 = 3 * step;
        FloatVector p0 = load(begin, beginAt);
        FloatVector q0 = load(begin, beginAt + LANES);
        FloatVector p1 = load(begin, beginAt + beginStep);
        FloatVector q1 = load(begin, beginAt + beginStep + LANES);
        FloatVector p2 = load(begin, beginAt + 2 * beginStep);
        FloatVector q2 = load(begin, beginAt + 2 * beginStep + LANES);
        FloatVector p3 = load(begin, beginAt + 3 * beginStep);
        FloatVector q3 = load(begin, beginAt + 3 * beginStep + LANES);
        int end = at + depth;
        for (int k = at, j = bAt; k < end; k++, j += TILE_COLUMNS) {
            FloatVector x = load(b, j);
            FloatVector y = load(b, j + LANES);
            FloatVector v = FloatVector.broadcast(SPECIES, a[k]);
            p0 = v.fma(x, p0);
            q0 = v.fma(y, q0);
            v = FloatVector.broadcast(SPECIES, a[k + step]);
            p1 = v.fma(x, p1);
            q1 = v.fma(y, q1);
            v = FloatVector.broadcast(SPECIES, a[k + step2]);
            p2 = v.fma(x, p2);
            q2 = v.fma(y, q2);
            v = FloatVector.broadcast(SPECIES, a[k + step3]);
            p3 = v.fma(x, p3);
            q3 = v.fma(y, q3);
        }
        store(p0, q0, c, cAt);
        store(p1, q1, c, cAt + cStep);
        store(p2, q2, c, cAt + 2 * cStep);
        store(p3, q3, c, cAt + 3 * cStep);
    }

    private static void tileOfPanel(float[] a, int aAt, float[] b, int bAt, int depth, float[] begin, int beginAt,
            int beginStep, float[] c, int cAt, int cStep) {
        FloatVector p0 = load(begin, beginAt);
        FloatVector q0 = load(begin, beginAt + LANES);
        FloatVector p1 = load(begin, beginAt + beginStep);
        FloatVector q1 = load(begin, beginAt + beginStep + LANES);
        FloatVector p2 = load(begin, beginAt + 2 * beginStep);
        FloatVector q2 = load(begin, beginAt + 2 * beginStep + LANES);
        FloatVector p3 = load(begin, beginAt + 3 * beginStep);
        FloatVector q3 = load(begin, beginAt + 3 * beginStep + LANES);
        for (int k = 0; k < depth; k++) {
            int at = aAt + k * TILE_ROWS;
            int j = bAt + k * TILE_COLUMNS;
            FloatVector x = load(b, j);
            FloatVector y = load(b, j + LANES);
            FloatVector v = FloatVector.broadcast(SPECIES, a[at]);
            p0 = v.fma(x, p0);
            q0 = v.fma(y, q0);
            v = FloatVector.broadcast(SPECIES, a[at + 1]);
            p1 = v.fma(x, p1);
            q1 = v.fma(y, q1);
            v = FloatVector.broadcast(SPECIES, a[at + 2]);
            p2 = v.fma(x, p2);
            q2 = v.fma(y, q2);
            v = FloatVector.broadcast(SPECIES, a[at + 3]);
            p3 = v.fma(x, p3);
            q3 = v.fma(y, q3);
        }
        store(p0, q0, c, cAt);
        store(p1, q1, c, cAt + cStep);
        store(p2, q2, c, cAt + 2 * cStep);
        store(p3, q3, c, cAt + 3 * cStep);
    }

    private static FloatVector load(float[] a, int at) {
        return FloatVector.fromArray(SPECIES, a, at);
    }

    private static void store(FloatVector p, FloatVector q, float[] c, int at) {
        p.intoArray(c, at);
        q.intoArray(c, at + LANES);
    }
}
