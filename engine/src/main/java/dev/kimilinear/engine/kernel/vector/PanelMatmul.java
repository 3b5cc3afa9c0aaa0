package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.L;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Scratch;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.panel.PanelLayout;

/**
 * Matrix products with quantised weights in panels: block after block along two panels, and for each block all activation
 * rows, two or four at a time, or eight ({@link ByteTiles}), so that a block is read from memory once. The second panel lies
 * half of the rows behind the first: two long streams of memory are read faster than one, by a sixth where one thread
 * decodes, and short ones slower. Matrices that lie row after row are brought into panels piece by piece, in memory of the
 * calling thread.
 */
final class PanelMatmul {

    /** Weight rows that are multiplied together. */
    private static final int WIDE = 2 * PanelLayout.ROWS;
    /** Whether vectors are shorter than a line of a panel. */
    private static final boolean NARROW = L < PanelLayout.ROWS;
    /**
     * Activation rows that go along the panels together: what is prepared of them stays in the L2 cache from panel to panel.
     */
    private static final int MOST_ROWS = 64;

    /** Rows of sums that kernels write besides those that were asked for. */
    private static final int MORE_ROWS = 3;

    /** Given to kernels as an argument, for a reason that is said there. */
    private static final int ONE = 1;

    private PanelMatmul() {
    }

    static void matmul(Tensor w, PanelLayout layout, int matrix, int from, int to, Activations x, int[] rows, int rowsAt,
            int count, float[] y, int yOffset, int yStride, Scratch scratch) {
        // Rows of matrices that are packed here go together: packing takes longer than reading activations again.
        int most = w.layout() == null ? count : MOST_ROWS;
        for (int t = 0; t < count; t += most) {
            atOnce(w, layout, matrix, from, to, x, rows, rowsAt + t, Math.min(most, count - t), y, yOffset + t * yStride,
                    yStride, scratch);
        }
    }

    private static void atOnce(Tensor w, PanelLayout layout, int matrix, int from, int to, Activations x, int[] rows,
            int rowsAt, int count, float[] y, int yOffset, int yStride, Scratch scratch) {
        // Room for more rows: three are multiplied as four, and five or more as eight.
        int memoryAt = (count + MORE_ROWS) * WIDE;
        float[] acc = scratch.floats(memoryAt + (NARROW ? NarrowByteTiles.SCRATCH : ByteTiles.SCRATCH));
        int pairs = ((to - from + PanelLayout.ROWS - 1) / PanelLayout.ROWS + 1) / 2;
        long panelBytes = layout.panelBytes(w.columns());
        for (int row = from; row < from + pairs * PanelLayout.ROWS; row += PanelLayout.ROWS) {
            int other = row + pairs * PanelLayout.ROWS;
            MemorySegment data = w.data();
            long at = 0;
            // Where there is no second panel the first is taken twice, and its second result left alone.
            long next = 0;
            if (w.layout() != null) {
                at = w.panelOffsetBytes(matrix, row / PanelLayout.ROWS);
                next = other < to ? pairs * panelBytes : 0;
            } else {
                data = scratch.bytes(2 * panelBytes);
                pack(w, layout, matrix, row, data, 0, scratch);
                if (other < to) {
                    next = panelBytes;
                    pack(w, layout, matrix, other, data, panelBytes, scratch);
                }
            }
            Arrays.fill(acc, 0, memoryAt, 0f);
            if (NARROW) {
                NarrowPanelMatmul.multiply(layout, data, at, next, x, rows, rowsAt, count, acc, memoryAt);
            } else if (count == 1) {
                one(layout, data, at, next, x, rows[rowsAt], acc);
            } else {
                several(layout, data, at, next, x, rows, rowsAt, count, acc, scratch);
            }
            for (int t = 0; t < count; t++) {
                int yAt = yOffset + t * yStride;
                System.arraycopy(acc, t * WIDE, y, yAt + row, Math.min(PanelLayout.ROWS, to - row));
                if (other < to) {
                    System.arraycopy(acc, t * WIDE + PanelLayout.ROWS, y, yAt + other, Math.min(PanelLayout.ROWS, to - other));
                }
            }
        }
    }

    private static void pack(Tensor w, PanelLayout layout, int matrix, int row, MemorySegment packed, long at,
            Scratch scratch) {
        scratch.packer(layout).pack(w.data(), w.rowOffsetBytes(matrix, row), w.rows() - row, w.columns(), packed, at);
    }

    /** Two panels with one activation row. */
    private static void one(PanelLayout layout, MemorySegment data, long at, long next, Activations x, int row, float[] acc) {
        GgmlType type = layout.format().type();
        int group = layout.format().activationGroup();
        int length = layout.preparedLength();
        int[] prepared = x.prepared(layout);
        float[] dx = x.quants(group).scales;
        int scale = row * (x.columns() / group);
        int groupsPerBlock = layout.columns() / group;
        int blocks = x.columns() / layout.columns();
        for (int b = 0; b < blocks; b++, at += layout.blockBytes()) {
            PanelKernels.multiply1(type, data, at, next, prepared, (b * x.rows() + row) * length, dx,
                    scale + b * groupsPerBlock, acc, 0);
        }
    }

    /** Two panels with several activation rows. */
    private static void several(PanelLayout layout, MemorySegment data, long at, long next, Activations x, int[] rows,
            int rowsAt, int count, float[] acc, Scratch scratch) {
        GgmlType type = layout.format().type();
        boolean fours = PanelKernels.knowsFour(type);
        int[] sums = scratch.ints(4 * WIDE);
        int group = layout.format().activationGroup();
        int length = layout.preparedLength();
        int[] prepared = x.prepared(layout);
        float[] dx = x.quants(group).scales;
        int groups = x.columns() / group;
        int groupsPerBlock = layout.columns() / group;
        int blocks = x.columns() / layout.columns();
        int tiled = ByteTiles.rows(type, count);
        for (int b = 0; b < blocks; b++, at += layout.blockBytes()) {
            int block = b * x.rows();
            int scale = b * groupsPerBlock;
            int t = tiled;
            if (tiled > 0) {
                ByteTiles.multiply(data, at, next, x, rows, rowsAt, Math.min(count, tiled), tiled, b * layout.columns(), acc,
                        (count + MORE_ROWS) * WIDE, sums);
            }
            for (; fours && t + 2 < count; t += 4) {
                int r0 = rows[rowsAt + t];
                int r1 = rows[rowsAt + t + 1];
                int r2 = rows[rowsAt + t + 2];
                // The last three rows as four, one of them twice: faster than two and one.
                int r3 = t + 3 < count ? rows[rowsAt + t + 3] : r2;
                int accAt = t * WIDE;
                PanelKernels.multiply4(type, data, at, next, prepared, (block + r0) * length, (block + r1) * length,
                        (block + r2) * length, (block + r3) * length, dx, r0 * groups + scale, r1 * groups + scale,
                        r2 * groups + scale, r3 * groups + scale, acc, accAt, sums, ONE);
            }
            for (; t < count; t += 2) {
                int r0 = rows[rowsAt + t];
                int r1 = t + 1 < count ? rows[rowsAt + t + 1] : r0;
                int accAt = t * WIDE;
                PanelKernels.multiply2(type, data, at, next, prepared, (block + r0) * length, (block + r1) * length, dx,
                        r0 * groups + scale, r1 * groups + scale, acc, accAt, ONE);
            }
        }
    }
}
