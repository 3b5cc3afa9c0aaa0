package dev.kimilinear.trainer.optimizer;

import dev.kimilinear.trainer.kernel.Gemm;
import dev.kimilinear.trainer.kernel.Gemm.Matrix;
import dev.kimilinear.trainer.model.Parameter;

/**
 * Muon for the hidden matrices (Jordan et al., 2024; the scale of Liu et al., "Muon is scalable for LLM training", 2025,
 * which Kimi models are trained with): momentum, then the nearest orthogonal matrix by five Newton-Schulz steps, times {@code
 * 0.2 sqrt(max(rows, columns))} so that its entries are as large as Adam's, and weight decay. It reaches the same loss in
 * about half the tokens that Adam needs here. One instance for each thread.
 */
final class Muon {

    private static final float MOMENTUM = 0.95f;
    private static final float WEIGHT_DECAY = 0.1f;
    private static final float SCALE = 0.2f;
    private static final int STEPS = 5;
    // The polynomial a x + b x^3 + c x^5, applied five times, brings singular values from (0, 1] close to 1.
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;

    private final Gemm gemm = new Gemm();
    private float[] x = new float[0];
    private float[] y = new float[0];
    private float[] gram = new float[0];
    private float[] polynomial = new float[0];

    /**
     * One step.
     *
     * @param g the gradient; overwritten
     * @param m the moving average of gradients
     */
    void update(Parameter parameter, float[] g, float[] m, float rate) {
        float[] w = parameter.values();
        for (int i = 0; i < w.length; i++) {
            m[i] = MOMENTUM * m[i] + (1 - MOMENTUM) * g[i];
            g[i] = (1 - MOMENTUM) * g[i] + MOMENTUM * m[i];
        }
        int rows = parameter.rows();
        int columns = parameter.columns();
        int size = rows * columns;
        float step = (float) (rate * SCALE * Math.sqrt(Math.max(rows, columns)));
        float keep = 1 - rate * WEIGHT_DECAY;
        for (int i = 0; i < parameter.matrices(); i++) {
            orthogonalise(g, i * size, rows, columns);
            for (int j = 0; j < size; j++) {
                w[i * size + j] = w[i * size + j] * keep - step * x[j];
            }
        }
    }

    /** The orthogonal matrix near one in g, into x. Works on the side with fewer rows. */
    private void orthogonalise(float[] g, int at, int rows, int columns) {
        int size = rows * columns;
        int side = Math.min(rows, columns);
        int other = Math.max(rows, columns);
        if (x.length < size) {
            x = new float[size];
            y = new float[size];
        }
        if (gram.length < side * side) {
            gram = new float[side * side];
            polynomial = new float[side * side];
        }
        double squares = 0;
        for (int j = 0; j < size; j++) {
            squares += (double) g[at + j] * g[at + j];
        }
        float norm = (float) (1 / (Math.sqrt(squares) + 1e-12));
        for (int j = 0; j < size; j++) {
            x[j] = g[at + j] * norm;
        }
        for (int i = 0; i < STEPS; i++) {
            Matrix wide = rows <= columns ? Matrix.rows(x, columns) : Matrix.rows(x, columns).transposed();
            Matrix square = Matrix.rows(gram, side);
            Matrix p = Matrix.rows(polynomial, side);
            gemm.multiply(side, side, other, wide, wide.transposed(), square);
            gemm.multiply(side, side, side, square, square, p);
            for (int j = 0; j < side * side; j++) {
                polynomial[j] = B * gram[j] + C * polynomial[j];
            }
            for (int j = 0; j < side; j++) {
                polynomial[j * side + j] += A;
            }
            if (rows <= columns) {
                gemm.multiply(side, other, side, p, wide, Matrix.rows(y, columns));
            } else {
                // (p x^T)^T = x p, since p is symmetric.
                gemm.multiply(other, side, side, Matrix.rows(x, columns), p, Matrix.rows(y, columns));
            }
            float[] swap = x;
            x = y;
            y = swap;
        }
    }
}
