package dev.kimilinear.trainer.model;

import dev.kimilinear.trainer.kernel.Gemm;
import dev.kimilinear.trainer.kernel.Gemm.Matrix;

/** {@code y = W x} for rows x, with W [out, in]. */
final class Linear {

    private final Gemm gemm;
    private final int out;
    private final int in;
    private final Matrix weights;
    private final Matrix gradient;

    Linear(Parameter parameter, int worker, Gemm gemm) {
        this.gemm = gemm;
        out = parameter.rows();
        in = parameter.columns();
        weights = Matrix.rows(parameter.values(), in);
        gradient = Matrix.rows(parameter.gradient(worker), in);
    }

    /** n rows of y. */
    float[] forward(float[] x, int n, float[] y) {
        gemm.multiply(n, out, in, Matrix.rows(x, in), weights.transposed(), Matrix.rows(y, out));
        return y;
    }

    /** n rows of y = y + W x. */
    void forwardAdd(float[] x, int n, float[] y) {
        gemm.multiplyAdd(n, out, in, Matrix.rows(x, in), weights.transposed(), Matrix.rows(y, out));
    }

    /** Adds to the gradient of W; writes dx. */
    float[] backward(float[] x, float[] dy, int n, float[] dx) {
        gradient(x, dy, n);
        gemm.multiply(n, in, out, Matrix.rows(dy, out), weights, Matrix.rows(dx, in));
        return dx;
    }

    /** Adds to the gradient of W and to dx. */
    void backwardAdd(float[] x, float[] dy, int n, float[] dx) {
        gradient(x, dy, n);
        gemm.multiplyAdd(n, in, out, Matrix.rows(dy, out), weights, Matrix.rows(dx, in));
    }

    private void gradient(float[] x, float[] dy, int n) {
        gemm.multiplyAdd(out, in, n, Matrix.rows(dy, out).transposed(), Matrix.rows(x, in), gradient);
    }
}
