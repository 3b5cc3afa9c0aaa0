package dev.kimilinear.trainer.model;

/** Half of a block: attention or a feed-forward network, on the normed residual stream. */
interface Part {

    /** Adds the part's answer to the residual stream x. Keeps h. */
    void forward(float[] h, Batch batch, float[] x);

    /** From dx, the gradient of the residual stream behind this part: writes that of h. */
    void backward(float[] dx, Batch batch, float[] dh);
}
