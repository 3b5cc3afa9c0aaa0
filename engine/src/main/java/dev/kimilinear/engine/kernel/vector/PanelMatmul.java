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
 * Matrix products with quantised weights in panels: block after block along a panel, and for each block all activation
 * rows, two or four at a time, or eight ({@link ByteTiles}), so that a block is read from memory once. Several activation rows
 * meet 32 weight rows at a time: a panel, or two panels side by side. Matrices that lie row after row are brought into panels
 * piece by piece, in memory of the calling thread.
 */
final class PanelMatmul {

    /** Weight rows in a strip, the unit that panels are made of. */
    private static final int STRIP = 16;
    /** Weight rows that the kernels for several activation rows cover. */
    private static final int WIDE = 2 * STRIP;
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
        int width = count == 1 ? layout.rows() : WIDE;
        // Room for more rows: three are multiplied as four, and five or more as eight.
        float[] acc = scratch.floats((count + MORE_ROWS) * width + ByteTiles.SCRATCH);
        for (int row = from; row < to; row += width) {
            int panels = Math.min(width, to - row + layout.rows() - 1) / layout.rows();
            MemorySegment data = w.data();
            long at;
            if (w.layout() != null) {
                at = w.panelOffsetBytes(matrix, row / layout.rows());
            } else {
                data = pack(w, layout, matrix, row, panels, scratch);
                at = 0;
            }
            Arrays.fill(acc, 0, (count + MORE_ROWS) * width, 0f);
            if (count == 1) {
                one(layout, data, at, x, rows[rowsAt], acc);
            } else {
                // Where there is no second panel the first is taken twice, and its second result left alone.
                long next = panels * layout.rows() < WIDE ? 0 : layout.panelBytes(w.columns());
                several(layout, data, at, next, x, rows, rowsAt, count, acc, scratch);
            }
            int present = Math.min(panels * layout.rows(), to - row);
            for (int t = 0; t < count; t++) {
                System.arraycopy(acc, t * width, y, yOffset + t * yStride + row, present);
            }
        }
    }

    private static MemorySegment pack(Tensor w, PanelLayout layout, int matrix, int row, int panels, Scratch scratch) {
        long panelBytes = layout.panelBytes(w.columns());
        MemorySegment packed = scratch.bytes(panels * panelBytes);
        for (int i = 0; i < panels; i++) {
            int first = row + i * layout.rows();
            scratch.packer(layout).pack(w.data(), w.rowOffsetBytes(matrix, first), w.rows() - first, w.columns(), packed,
                    i * panelBytes);
        }
        return packed;
    }

    /** One panel with one activation row. */
    private static void one(PanelLayout layout, MemorySegment data, long at, Activations x, int row, float[] acc) {
        GgmlType type = layout.format().type();
        int group = layout.format().activationGroup();
        int length = layout.preparedLength();
        int[] prepared = x.prepared(layout);
        float[] dx = x.quants(group).scales;
        int scale = row * (x.columns() / group);
        int groupsPerBlock = layout.columns() / group;
        int blocks = x.columns() / layout.columns();
        for (int b = 0; b < blocks; b++, at += layout.blockBytes()) {
            for (int lane = 0; lane < STRIP; lane += L) {
                PanelKernels.multiply1(type, data, at + 4 * lane, prepared, (b * x.rows() + row) * length, dx,
                        scale + b * groupsPerBlock, acc, lane);
            }
        }
    }

    /** 32 weight rows with several activation rows. */
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
                for (int lane = 0; lane < STRIP; lane += L) {
                    PanelKernels.multiply4(type, data, at + 4 * lane, next, prepared, (block + r0) * length,
                            (block + r1) * length, (block + r2) * length, (block + r3) * length, dx, r0 * groups + scale,
                            r1 * groups + scale, r2 * groups + scale, r3 * groups + scale, acc, accAt + lane, sums, ONE);
                }
            }
            for (; t < count; t += 2) {
                int r0 = rows[rowsAt + t];
                int r1 = t + 1 < count ? rows[rowsAt + t + 1] : r0;
                int accAt = t * WIDE;
                for (int lane = 0; lane < STRIP; lane += L) {
                    PanelKernels.multiply2(type, data, at + 4 * lane, next, prepared, (block + r0) * length,
                            (block + r1) * length, dx, r0 * groups + scale, r1 * groups + scale, acc, accAt + lane, ONE);
                }
            }
        }
    }
}
