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
 * rows, four at a time, so that a block is read from memory once. Matrices that lie row after row are brought into panels
 * piece by piece, in memory of the calling thread.
 */
final class PanelMatmul {

    private PanelMatmul() {
    }

    static void matmul(Tensor w, PanelLayout layout, int matrix, int from, int to, Activations x, int[] rows, int rowsAt,
            int count, float[] y, int yOffset, int yStride, Scratch scratch) {
        int panelRows = layout.rows();
        float[] acc = scratch.floats(count * panelRows);
        for (int row = from; row < to; row += panelRows) {
            Arrays.fill(acc, 0, count * panelRows, 0f);
            if (w.layout() != null) {
                panel(layout, w.data(), w.panelOffsetBytes(matrix, row / panelRows), x, rows, rowsAt, count, acc);
            } else {
                MemorySegment packed = scratch.bytes(layout.panelBytes(w.columns()));
                scratch.packer(layout).pack(w.data(), w.rowOffsetBytes(matrix, row), w.rows() - row, w.columns(), packed, 0);
                panel(layout, packed, 0, x, rows, rowsAt, count, acc);
            }
            int present = Math.min(panelRows, to - row);
            for (int t = 0; t < count; t++) {
                System.arraycopy(acc, t * panelRows, y, yOffset + t * yStride + row, present);
            }
        }
    }

    private static void panel(PanelLayout layout, MemorySegment data, long at, Activations x, int[] rows, int rowsAt,
            int count, float[] acc) {
        GgmlType type = layout.format().type();
        int group = layout.format().activationGroup();
        int length = layout.preparedLength();
        int[] prepared = x.prepared(layout);
        float[] dx = x.quants(group).scales;
        int groups = x.columns() / group;
        int groupsPerBlock = layout.columns() / group;
        int blocks = x.columns() / layout.columns();
        int vectors = layout.rows() / 16;
        for (int b = 0; b < blocks; b++, at += layout.blockBytes()) {
            int block = b * x.rows();
            int scale = b * groupsPerBlock;
            int t = 0;
            for (; t + 4 <= count; t += 4) {
                int r0 = rows[rowsAt + t];
                int r1 = rows[rowsAt + t + 1];
                int r2 = rows[rowsAt + t + 2];
                int r3 = rows[rowsAt + t + 3];
                int accAt = t * layout.rows();
                for (int lane = 0; lane < layout.rows(); lane += L) {
                    PanelKernels.multiply4(type, data, at + 4 * lane, prepared, (block + r0) * length, (block + r1) * length,
                            (block + r2) * length, (block + r3) * length, dx, r0 * groups + scale, r1 * groups + scale,
                            r2 * groups + scale, r3 * groups + scale, acc, accAt + lane);
                }
            }
            for (; t + 2 <= count; t += 2) {
                int r0 = rows[rowsAt + t];
                int r1 = rows[rowsAt + t + 1];
                int accAt = t * layout.rows();
                for (int lane = 0; lane < layout.rows(); lane += L) {
                    PanelKernels.multiply2(type, data, at + 4 * lane, prepared, (block + r0) * length, (block + r1) * length,
                            dx, r0 * groups + scale, r1 * groups + scale, acc, accAt + lane);
                }
            }
            if (t < count) {
                int r0 = rows[rowsAt + t];
                int accAt = t * layout.rows();
                for (int lane = 0; lane < layout.rows(); lane += vectors * L) {
                    PanelKernels.multiply1(type, data, at + 4 * lane, prepared, (block + r0) * length, dx,
                            r0 * groups + scale, acc, accAt + lane);
                }
            }
        }
    }
}
