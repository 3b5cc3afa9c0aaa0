package dev.kimilinear.trainer.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forward pass against the recurrence as it is written. Its derivative is checked with the whole model's. */
class DeltaRuleTest {

    private static final int HEADS = 2;
    /** Some hundred roundings, of 6e-8 each, on the way to values of about 1. */
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @CsvSource({ "16, 1", "16, 15", "16, 16", "16, 17", "32, 50", "48, 33", "128, 20" })
    void readsTheStateOfTheRecurrence(int dim, int length) {
        Random random = new Random(dim + length);
        int step = HEADS * dim;
        int before = 3 * step;
        float[] q = unitRows(before + length * step, dim, random);
        float[] k = unitRows(before + length * step, dim, random);
        float[] v = gaussian(before + length * step, random);
        float[] alpha = uniform(before + length * step, random);
        float[] beta = uniform((3 + length) * HEADS, random);
        float[] e = new float[q.length];
        float[] o = new float[q.length];
        int chunks = DeltaRule.chunks(length);
        float[] kept = new float[HEADS * chunks * dim * dim];
        DeltaRule rule = new DeltaRule(dim);
        for (int head = 0; head < HEADS; head++) {
            rule.forward(q, k, v, alpha, beta, 3 * HEADS + head, HEADS, e, o, before + head * dim, step, length, kept,
                    head * chunks * dim * dim);
        }

        for (int head = 0; head < HEADS; head++) {
            double[][] state = new double[dim][dim];
            for (int t = 0; t < length; t++) {
                int at = before + t * step + head * dim;
                if (t % DeltaRule.CHUNK == 0) {
                    assertKept(kept, (head * chunks + t / DeltaRule.CHUNK) * dim * dim, state);
                }
                for (int j = 0; j < dim; j++) {
                    double error = v[at + j];
                    for (int i = 0; i < dim; i++) {
                        state[i][j] *= alpha[at + i];
                        error -= state[i][j] * k[at + i];
                    }
                    double read = 0;
                    for (int i = 0; i < dim; i++) {
                        state[i][j] += k[at + i] * beta[(3 + t) * HEADS + head] * error;
                        read += state[i][j] * q[at + i];
                    }
                    assertThat((double) e[at + j]).as("e, head %d, token %d", head, t).isCloseTo(error, within(TOLERANCE));
                    assertThat((double) o[at + j]).as("o, head %d, token %d", head, t).isCloseTo(read, within(TOLERANCE));
                }
            }
        }
    }

    private static void assertKept(float[] kept, int from, double[][] state) {
        for (int i = 0; i < state.length; i++) {
            for (int j = 0; j < state.length; j++) {
                assertThat((double) kept[from + j * state.length + i]).isCloseTo(state[i][j], within(TOLERANCE));
            }
        }
    }

    private static float[] unitRows(int n, int dim, Random random) {
        float[] x = gaussian(n, random);
        Ops.l2Normalise(x, n / dim, dim, 1e-6f, new float[n / dim]);
        return x;
    }

    private static float[] gaussian(int n, Random random) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static float[] uniform(int n, Random random) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextFloat();
        }
        return x;
    }
}
