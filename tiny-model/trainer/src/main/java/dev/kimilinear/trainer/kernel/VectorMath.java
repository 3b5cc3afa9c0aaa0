package dev.kimilinear.trainer.kernel;

import static dev.kimilinear.trainer.kernel.Gemm.LANES;
import static dev.kimilinear.trainer.kernel.Gemm.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Functions of vectors, with the same result on every machine: polynomials of our own choice of precision (Cephes'
 * coefficients for expf and logf), and sums in a fixed order.
 */
final class VectorMath {

    /** Added and taken off again, it rounds to a whole number: 1.5 * 2^23. */
    private static final float ROUND = 12582912f;

    private VectorMath() {
    }

    static FloatVector load(float[] a, int at) {
        return FloatVector.fromArray(SPECIES, a, at);
    }

    private static FloatVector of(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    /** e^x, for x cut to [-87, 88]: x = n ln 2 + r, e^r as a polynomial of degree 6. */
    static FloatVector exp(FloatVector x) {
        FloatVector cut = x.max(-87f).min(88f);
        FloatVector rounded = cut.fma(of(1.44269504f), of(ROUND));
        FloatVector n = rounded.sub(ROUND);
        FloatVector r = n.fma(of(-0.693359375f), cut);
        r = n.fma(of(2.12194440e-4f), r);
        FloatVector p = r.fma(of(1.9875691500e-4f), of(1.3981999507e-3f));
        p = p.fma(r, of(8.3334519073e-3f));
        p = p.fma(r, of(4.1665795894e-2f));
        p = p.fma(r, of(1.6666665459e-1f));
        p = p.fma(r, of(5.0000001201e-1f));
        p = p.fma(r.mul(r), r.add(1f));
        // n sits in the low bits of the rounded number: shifted into the exponent it multiplies by 2^n.
        return p.reinterpretAsInts().add(rounded.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                .reinterpretAsFloats();
    }

    /** The natural logarithm of normal positive numbers. */
    static FloatVector log(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        IntVector sinceRootHalf = bits.sub(0x3f3504f3);
        FloatVector exponent = (FloatVector) sinceRootHalf.lanewise(VectorOperators.ASHR, 23).convertShape(VectorOperators.I2F,
                SPECIES, 0);
        FloatVector m = bits.sub(sinceRootHalf.and(0xff800000)).reinterpretAsFloats().sub(1f);
        FloatVector square = m.mul(m);
        FloatVector p = m.fma(of(7.0376836292e-2f), of(-1.1514610310e-1f));
        p = p.fma(m, of(1.1676998740e-1f));
        p = p.fma(m, of(-1.2420140846e-1f));
        p = p.fma(m, of(1.4249322787e-1f));
        p = p.fma(m, of(-1.6668057665e-1f));
        p = p.fma(m, of(2.0000714765e-1f));
        p = p.fma(m, of(-2.4999993993e-1f));
        p = p.fma(m, of(3.3333331174e-1f));
        p = p.mul(m).mul(square).sub(square.mul(0.5f)).add(m);
        return exponent.fma(of(0.693147181f), p);
    }

    /** 1 / (1 + e^-x). */
    static FloatVector sigmoid(FloatVector x) {
        return of(1f).div(exp(x.neg()).add(1f));
    }

    private static VectorShuffle<Float> exchange(int distance) {
        return VectorShuffle.fromOp(SPECIES, i -> LANES > distance ? i ^ distance : i);
    }

    private static final VectorShuffle<Float> BY_8 = exchange(8);
    private static final VectorShuffle<Float> BY_4 = exchange(4);
    private static final VectorShuffle<Float> BY_2 = exchange(2);
    private static final VectorShuffle<Float> BY_1 = exchange(1);

    /** The sum of the lanes. {@code reduceLanes} may add in another order before and after it is compiled. */
    static float sum(FloatVector v) {
        FloatVector s = v;
        if (LANES > 8) {
            s = s.add(s.rearrange(BY_8));
        }
        if (LANES > 4) {
            s = s.add(s.rearrange(BY_4));
        }
        s = s.add(s.rearrange(BY_2));
        return s.add(s.rearrange(BY_1)).lane(0);
    }
}
