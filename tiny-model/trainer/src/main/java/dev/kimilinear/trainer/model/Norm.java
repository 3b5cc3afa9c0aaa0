package dev.kimilinear.trainer.model;

import dev.kimilinear.trainer.kernel.Ops;

/** RMSNorm of rows, with learned weights. */
final class Norm {

    private final float[] weights;
    private final float[] gradient;
    private final int width;
    private final float eps;
    private final Buffer normed = new Buffer();
    private final Buffer inverse = new Buffer();

    Norm(Parameter parameter, int worker, float eps) {
        weights = parameter.values();
        gradient = parameter.gradient(worker);
        width = parameter.columns();
        this.eps = eps;
    }

    /**
     * n rows of h.
     *
     * @param step distance of rows in x
     */
    float[] forward(float[] x, int step, int n, float[] h) {
        Ops.rmsNorm(x, step, n, width, weights, eps, normed.of(n * width), inverse.of(n), h);
        return h;
    }

    /** Adds to dx, whose rows are {@code step} apart, and to the gradient of the weights. */
    void backwardAdd(float[] dh, int n, float[] dx, int step) {
        Ops.rmsNormBackward(dh, normed.get(), inverse.get(), weights, n, width, dx, step, gradient);
    }
}
