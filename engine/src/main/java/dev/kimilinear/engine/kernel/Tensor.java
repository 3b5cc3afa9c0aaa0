package dev.kimilinear.engine.kernel;

import java.lang.foreign.MemorySegment;

import dev.kimilinear.engine.kernel.quant.BlockFormat;

/**
 * A weight matrix: a read-only view on rows of encoded weights. It computes {@code y[r] = sum over c of W[r][c] x[c]}.
 *
 * @param name the GGUF tensor it comes from, for messages
 * @param format how a row is encoded
 * @param rows output values
 * @param columns input values; a multiple of the format's block
 * @param data the bytes, usually the mapped file
 * @param offsetBytes where row 0 begins in {@code data}
 */
public record Tensor(String name, BlockFormat format, int rows, int columns, MemorySegment data, long offsetBytes) {

    /** Bytes of one row. */
    public long rowBytes() {
        return format.rowBytes(columns);
    }

    /** Where a row begins in {@link #data}. */
    public long rowOffsetBytes(int row) {
        return offsetBytes + row * rowBytes();
    }

    /** The rows {@code [first, first + count)} as a matrix of their own: one expert, one head, one part of a fused matrix. */
    public Tensor slice(int first, int count) {
        if (first < 0 || count < 0 || first + count > rows) {
            throw new IndexOutOfBoundsException(
                    "rows [" + first + ", " + (first + count) + ") of tensor \"" + name + "\" with " + rows + " rows");
        }
        return new Tensor(name, format, count, columns, data, rowOffsetBytes(first));
    }

    /** Decodes one row to floats. */
    public void decodeRow(int row, float[] out, int outOffset) {
        format.decodeRow(data, rowOffsetBytes(row), columns, out, outOffset);
    }
}
