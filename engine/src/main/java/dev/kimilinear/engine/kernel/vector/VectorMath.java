package dev.kimilinear.engine.kernel.vector;

import static dev.kimilinear.engine.kernel.ScalarMath.E2;
import static dev.kimilinear.engine.kernel.ScalarMath.E3;
import static dev.kimilinear.engine.kernel.ScalarMath.E4;
import static dev.kimilinear.engine.kernel.ScalarMath.E5;
import static dev.kimilinear.engine.kernel.ScalarMath.E6;
import static dev.kimilinear.engine.kernel.ScalarMath.EXP_MAX;
import static dev.kimilinear.engine.kernel.ScalarMath.EXP_MIN;
import static dev.kimilinear.engine.kernel.ScalarMath.L11;
import static dev.kimilinear.engine.kernel.ScalarMath.L13;
import static dev.kimilinear.engine.kernel.ScalarMath.L15;
import static dev.kimilinear.engine.kernel.ScalarMath.L3;
import static dev.kimilinear.engine.kernel.ScalarMath.L5;
import static dev.kimilinear.engine.kernel.ScalarMath.L7;
import static dev.kimilinear.engine.kernel.ScalarMath.L9;
import static dev.kimilinear.engine.kernel.ScalarMath.LN2_HIGH;
import static dev.kimilinear.engine.kernel.ScalarMath.LN2_LOW;
import static dev.kimilinear.engine.kernel.ScalarMath.LOG2_E;
import static dev.kimilinear.engine.kernel.ScalarMath.ROUND;
import static dev.kimilinear.engine.kernel.ScalarMath.ROUND_BITS;
import static dev.kimilinear.engine.kernel.vector.Lanes.FLOAT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The functions of {@code ScalarMath}, operation for operation. */
final class VectorMath {

    private VectorMath() {
    }

    static FloatVector exp(FloatVector x) {
        FloatVector z = x.min(EXP_MAX).max(EXP_MIN);
        FloatVector t = z.fma(splat(LOG2_E), splat(ROUND));
        FloatVector n = t.sub(ROUND);
        FloatVector r = n.fma(splat(-LN2_HIGH), z);
        r = n.fma(splat(-LN2_LOW), r);
        FloatVector p = splat(E6).fma(r, splat(E5));
        p = p.fma(r, splat(E4));
        p = p.fma(r, splat(E3));
        p = p.fma(r, splat(E2));
        p = p.fma(r.mul(r), r).add(1f);
        IntVector exponent = t.reinterpretAsInts().sub(ROUND_BITS).add(127).lanewise(VectorOperators.LSHL, 23);
        return p.mul(exponent.reinterpretAsFloats()).blend(0f, x.compare(VectorOperators.LT, EXP_MIN));
    }

    static FloatVector sigmoid(FloatVector x) {
        return splat(1f).div(exp(x.neg()).add(1f));
    }

    static FloatVector silu(FloatVector x) {
        return x.div(exp(x.neg()).add(1f));
    }

    static FloatVector softplus(FloatVector x) {
        FloatVector u = exp(x.abs().neg());
        FloatVector s = u.div(u.add(2f));
        FloatVector z = s.mul(s);
        FloatVector p = splat(L15).fma(z, splat(L13));
        p = p.fma(z, splat(L11));
        p = p.fma(z, splat(L9));
        p = p.fma(z, splat(L7));
        p = p.fma(z, splat(L5));
        p = p.fma(z, splat(L3));
        p = p.fma(z, splat(1f));
        return x.max(0f).add(s.add(s).mul(p));
    }

    private static FloatVector splat(float value) {
        return FloatVector.broadcast(FLOAT, value);
    }
}
