package dev.kimilinear.trainer.model;

/**
 * A tensor that is learned. Its name and the order of its values are those of the GGUF file, but for two: the taps of
 * convolutions lie tap by tap, and {@code ssm_a_log} is what the file holds as {@code ssm_a = -exp(ssm_a_log)}.
 */
public final class Parameter {

    /** How a parameter is learned. */
    public enum Kind {
        /** A matrix (or one for each expert) between hidden layers. */
        HIDDEN_MATRIX,
        /** Everything else. */
        OTHER
    }

    private final String name;
    private final Kind kind;
    private final int matrices;
    private final int rows;
    private final int columns;
    private final float rate;
    private final float[] values;
    private final float[][] gradients;

    Parameter(String name, Kind kind, int matrices, int rows, int columns, float rate, int workers) {
        this.name = name;
        this.kind = kind;
        this.matrices = matrices;
        this.rows = rows;
        this.columns = columns;
        this.rate = rate;
        values = new float[matrices * rows * columns];
        gradients = new float[workers][values.length];
    }

    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** Matrices of equal shape, one after the other. */
    public int matrices() {
        return matrices;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** Factor on the learning rate. */
    public float rate() {
        return rate;
    }

    public float[] values() {
        return values;
    }

    /** The gradient that a worker adds to. */
    public float[] gradient(int worker) {
        return gradients[worker];
    }
}
