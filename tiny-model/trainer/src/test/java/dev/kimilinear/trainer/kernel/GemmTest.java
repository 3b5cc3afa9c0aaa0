package dev.kimilinear.trainer.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.kimilinear.trainer.kernel.Gemm.Matrix;

class GemmTest {

    /**
     * For each step of a sum: its parts have a size of up to sqrt(depth) and lose 6e-8 of it each, in either direction; that
     * is 3e-8 times the depth on average, and the worst of thousands of sums is some five times worse. An error is about 1.
     */
    private static final double ROUNDING = 5e-7;

    private final Random random = new Random(7);
    /** One for all sizes of a test: what a product leaves behind must not reach the next. */
    private final Gemm gemm = new Gemm();

    @ParameterizedTest
    @CsvSource({ "false, false", "false, true", "true, false", "true, true" })
    void multipliesMatricesOfAnySize(boolean transposedA, boolean transposedB) {
        for (int m = 1; m <= 50; m += 1 + random.nextInt(2)) {
            for (int n = 1; n <= 50; n += 1 + random.nextInt(4)) {
                check(m, n, 1 + random.nextInt(50), transposedA, transposedB);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({ "false, false", "false, true", "true, false", "true, true" })
    void addsUpProductsDeeperThanItsPanels(boolean transposedA, boolean transposedB) {
        for (int depth : new int[] { 255, 256, 257, 300, 512, 700 }) {
            check(16, 32, depth, transposedA, transposedB);
            check(21, 37, depth, transposedA, transposedB);
            check(2, 4, depth, transposedA, transposedB);
        }
    }

    @Test
    void leavesNoRowsAlone() {
        float[] c = { 1, 2, 3 };
        gemm.multiplyAdd(0, 3, 5, matrix(0, 5, false), matrix(5, 3, false), Matrix.rows(c, 3));
        gemm.multiplyAdd(1, 3, 0, matrix(1, 0, false), matrix(0, 3, false), Matrix.rows(c, 3));

        assertThat(c).containsExactly(1, 2, 3);
    }

    private void check(int m, int n, int k, boolean transposedA, boolean transposedB) {
        Matrix a = matrix(m, k, transposedA);
        Matrix b = matrix(k, n, transposedB);
        check(m, n, k, a, b, false);
        check(m, n, k, a, b, true);
    }

    private void check(int m, int n, int k, Matrix a, Matrix b, boolean add) {
        Matrix c = matrix(m, n, false);
        float[] before = c.data().clone();
        if (add) {
            gemm.multiplyAdd(m, n, k, a, b, c);
        } else {
            gemm.multiply(m, n, k, a, b, c);
        }
        // What lies before the matrix, behind it and between its rows must stay as it is.
        double[] expected = new double[before.length];
        for (int i = 0; i < before.length; i++) {
            expected[i] = before[i];
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = add ? before[index(c, i, j)] : 0;
                for (int l = 0; l < k; l++) {
                    sum += (double) a.data()[index(a, i, l)] * b.data()[index(b, l, j)];
                }
                expected[index(c, i, j)] = sum;
            }
        }
        int worst = 0;
        for (int i = 0; i < expected.length; i++) {
            if (error(c, expected, i) > error(c, expected, worst)) {
                worst = i;
            }
        }
        assertThat((double) c.data()[worst]).as("element %d of C, %d x %d x %d, A %s, B %s, adding %s", worst, m, n, k,
                steps(a), steps(b), add).isCloseTo(expected[worst], within(ROUNDING * (k + 10)));
    }

    private static double error(Matrix c, double[] expected, int index) {
        return Math.abs(c.data()[index] - expected[index]);
    }

    private static String steps(Matrix matrix) {
        return matrix.rowStep() + "/" + matrix.columnStep();
    }

    private static int index(Matrix matrix, int row, int column) {
        return matrix.at() + row * matrix.rowStep() + column * matrix.columnStep();
    }

    /** A matrix of gaussian numbers in the midst of others. */
    private Matrix matrix(int rows, int columns, boolean transposed) {
        int lines = transposed ? columns : rows;
        int step = (transposed ? rows : columns) + random.nextInt(4);
        int at = random.nextInt(9);
        float[] data = new float[at + lines * step + 5];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        Matrix matrix = Matrix.rows(data, at, step);
        return transposed ? matrix.transposed() : matrix;
    }
}
