package dev.kimilinear.trainer.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import jdk.incubator.vector.FloatVector;

/** How exact the functions are. That derivatives fit them is seen where the whole model's are compared. */
class OpsTest {

    /** Two units of the last place: what Cephes' polynomials promise. */
    private static final double TWO_ULPS = 2 * 0x1p-23;

    private static float[] apply(UnaryOperator<FloatVector> function, float... x) {
        float[] padded = Arrays.copyOf(x, x.length + Gemm.LANES);
        for (int i = 0; i < x.length; i += Gemm.LANES) {
            function.apply(VectorMath.load(padded, i)).intoArray(padded, i);
        }
        return Arrays.copyOf(padded, x.length);
    }

    /** Many numbers, evenly from least to most. */
    private static float[] range(double least, double most) {
        float[] x = new float[100_001];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (least + (most - least) * i / (x.length - 1));
        }
        return x;
    }

    private static double relativeError(float[] y, float[] x, DoubleUnaryOperator exact) {
        double worst = 0;
        for (int i = 0; i < x.length; i++) {
            double expected = exact.applyAsDouble(x[i]);
            double error = Math.abs(y[i] - expected) / Math.abs(expected);
            // Not Math.max alone: a NaN must not get lost.
            worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : Math.max(worst, error);
        }
        return worst;
    }

    @ParameterizedTest
    @CsvSource({ "-87, 88", "-1, 1", "-1e-3, 1e-3" })
    void exp(double least, double most) {
        float[] x = range(least, most);

        assertThat(relativeError(apply(VectorMath::exp, x), x, Math::exp)).isLessThan(TWO_ULPS);
    }

    @Test
    void expStaysFiniteAndPositive() {
        float[] y = apply(VectorMath::exp, 0f, -0f, 89f, 1e30f, Float.POSITIVE_INFINITY, -88f, -1e30f,
                Float.NEGATIVE_INFINITY);

        assertThat(Arrays.copyOf(y, 2)).containsExactly(1f, 1f);
        for (int i = 2; i < 5; i++) {
            assertThat((double) y[i]).isCloseTo(Math.exp(88), within(1e-5 * Math.exp(88)));
        }
        for (int i = 5; i < 8; i++) {
            assertThat((double) y[i]).isBetween(0.0, 1.7e-38);
        }
    }

    @ParameterizedTest
    @CsvSource({ "1e-37, 1e-36", "1e-3, 0.99", "1.01, 2", "2, 1000", "1e37, 3e38" })
    void log(double least, double most) {
        float[] x = range(least, most);

        assertThat(relativeError(apply(VectorMath::log, x), x, Math::log)).isLessThan(TWO_ULPS);
    }

    @Test
    void logAroundOne() {
        float[] x = range(0.99, 1.01);
        x[x.length / 2] = Math.nextUp(1f);

        assertThat(relativeError(apply(VectorMath::log, x), x, Math::log)).isLessThan(TWO_ULPS);
        assertThat(apply(VectorMath::log, 1f)).containsExactly(0f);
    }

    @Test
    void sigmoid() {
        float[] x = range(-86, 100);

        assertThat(relativeError(apply(VectorMath::sigmoid, x), x, z -> 1 / (1 + Math.exp(-z))))
                .isLessThan(2 * TWO_ULPS);
    }

    @Test
    void sigmoidOfLargeNumbers() {
        float[] y = apply(VectorMath::sigmoid, 1e30f, Float.POSITIVE_INFINITY, -1e30f, Float.NEGATIVE_INFINITY);

        assertThat(y[0]).isEqualTo(1f);
        assertThat(y[1]).isEqualTo(1f);
        assertThat((double) y[2]).isBetween(0.0, 1e-38);
        assertThat((double) y[3]).isBetween(0.0, 1e-38);
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 15, 16, 37 })
    void sigmoidInPlaceOfAnyNumber(int n) {
        float[] x = gaussian(n + 3, 3);
        float[] s = x.clone();
        Ops.sigmoidInPlace(s, n);

        for (int i = 0; i < n; i++) {
            assertThat((double) s[i]).isCloseTo(1 / (1 + Math.exp(-x[i])), within(TWO_ULPS));
        }
        assertThat(Arrays.copyOfRange(s, n, n + 3)).containsExactly(Arrays.copyOfRange(x, n, n + 3));
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 7, 8, 9, 15, 16, 17, 40, 41, 127, 128, 200 })
    void softmax(int n) {
        int at = 5;
        int width = n + 9;
        float scale = 0.3f;
        float[] x = gaussian(at + width + 4, 20);
        float[] p = x.clone();
        Ops.softmax(p, at, n, width, scale);

        double most = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < n; j++) {
            most = Math.max(most, x[at + j]);
        }
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += Math.exp((x[at + j] - most) * scale);
        }
        for (int j = 0; j < n; j++) {
            assertThat((double) p[at + j]).isCloseTo(Math.exp((x[at + j] - most) * scale) / sum, within(1e-6));
        }
        assertThat(Arrays.copyOfRange(p, at + n, at + width)).containsOnly(0f);
        assertThat(Arrays.copyOf(p, at)).containsExactly(Arrays.copyOf(x, at));
        assertThat(Arrays.copyOfRange(p, at + width, p.length)).containsExactly(Arrays.copyOfRange(x, at + width, x.length));
    }

    @Test
    void softmaxOfFarApartScores() {
        float[] p = new float[21];
        Arrays.fill(p, -1e30f);
        p[3] = 1e30f;
        p[20] = 1e30f;
        Ops.softmax(p, 0, 21, 21, 1f);

        assertThat(p[3]).isEqualTo(0.5f);
        assertThat(p[20]).isEqualTo(0.5f);
        p[3] = 0f;
        p[20] = 0f;
        for (float rest : p) {
            assertThat((double) rest).isBetween(0.0, 1e-37);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 7, 8, 17, 41, 128 })
    void softmaxBackward(int n) {
        int at = 3;
        int width = n + 5;
        float scale = 0.7f;
        float[] p = gaussian(at + width, 2);
        Ops.softmax(p, at, n, width, scale);
        float[] dp = gaussian(at + width + 2, 1);
        float[] dx = dp.clone();
        Ops.softmaxBackward(dx, p, at, n, width, scale);

        double mean = 0;
        for (int j = at; j < at + n; j++) {
            mean += (double) p[j] * dp[j];
        }
        for (int j = at; j < at + n; j++) {
            assertThat((double) dx[j]).isCloseTo(p[j] * (dp[j] - mean) * scale, within(1e-6));
        }
        assertThat(Arrays.copyOfRange(dx, at + n, at + width)).containsOnly(0f);
        assertThat(Arrays.copyOf(dx, at)).containsExactly(Arrays.copyOf(dp, at));
        assertThat(Arrays.copyOfRange(dx, at + width, dx.length)).containsExactly(dp[at + width], dp[at + width + 1]);
    }

    @Test
    void decayOfExtremeInputs() {
        int dim = Ops.MULTIPLE;
        float[] f = new float[dim];
        f[0] = 100f;
        f[1] = -100f;
        f[2] = -7f;
        f[3] = 1f;
        float[] g = new float[dim];
        float[] alpha = new float[dim];
        Ops.decay(f, new float[dim], new float[] { (float) Math.log(2) }, g, alpha, 1, 1, dim);

        assertThat((double) g[0]).isCloseTo(-200, within(1e-4));
        assertThat((double) alpha[0]).isBetween(0.0, 1.7e-38);
        assertThat((double) g[1]).isCloseTo(0, within(1e-30));
        assertThat(alpha[1]).isEqualTo(1f);
        // 1 + e^-7 is rounded to 6e-8 before its logarithm is taken.
        assertThat((double) g[2]).isCloseTo(-2 * Math.log1p(Math.exp(-7)), within(2e-7));
        assertThat((double) g[3]).isCloseTo(-2 * Math.log1p(Math.E), within(1e-6));
        assertThat((double) alpha[3]).isCloseTo(Math.exp(-2 * Math.log1p(Math.E)), within(1e-7));
    }

    private static float[] gaussian(int n, double deviation) {
        Random random = new Random(n);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (random.nextGaussian() * deviation);
        }
        return x;
    }
}
