package dev.kimilinear.engine.kernel;

/**
 * The engine's own elementary functions. Every kernel set performs exactly these operations, so all give the same bits;
 * {@link StrictMath} would too, but has no vector form. Relative errors against exact values are stated with each
 * function and tested.
 */
public final class ScalarMath {

    /** Arguments below give 0: the result would be subnormal, and slow. */
    public static final float EXP_MIN = -87.33654f;
    /** Arguments above give exp(88): no infinity ever leaves here. */
    public static final float EXP_MAX = 88f;
    public static final float LOG2_E = 1.44269504f;
    /** Adding and subtracting 1.5 * 2^23 rounds to an integer, which then lies in the low bits of the sum. */
    public static final float ROUND = 12582912f;
    public static final int ROUND_BITS = 0x4B400000;
    /** ln 2 in two parts, the first with trailing zeros, so that n * LN2_HIGH is exact. */
    public static final float LN2_HIGH = 0.693359375f;
    public static final float LN2_LOW = -2.12194440e-4f;
    /** Near-minimax coefficients of (exp(r) - 1 - r) / r^2 on |r| <= ln(2) / 2, relative error of exp 1e-8. */
    public static final float E2 = 0.5f;
    public static final float E3 = 0.16666576266288757f;
    public static final float E4 = 0.04166646674275398f;
    public static final float E5 = 0.008363181725144386f;
    public static final float E6 = 0.0013933652080595493f;

    private ScalarMath() {
    }

    /**
     * exp(x): relative error below 1.5e-7 for x in [{@link #EXP_MIN}, {@link #EXP_MAX}]; 0 below, exp({@link #EXP_MAX})
     * above; NaN for NaN.
     */
    public static float exp(float x) {
        float z = Math.max(Math.min(x, EXP_MAX), EXP_MIN);
        float t = Math.fma(z, LOG2_E, ROUND);
        float n = t - ROUND;
        float r = Math.fma(n, -LN2_HIGH, z);
        r = Math.fma(n, -LN2_LOW, r);
        float p = Math.fma(E6, r, E5);
        p = Math.fma(p, r, E4);
        p = Math.fma(p, r, E3);
        p = Math.fma(p, r, E2);
        p = Math.fma(p, r * r, r) + 1f;
        float scale = Float.intBitsToFloat((Float.floatToRawIntBits(t) - ROUND_BITS + 127) << 23);
        return x < EXP_MIN ? 0f : p * scale;
    }

    /** 1 / (1 + exp(-x)): relative error below 3e-7 for x above {@code -EXP_MAX}. */
    public static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /** x sigmoid(x), computed as x / (1 + exp(-x)). */
    public static float silu(float x) {
        return x / (1f + exp(-x));
    }

    /** log(1 + e^x) = max(x, 0) + log1p(exp(-|x|)): relative error below 5e-7. */
    public static float softplus(float x) {
        return Math.max(x, 0f) + log1pOfUnit(exp(-Math.abs(x)));
    }

    /**
     * log(1 + u) for u in [0, 1] as 2 artanh(s), s = u / (2 + u), at most 1/3: the odd power series up to s^15, whose
     * remainder is below 2e-9 of the sum.
     */
    private static float log1pOfUnit(float u) {
        float s = u / (2f + u);
        float z = s * s;
        float p = Math.fma(L15, z, L13);
        p = Math.fma(p, z, L11);
        p = Math.fma(p, z, L9);
        p = Math.fma(p, z, L7);
        p = Math.fma(p, z, L5);
        p = Math.fma(p, z, L3);
        p = Math.fma(p, z, 1f);
        return (s + s) * p;
    }

    public static final float L3 = 1f / 3f;
    public static final float L5 = 1f / 5f;
    public static final float L7 = 1f / 7f;
    public static final float L9 = 1f / 9f;
    public static final float L11 = 1f / 11f;
    public static final float L13 = 1f / 13f;
    public static final float L15 = 1f / 15f;
}
