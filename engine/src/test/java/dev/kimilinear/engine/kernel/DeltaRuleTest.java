package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;

/** KDA's recurrence: what it computes, where it keeps it, and that no cut of the work shows. */
@Tag("vectors")
class DeltaRuleTest {

    private static final int HEADS = 3;
    /** Rounding of some hundred float operations on values of about 1, each within 2^-24. */
    private static final double TOLERANCE = 1e-4;

    /** Inputs of n tokens, and the state that they change. */
    private static final class Input {

        final int dim;
        final int n;
        final float[][] state = new float[HEADS][];
        final float[] q;
        final float[] k;
        final float[] v;
        final float[] alpha;
        final float[] beta;

        Input(int dim, int n) {
            Random random = new Random(dim);
            this.dim = dim;
            this.n = n;
            Arrays.setAll(state, h -> gaussian(Kernels.stateLength(dim), random));
            q = gaussian(n * HEADS * dim, random);
            k = gaussian(n * HEADS * dim, random);
            v = gaussian(n * HEADS * dim, random);
            Kernels kernels = KernelSelector.select(KernelChoice.SCALAR);
            for (int row = 0; row < n * HEADS; row++) {
                kernels.l2Normalise(q, row * dim, dim, 1e-6f, 1, new Scratch());
                kernels.l2Normalise(k, row * dim, dim, 1e-6f, 1, new Scratch());
            }
            alpha = unit(n * HEADS * dim, random);
            beta = unit(n * HEADS, random);
        }

        private static float[] gaussian(int n, Random random) {
            float[] x = new float[n];
            for (int i = 0; i < n; i++) {
                x[i] = (float) random.nextGaussian();
            }
            return x;
        }

        private static float[] unit(int n, Random random) {
            float[] x = new float[n];
            for (int i = 0; i < n; i++) {
                x[i] = random.nextFloat();
            }
            return x;
        }
    }

    /** Decay, predict, write, read in turn, in float64, on states that lie {@code [heads, key, value]}. */
    @ParameterizedTest
    @EnumSource(value = KernelChoice.class, names = { "SCALAR", "VECTOR" })
    void theAnswersAndTheStateAreThoseOfThePaper(KernelChoice choice) {
        int tokens = 7;
        for (int d : new int[] { 5, 32, 64, 77, 128 }) {
            Input in = new Input(d, tokens);
            double[][][] s = new double[HEADS][d][d];
            double[] expected = new double[tokens * HEADS * d];
            for (int h = 0; h < HEADS; h++) {
                for (int i = 0; i < d; i++) {
                    for (int j = 0; j < d; j++) {
                        s[h][i][j] = in.state[h][inSlabs(d, i, j)];
                    }
                }
                for (int t = 0; t < tokens; t++) {
                    step(in, h, (t * HEADS + h) * d, in.beta[t * HEADS + h], s[h], expected);
                }
            }
            float[] o = new float[expected.length];
            try (WorkerPool pool = new WorkerPool(2, "delta")) {
                new Ops(KernelSelector.select(choice), pool).deltaRule(in.state, HEADS, d, in.q, in.k, in.v, in.alpha, in.beta,
                        0, tokens, o);
            }
            for (int at = 0; at < o.length; at++) {
                assertThat((double) o[at]).as("answer %d, D %d", at, d).isCloseTo(expected[at], within(TOLERANCE));
            }
            for (int h = 0; h < HEADS; h++) {
                for (int i = 0; i < d; i++) {
                    for (int j = 0; j < d; j++) {
                        assertThat((double) in.state[h][inSlabs(d, i, j)]).as("state %d, %d of head %d, D %d", i, j, h, d)
                                .isCloseTo(s[h][i][j], within(TOLERANCE));
                    }
                }
            }
        }
    }

    private static void step(Input in, int h, int at, double beta, double[][] s, double[] o) {
        int d = in.dim;
        for (int j = 0; j < d; j++) {
            double predicted = 0;
            for (int i = 0; i < d; i++) {
                s[i][j] *= in.alpha[at + i];
                predicted += in.k[at + i] * s[i][j];
            }
            for (int i = 0; i < d; i++) {
                s[i][j] += in.k[at + i] * beta * (in.v[at + j] - predicted);
                o[at + j] += in.q[at + i] * s[i][j];
            }
        }
    }

    /** The documented place of a value: slabs of 32 columns, each key-major; the last one may be wider than what is left. */
    private static int inSlabs(int d, int i, int j) {
        return (j / 32 * d + i) * 32 + j % 32;
    }

    @Test
    void noCutOfASpanOrOfItsColumnsShows() {
        int tokens = 2 * Kernels.SLAB_TOKENS + 3;
        Kernels kernels = KernelSelector.select(KernelChoice.VECTOR);
        for (int d : new int[] { 48, 128 }) {
            float[] scratch = new float[Kernels.deltaRuleScratch(d)];
            Input whole = new Input(d, tokens);
            float[] expected = new float[tokens * HEADS * d];
            for (int h = 0; h < HEADS; h++) {
                kernels.deltaRule(whole.state[h], d, whole.q, whole.k, whole.v, whole.alpha, whole.beta, HEADS, h, 0, tokens, 0,
                        d,
                        expected, scratch);
            }
            for (int cut : new int[] { 1, 5, Kernels.SLAB_TOKENS - 1, Kernels.SLAB_TOKENS + 1 }) {
                Input in = new Input(d, tokens);
                float[] o = new float[expected.length];
                for (int first = 0; first < tokens; first += cut) {
                    for (int h = 0; h < HEADS; h++) {
                        for (int from = 0; from < d; from += Kernels.SLAB) {
                            kernels.deltaRule(in.state[h], d, in.q, in.k, in.v, in.alpha, in.beta, HEADS, h, first,
                                    Math.min(cut, tokens - first), from, Math.min(d, from + Kernels.SLAB), o, scratch);
                        }
                    }
                }
                assertThat(o).as("cut %d, D %d", cut, d).isEqualTo(expected);
                assertThat(in.state).as("cut %d, D %d", cut, d).isEqualTo(whole.state);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2 * Kernels.SLAB_TOKENS })
    void aWarmKernelAllocatesNothing(int tokens) {
        Kernels kernels = KernelSelector.select(KernelChoice.VECTOR);
        Input in = new Input(128, tokens);
        float[] scratch = new float[Kernels.deltaRuleScratch(in.dim)];
        float[] o = new float[tokens * HEADS * in.dim];

        assertThat(WarmAllocation.bytes(() -> {
            for (int h = 0; h < HEADS; h++) {
                kernels.deltaRule(in.state[h], in.dim, in.q, in.k, in.v, in.alpha, in.beta, HEADS, h, 0, tokens, 0, in.dim, o,
                        scratch);
            }
        })).isZero();
    }
}
