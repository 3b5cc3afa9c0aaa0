package dev.kimilinear.engine.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shapes that the kernels use on this machine: {@link #L} float lanes, 4, 8 or 16. A reduction always has
 * sixteen partial sums, so a narrower machine walks a row more than once, each time over its own lanes.
 */
final class Lanes {

    /** Not wider than 512 bits: the sixteen partial sums of the contract fill that. */
    static final VectorSpecies<Float> FLOAT = FloatVector.SPECIES_PREFERRED.length() > 16 ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    static final int L = FLOAT.length();
    static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, FLOAT.vectorShape());
    /** Twice as many shorts, in a vector of the same size. */
    static final VectorSpecies<Short> SHORT = VectorSpecies.of(short.class, FLOAT.vectorShape());
    /** Four times as many bytes, in a vector of the same size. */
    static final VectorSpecies<Byte> BYTE = VectorSpecies.of(byte.class, FLOAT.vectorShape());
    /** As many shorts as {@link #FLOAT} has lanes. */
    static final VectorSpecies<Short> SHORT_FOR_FLOAT = VectorSpecies.of(short.class,
            VectorShape.forBitSize(FLOAT.vectorBitSize() / 2));

    private Lanes() {
    }

    static {
        assert IntVector.zero(INT).length() == L;
    }
}
