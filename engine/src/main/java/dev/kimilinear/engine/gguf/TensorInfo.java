package dev.kimilinear.engine.gguf;

import java.util.List;

/**
 * One entry of a file's tensor directory, checked when the file was opened: positive dimensions, rows of whole blocks,
 * bytes inside the file.
 *
 * @param name unique among all parts of the model
 * @param shape 1 to 4 dimensions in GGUF order, the fastest one (the row length) first
 * @param type of the weights
 * @param part number of the split file that holds the tensor, from 0
 * @param offsetBytes from the beginning of that file
 * @param bytes of the weights
 */
public record TensorInfo(String name, List<Long> shape, GgmlType type, int part, long offsetBytes, long bytes) {

    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /** Number of dimensions, 1 to 4. */
    public int rank() {
        return shape.size();
    }

    /** Size of dimension {@code i} from 0, the fastest; 1 beyond the rank. */
    public long dimension(int i) {
        return i < shape.size() ? shape.get(i) : 1;
    }

    /** Number of weights: the product of all dimensions. */
    public long elements() {
        long product = 1;
        for (long dimension : shape) {
            product *= dimension;
        }
        return product;
    }

    /** The shape as errors show it: {@code [4096, 128]}. */
    public String shapeText() {
        return shape.toString();
    }
}
