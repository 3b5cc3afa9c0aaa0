package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.L;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.panel.PanelLayout;

/**
 * What {@link PanelMatmul} does with two panels where vectors are shorter than a line: a block of one panel, then the block
 * of the other, two vectors of rows after another. There are registers for the sums of two activation rows.
 */
final class NarrowPanelMatmul {

    private static final int LINE_BYTES = 64;
    /** Distance of activation rows in acc. */
    private static final int ACC_STRIDE = 2 * PanelLayout.ROWS;
    /** Weight rows of a call: two vectors. */
    private static final int ROWS = 2 * L;

    /** Given to kernels as arguments, for a reason that is said there. */
    private static final int ONE = 1;
    private static final long LINE = LINE_BYTES;

    private NarrowPanelMatmul() {
    }

    /**
     * Adds the products of two panels.
     *
     * @param next distance of the second panel, 0 if there is none
     * @param acc {@code [count + 3, 32]}, 16 values a panel; scratch memory begins at memoryAt
     */
    static void multiply(PanelLayout layout, MemorySegment w, long at, long next, Activations x, int[] rows, int rowsAt,
            int count, float[] acc, int memoryAt) {
        GgmlType type = layout.format().type();
        boolean tiles = NarrowByteTiles.suit(type, count);
        int blocks = x.columns() / layout.columns();
        for (int b = 0; b < blocks; b++) {
            long block = at + (long) b * layout.blockBytes();
            for (int panel = 0; panel < (next == 0 ? 1 : 2); panel++, block += next) {
                int accAt = panel * PanelLayout.ROWS;
                if (tiles) {
                    NarrowByteTiles.multiply(type, w, block, x, rows, rowsAt, count, b * layout.columns(), acc, accAt,
                            memoryAt);
                } else {
                    multiply(layout, w, block, b, x, rows, rowsAt, count, acc, accAt);
                }
            }
        }
    }

    /** Adds the products of block b of a panel. */
    private static void multiply(PanelLayout layout, MemorySegment w, long at, int b, Activations x, int[] rows, int rowsAt,
            int count, float[] acc, int accAt) {
        GgmlType type = layout.format().type();
        int group = layout.format().activationGroup();
        int length = layout.preparedLength();
        int[] prepared = x.prepared(layout);
        int block = b * x.rows();
        float[] dx = x.quants(group).scales;
        int groups = x.columns() / group;
        int scale = b * (layout.columns() / group);
        for (int lane = 0; lane < PanelLayout.ROWS; lane += ROWS) {
            if (count == 1) {
                int row = rows[rowsAt];
                NarrowPanelKernels.multiply1(type, w, at + 4 * lane, prepared, (block + row) * length, dx,
                        row * groups + scale, acc, accAt + lane, ONE, LINE);
                continue;
            }
            for (int t = 0; t < count; t += 2) {
                int r0 = rows[rowsAt + t];
                int r1 = rows[rowsAt + Math.min(t + 1, count - 1)];
                NarrowPanelKernels.multiply2(type, w, at + 4 * lane, prepared, (block + r0) * length, (block + r1) * length, dx,
                        r0 * groups + scale, r1 * groups + scale, acc, t * ACC_STRIDE + accAt + lane, ONE, LINE);
            }
        }
    }
}
