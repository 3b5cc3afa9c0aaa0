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
import static dev.kimilinear.engine.kernel.vector.Lanes.L;
import static jdk.incubator.vector.VectorOperators.FMA;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * The functions of {@code ScalarMath}, operation for operation, in place over the values {@code [from, to)} of an array: whole
 * vectors. The polynomial of exp stands in three loops, because C2 does not always inline a method that takes or returns a
 * vector, and then allocates every one of them.
 */
final class VectorMath {

    private VectorMath() {
    }

    static void exp(float[] a, int from, int to) {
        for (int i = from; i < to; i += L) {
            FloatVector x = FloatVector.fromArray(FLOAT, a, i);
            FloatVector z = x.min(EXP_MAX).max(EXP_MIN);
            FloatVector t = z.fma(LOG2_E, ROUND);
            FloatVector n = t.sub(ROUND);
            FloatVector r = n.lanewise(FMA, -LN2_HIGH, z);
            r = n.lanewise(FMA, -LN2_LOW, r);
            FloatVector p = r.fma(E6, E5);
            p = p.lanewise(FMA, r, E4);
            p = p.lanewise(FMA, r, E3);
            p = p.lanewise(FMA, r, E2);
            p = p.fma(r.mul(r), r).add(1f);
            FloatVector scale = t.reinterpretAsInts().sub(ROUND_BITS - 127).lanewise(LSHL, 23).reinterpretAsFloats();
            p.mul(scale).blend(0f, x.compare(LT, EXP_MIN)).intoArray(a, i);
        }
    }

    static void sigmoid(float[] a, int from, int to) {
        for (int i = from; i < to; i += L) {
            FloatVector.fromArray(FLOAT, a, i).neg().intoArray(a, i);
        }
        exp(a, from, to);
        FloatVector one = FloatVector.broadcast(FLOAT, 1f);
        for (int i = from; i < to; i += L) {
            one.div(FloatVector.fromArray(FLOAT, a, i).add(1f)).intoArray(a, i);
        }
    }

    static void silu(float[] a, int from, int to) {
        for (int i = from; i < to; i += L) {
            FloatVector value = FloatVector.fromArray(FLOAT, a, i);
            FloatVector x = value.neg();
            FloatVector z = x.min(EXP_MAX).max(EXP_MIN);
            FloatVector t = z.fma(LOG2_E, ROUND);
            FloatVector n = t.sub(ROUND);
            FloatVector r = n.lanewise(FMA, -LN2_HIGH, z);
            r = n.lanewise(FMA, -LN2_LOW, r);
            FloatVector p = r.fma(E6, E5);
            p = p.lanewise(FMA, r, E4);
            p = p.lanewise(FMA, r, E3);
            p = p.lanewise(FMA, r, E2);
            p = p.fma(r.mul(r), r).add(1f);
            FloatVector scale = t.reinterpretAsInts().sub(ROUND_BITS - 127).lanewise(LSHL, 23).reinterpretAsFloats();
            FloatVector e = p.mul(scale).blend(0f, x.compare(LT, EXP_MIN));
            value.div(e.add(1f)).intoArray(a, i);
        }
    }

    static void softplus(float[] a, int from, int to) {
        for (int i = from; i < to; i += L) {
            FloatVector value = FloatVector.fromArray(FLOAT, a, i);
            FloatVector x = value.abs().neg();
            FloatVector z = x.min(EXP_MAX).max(EXP_MIN);
            FloatVector t = z.fma(LOG2_E, ROUND);
            FloatVector n = t.sub(ROUND);
            FloatVector r = n.lanewise(FMA, -LN2_HIGH, z);
            r = n.lanewise(FMA, -LN2_LOW, r);
            FloatVector p = r.fma(E6, E5);
            p = p.lanewise(FMA, r, E4);
            p = p.lanewise(FMA, r, E3);
            p = p.lanewise(FMA, r, E2);
            p = p.fma(r.mul(r), r).add(1f);
            FloatVector scale = t.reinterpretAsInts().sub(ROUND_BITS - 127).lanewise(LSHL, 23).reinterpretAsFloats();
            FloatVector u = p.mul(scale).blend(0f, x.compare(LT, EXP_MIN));
            FloatVector s = u.div(u.add(2f));
            FloatVector s2 = s.mul(s);
            FloatVector q = s2.fma(L15, L13);
            q = q.lanewise(FMA, s2, L11);
            q = q.lanewise(FMA, s2, L9);
            q = q.lanewise(FMA, s2, L7);
            q = q.lanewise(FMA, s2, L5);
            q = q.lanewise(FMA, s2, L3);
            q = q.lanewise(FMA, s2, 1f);
            value.max(0f).add(s.add(s).mul(q)).intoArray(a, i);
        }
    }
}
