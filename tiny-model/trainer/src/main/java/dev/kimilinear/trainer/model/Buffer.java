package dev.kimilinear.trainer.model;

/** An array that grows: activations of as many rows as the largest batch had so far. */
final class Buffer {

    private float[] values = new float[0];

    /** The array, with at least {@code size} elements. What it held is kept only if it did not grow. */
    float[] of(int size) {
        if (values.length < size) {
            values = new float[size + size / 8];
        }
        return values;
    }

    /** The array as it was last asked for. */
    float[] get() {
        return values;
    }
}
