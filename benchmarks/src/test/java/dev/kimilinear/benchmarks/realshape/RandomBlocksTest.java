package dev.kimilinear.benchmarks.realshape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.quant.BlockFormat;

class RandomBlocksTest {

    private static final int WEIGHTS = 1 << 16;
    private static final double DEVIATION = 0.03;
    /** MXFP4 has powers of two for scales, the others a scale that fits. */
    private static final double RELATIVE_TOLERANCE = 0.1;
    private static final double RELATIVE_TOLERANCE_OF_POWERS = 0.5;

    @ParameterizedTest
    @EnumSource(GgmlType.class)
    void decodedValuesHaveTheWantedDeviationAndNoMean(GgmlType type) {
        float[] values = decode(type, RandomBlocks.encode(type, WEIGHTS, DEVIATION, new SplittableRandom(7)));

        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double deviation = Math.sqrt(squares / WEIGHTS);
        double tolerance = type == GgmlType.MXFP4 ? RELATIVE_TOLERANCE_OF_POWERS : RELATIVE_TOLERANCE;
        assertThat(deviation).isCloseTo(DEVIATION, within(tolerance * DEVIATION));
        // Quants of some types are not symmetric, by half a step of 4 bits at most.
        assertThat(sum / WEIGHTS).isCloseTo(0, within(0.15 * DEVIATION));
    }

    @ParameterizedTest
    @EnumSource(GgmlType.class)
    void aSeedMakesTheSameBytes(GgmlType type) {
        byte[] first = RandomBlocks.encode(type, 512, DEVIATION, new SplittableRandom(1));

        assertThat(RandomBlocks.encode(type, 512, DEVIATION, new SplittableRandom(1))).isEqualTo(first)
                .isNotEqualTo(RandomBlocks.encode(type, 512, DEVIATION, new SplittableRandom(2)));
    }

    private static float[] decode(GgmlType type, byte[] bytes) {
        float[] values = new float[WEIGHTS];
        BlockFormat.of(type).decodeRow(MemorySegment.ofArray(bytes), 0, WEIGHTS, values, 0);
        return values;
    }
}
