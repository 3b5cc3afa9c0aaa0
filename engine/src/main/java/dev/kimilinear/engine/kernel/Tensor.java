package dev.kimilinear.engine.kernel;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.kernel.panel.PanelLayout;
import dev.kimilinear.engine.kernel.quant.BlockFormat;
import dev.kimilinear.engine.kernel.quant.FloatFormat;
import dev.kimilinear.engine.kernel.quant.QuantisedFormat;
import dev.kimilinear.engine.kernel.quant.UnpackedBlock;

/**
 * Weight matrices: a read-only view on encoded weights. A matrix computes {@code y[r] = sum over c of W[r][c] x[c]}. Several
 * matrices of one shape may lie one after another: experts, heads, the parts of a fused matrix.
 *
 * @param name the GGUF tensor it comes from, for messages
 * @param format how weights are encoded
 * @param layout how a matrix lies in panels; null: row after row, as in the file
 * @param matrices matrices of this shape
 * @param rows output values of a matrix
 * @param columns input values; a multiple of the format's block
 * @param data the bytes, usually the mapped file
 * @param offsetBytes where the first matrix begins in {@code data}
 */
public record Tensor(String name, BlockFormat format, PanelLayout layout, int matrices, int rows, int columns,
        MemorySegment data, long offsetBytes) {

    /** Matrices as they lie in a file. */
    public static Tensor rowMajor(String name, BlockFormat format, int matrices, int rows, int columns, MemorySegment data,
            long offsetBytes) {
        return new Tensor(name, format, null, matrices, rows, columns, data, offsetBytes);
    }

    /** Rows that a kernel takes together: work is cut at multiples of it. */
    public int rowUnit() {
        return layout == null ? 1 : PanelLayout.ROWS;
    }

    /** Bytes of one matrix. */
    public long matrixBytes() {
        return layout == null ? rows * format.rowBytes(columns) : layout.bytes(rows, columns);
    }

    /** Where a row begins in {@link #data}; row-major matrices only. */
    public long rowOffsetBytes(int matrix, int row) {
        assert layout == null : name;
        return offsetBytes + ((long) matrix * rows + row) * format.rowBytes(columns);
    }

    /** Where a panel begins in {@link #data}; matrices in panels only. */
    public long panelOffsetBytes(int matrix, int panel) {
        return offsetBytes + matrix * matrixBytes() + panel * layout.panelBytes(columns);
    }

    /** One of the matrices. */
    public Tensor matrix(int index) {
        if (index < 0 || index >= matrices) {
            throw new IndexOutOfBoundsException("matrix " + index + " of tensor \"" + name + "\" with " + matrices);
        }
        return new Tensor(name, format, layout, 1, rows, columns, data, offsetBytes + index * matrixBytes());
    }

    /** The first rows of the first matrix; as many as there are, if that is less. */
    public Tensor firstRows(int count) {
        return new Tensor(name, format, layout, 1, Math.min(count, rows), columns, data, offsetBytes);
    }

    /** The same bytes as so many matrices one after another; row-major tensors only. */
    public Tensor split(int count) {
        if (layout != null || matrices * rows % count != 0) {
            throw new IllegalArgumentException("tensor \"" + name + "\" cannot be cut into " + count + " matrices");
        }
        return rowMajor(name, format, count, matrices * rows / count, columns, data, offsetBytes);
    }

    /**
     * Decodes one row of the first matrix to floats; row-major matrices only.
     *
     * @param block scratch memory
     */
    public void decodeRow(int row, float[] out, int outOffset, UnpackedBlock block) {
        long at = rowOffsetBytes(0, row);
        switch (format) {
            case FloatFormat f -> f.decodeRow(data, at, columns, out, outOffset);
            case QuantisedFormat f -> f.decodeRow(data, at, columns, out, outOffset, block);
        }
    }
}
