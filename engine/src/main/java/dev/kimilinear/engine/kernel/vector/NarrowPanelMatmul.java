package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.vector.Lanes.L;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Scratch;
import dev.kimilinear.engine.kernel.panel.PanelLayout;

/**
 * What {@link PanelMatmul} does with two panels where vectors are shorter than a line: a block of one panel, then the block
 * of the other, two vectors of rows after another. Sixteen registers hold the sums of two activation rows.
 */
final class NarrowPanelMatmul {

    private static final int WIDE = 2 * PanelLayout.ROWS;
    private static final int LINE_BYTES = 64;
    /** Weight rows of a call: two vectors. */
    private static final int ROWS = 2 * L;

    /** Given to kernels as arguments, for a reason that is said there. */
    private static final int ONE = 1;
    private static final long LINE = LINE_BYTES;

    private NarrowPanelMatmul() {
    }

    /**
     * The prepared activations as the kernels read them: {@code [blocks, rows, length]} of one row, or of the given rows, two
     * by two, {@code [pairs, blocks, length, 2]}, an odd last one twice.
     */
    static int[] prepared(PanelLayout layout, Activations x, int[] rows, int rowsAt, int count, Scratch scratch) {
        int[] prepared = x.prepared(layout);
        if (count == 1) {
            return prepared;
        }
        int length = layout.preparedLength();
        int blocks = x.columns() / layout.columns();
        int[] out = scratch.ints((count + 1) / 2 * 2 * blocks * length);
        int o = 0;
        for (int t = 0; t < count; t += 2) {
            int r0 = rows[rowsAt + t];
            int r1 = rows[rowsAt + Math.min(t + 1, count - 1)];
            for (int b = 0; b < blocks; b++) {
                int from0 = (b * x.rows() + r0) * length;
                int from1 = (b * x.rows() + r1) * length;
                for (int i = 0; i < length; i++) {
                    out[o + 2 * i] = prepared[from0 + i];
                    out[o + 2 * i + 1] = prepared[from1 + i];
                }
                o += 2 * length;
            }
        }
        return out;
    }

    /**
     * Adds the products of two panels.
     *
     * @param next distance of the second panel, 0 if there is none
     * @param prepared what {@link #prepared} gave
     * @param acc {@code [count + 1, 32]}, 16 values a panel
     */
    static void multiply(PanelLayout layout, MemorySegment w, long at, long next, Activations x, int[] rows, int rowsAt,
            int count, int[] prepared, float[] acc) {
        GgmlType type = layout.format().type();
        int group = layout.format().activationGroup();
        int length = layout.preparedLength();
        float[] dx = x.quants(group).scales;
        int groups = x.columns() / group;
        int groupsPerBlock = layout.columns() / group;
        int blocks = x.columns() / layout.columns();
        for (int b = 0; b < blocks; b++) {
            int scale = b * groupsPerBlock;
            long block = at + (long) b * layout.blockBytes();
            for (int panel = 0; panel < (next == 0 ? 1 : 2); panel++, block += next) {
                for (int lane = 0; lane < PanelLayout.ROWS; lane += ROWS) {
                    int accAt = panel * PanelLayout.ROWS + lane;
                    if (count == 1) {
                        int row = rows[rowsAt];
                        NarrowPanelKernels.multiply1(type, w, block + 4 * lane, prepared, (b * x.rows() + row) * length, dx,
                                row * groups + scale, acc, accAt, ONE, LINE);
                    }
                    for (int t = 0; t < count && count > 1; t += 2) {
                        int r0 = rows[rowsAt + t];
                        int r1 = rows[rowsAt + Math.min(t + 1, count - 1)];
                        NarrowPanelKernels.multiply2(type, w, block + 4 * lane, prepared, (t * blocks + 2 * b) * length, dx,
                                r0 * groups + scale, r1 * groups + scale, acc, t * WIDE + accAt, ONE, LINE);
                    }
                }
            }
        }
    }
}
