package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;

import org.junit.jupiter.api.Test;

/** The elementary functions against {@link StrictMath} in double precision, within the errors that their Javadoc states. */
class ScalarMathTest {

    private static final double EXP_ERROR = 1.5e-7;
    private static final double SIGMOID_ERROR = 3e-7;
    private static final double SOFTPLUS_ERROR = 5e-7;
    private static final float STEP = 1e-3f;

    private interface FloatFunction {
        float of(float x);
    }

    @Test
    void expIsWithinItsError() {
        assertRelativeError(ScalarMath::exp, StrictMath::exp, ScalarMath.EXP_MIN, ScalarMath.EXP_MAX, EXP_ERROR);
    }

    @Test
    void expIsZeroBelowItsRangeAndConstantAboveIt() {
        assertThat(ScalarMath.exp(-87.4f)).isZero();
        assertThat(ScalarMath.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(ScalarMath.exp(1e30f)).isEqualTo(ScalarMath.exp(ScalarMath.EXP_MAX));
        assertThat(ScalarMath.exp(Float.POSITIVE_INFINITY)).isFinite();
        assertThat(ScalarMath.exp(Float.NaN)).isNaN();
        assertThat(ScalarMath.exp(0f)).isEqualTo(1f);
        assertThat(ScalarMath.exp(-0f)).isEqualTo(1f);
    }

    @Test
    void sigmoidIsWithinItsError() {
        assertRelativeError(ScalarMath::sigmoid, x -> 1 / (1 + StrictMath.exp(-x)), -87.9f, 200f, SIGMOID_ERROR);
        assertThat(ScalarMath.sigmoid(0f)).isEqualTo(0.5f);
    }

    @Test
    void siluIsWithinItsError() {
        assertRelativeError(ScalarMath::silu, x -> x / (1 + StrictMath.exp(-x)), -87.9f, 200f, SIGMOID_ERROR);
        assertThat(ScalarMath.silu(0f)).isZero();
    }

    @Test
    void softplusIsWithinItsError() {
        assertRelativeError(ScalarMath::softplus, StrictMath::log1p, StrictMath::exp, -87.3f, 200f, SOFTPLUS_ERROR);
    }

    private static void assertRelativeError(FloatFunction ours, DoubleUnaryOperator outer, DoubleUnaryOperator inner,
            float from, float to, double bound) {
        assertRelativeError(ours, outer.compose(inner), from, to, bound);
    }

    private static void assertRelativeError(FloatFunction ours, DoubleUnaryOperator exact, float from, float to,
            double bound) {
        double worst = 0;
        float worstAt = 0;
        for (float x = from; x <= to; x += STEP) {
            double expected = exact.applyAsDouble(x);
            double error = expected == 0 ? Math.abs(ours.of(x)) : Math.abs((ours.of(x) - expected) / expected);
            if (error > worst) {
                worst = error;
                worstAt = x;
            }
        }
        assertThat(worst).as("relative error at %s", worstAt).isLessThan(bound);
    }
}
