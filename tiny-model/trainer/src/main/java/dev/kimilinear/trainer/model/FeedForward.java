package dev.kimilinear.trainer.model;

/** The half of a block that sees each row for itself, on the normed residual stream. */
interface FeedForward {

    /** Adds the answers of n rows to the residual stream x. Keeps h. */
    void forward(float[] h, int n, float[] x);

    /** From dx, the gradient of n rows of the residual stream behind this half: writes that of h. */
    void backward(float[] dx, int n, float[] dh);
}
