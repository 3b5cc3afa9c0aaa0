package dev.kimilinear.trainer.model;

/** The half of a block that mixes the rows of a sequence, on the normed residual stream. */
interface Attention {

    /** Adds the answer to the residual stream x. Keeps h. */
    void forward(float[] h, Batch batch, float[] x);

    /** From dx, the gradient of the residual stream behind this half: writes that of h. */
    void backward(float[] dx, Batch batch, float[] dh);
}
