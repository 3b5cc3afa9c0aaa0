package dev.kimilinear.engine.kernel.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.kimilinear.engine.gguf.GgmlType;

class BlockEncoderTest {

    private static final Set<GgmlType> WRITTEN = EnumSet.of(GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0,
            GgmlType.Q5_0, GgmlType.Q4_K, GgmlType.Q6_K);

    @ParameterizedTest
    @EnumSource
    void typesAreWrittenOrRefusedByName(GgmlType type) {
        if (WRITTEN.contains(type)) {
            assertThat(BlockEncoder.of(type).type()).isEqualTo(type);
        } else {
            assertThatThrownBy(() -> BlockEncoder.of(type)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(type.name()).hasMessageContaining("Q4_K");
        }
    }

    /** Root-mean-square errors of a gaussian, as parts of its deviation. */
    @ParameterizedTest
    @CsvSource({ "F32, 0", "F16, 0.0003", "BF16, 0.002", "Q8_0, 0.0056", "Q5_0, 0.047", "Q4_K, 0.073", "Q6_K, 0.018" })
    void gaussiansComeBackWithinTheErrorOfTheFormat(GgmlType type, double most) {
        float[] weights = gaussian(1, 64 * 256, 0.03f);

        assertThat(error(weights, decoded(type, weights))).isLessThanOrEqualTo(most);
    }

    /**
     * The checksums were taken when the encoders gave the same bytes as llama.cpp's quantiser for all matrices of a model.
     */
    @ParameterizedTest
    @CsvSource({ "Q8_0, 294265304", "Q5_0, 54307392", "Q4_K, 430220265", "Q6_K, 322257751" })
    void bytesAreThoseOfTheReference(GgmlType type, long checksum) {
        CRC32 crc = new CRC32();
        crc.update(encoded(type, gaussian(2, 64 * 256, 0.03f)));

        assertThat(crc.getValue()).isEqualTo(checksum);
    }

    @Test
    void everyWeightIsWithinHalfAStepInQ8() {
        float[] weights = gaussian(3, 32 * 40, 1);
        float[] decoded = decoded(GgmlType.Q8_0, weights);
        for (int block = 0; block < weights.length; block += 32) {
            float largest = 0;
            for (int i = block; i < block + 32; i++) {
                largest = Math.max(largest, Math.abs(weights[i]));
            }
            // Half a step, and the rounding of the scale to eleven bits.
            float most = largest / 127 / 2 + largest / 2048;
            for (int i = block; i < block + 32; i++) {
                assertThat(decoded[i]).isCloseTo(weights[i], within(most));
            }
        }
    }

    @Test
    void decodableWeightsComeBackExactlyInQ8() {
        Random random = new Random(4);
        float[] weights = new float[32 * 100];
        for (int block = 0; block < weights.length; block += 32) {
            float d = Float.float16ToFloat(Float.floatToFloat16(random.nextFloat() + 0.001f));
            for (int i = block; i < block + 32; i++) {
                weights[i] = d * (random.nextInt(255) - 127);
            }
            weights[block + random.nextInt(32)] = d * (random.nextBoolean() ? 127 : -127);
        }

        assertThat(decoded(GgmlType.Q8_0, weights)).isEqualTo(weights);
    }

    @Test
    void theFirstOfTheLargestWeightsIsExactInQ5() {
        float[] weights = new float[32];
        weights[7] = -2;
        weights[20] = 2;
        weights[21] = 0.25f;

        float[] decoded = decoded(GgmlType.Q5_0, weights);

        assertThat(decoded[7]).isEqualTo(-2);
        // Codes reach one step less far on the other side.
        assertThat(decoded[20]).isEqualTo(1.875f);
        assertThat(decoded[21]).isEqualTo(0.25f);
    }

    @ParameterizedTest
    @EnumSource
    void zerosComeBack(GgmlType type) {
        if (WRITTEN.contains(type)) {
            for (float decoded : decoded(type, new float[512])) {
                assertThat(decoded == 0).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void constantsComeBackUpToTheRoundingOfScales(GgmlType type) {
        if (WRITTEN.contains(type)) {
            for (float value : new float[] { 1, -1, 0.37f, -0.37f, 1000, -0.1f }) {
                float[] weights = new float[256];
                Arrays.fill(weights, value);
                for (float decoded : decoded(type, weights)) {
                    assertThat(decoded).as(type + " of " + value).isCloseTo(value, within(Math.abs(value) / 250));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void extremesStayFinite(GgmlType type) {
        if (WRITTEN.contains(type)) {
            for (float size : new float[] { 60_000, 1e-3f, 1e-7f, 1e-20f, 1e-42f, Float.MIN_VALUE }) {
                float[] weights = gaussian(5, 512, size / 6);
                for (float decoded : decoded(type, weights)) {
                    assertThat(Math.abs(decoded)).as(type + " of " + size).isLessThanOrEqualTo(size);
                }
            }
        }
    }

    /** A sub-block of large weights leaves the small ones of the others a coarse scale, but not a wrong one. */
    @ParameterizedTest
    @EnumSource(names = { "Q4_K", "Q6_K" })
    void subBlocksOfAllSizesShareABlock(GgmlType type) {
        float[] weights = gaussian(6, 256, 0.01f);
        weights[100] = 5;
        float[] decoded = decoded(type, weights);

        assertThat(decoded[100]).isCloseTo(5, within(0.1f));
        for (int i = 0; i < 96; i++) {
            assertThat(decoded[i]).isCloseTo(weights[i], within(0.06f));
        }
    }

    @Test
    void theSearchOfQ4KIsBetterThanRoundingToTheRange() {
        float[] weights = gaussian(7, 64 * 256, 1);
        float[] naive = new float[weights.length];
        for (int from = 0; from < weights.length; from += 32) {
            float least = Float.MAX_VALUE;
            float most = -Float.MAX_VALUE;
            for (int i = from; i < from + 32; i++) {
                least = Math.min(least, weights[i]);
                most = Math.max(most, weights[i]);
            }
            float step = (most - least) / 15;
            for (int i = from; i < from + 32; i++) {
                naive[i] = least + step * Math.round((weights[i] - least) / step);
            }
        }

        // Although the naive scales are floats, not six bits each.
        assertThat(error(weights, decoded(GgmlType.Q4_K, weights))).isLessThan(0.98 * error(weights, naive));
    }

    @ParameterizedTest
    @EnumSource
    void aRowIsWrittenWhereItBelongsAndNowhereElse(GgmlType type) {
        if (!WRITTEN.contains(type)) {
            return;
        }
        int columns = 3 * type.blockElements();
        float[] weights = gaussian(8, columns + 9, 1);
        byte[] bytes = new byte[(int) BlockFormat.of(type).rowBytes(columns) + 12];
        Arrays.fill(bytes, (byte) 77);
        BlockEncoder.of(type).encodeRow(weights, 4, columns, MemorySegment.ofArray(bytes), 5);

        assertThat(Arrays.copyOfRange(bytes, 5, bytes.length - 7))
                .isEqualTo(encoded(type, Arrays.copyOfRange(weights, 4, 4 + columns)));
        assertThat(Arrays.copyOfRange(bytes, 0, 5)).containsOnly(77);
        assertThat(Arrays.copyOfRange(bytes, bytes.length - 7, bytes.length)).containsOnly(77);
    }

    @Test
    void aRowIsWholeBlocks() {
        assertThatThrownBy(() -> encoded(GgmlType.Q4_K, new float[128])).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A row has 128 weights, expected a multiple of 256, the block of type Q4_K");
    }

    @Test
    void floatsAreRoundedToTheNearest() {
        assertThat(decoded(GgmlType.BF16, new float[] { 1.00390625f, 1.01171875f, 1.0039065f, -1e-45f }))
                .containsExactly(1, 1.015625f, 1.0078125f, -0f);
        assertThat(decoded(GgmlType.BF16, new float[] { Float.NaN, Float.MAX_VALUE, -3.38e38f }))
                .containsExactly(Float.NaN, Float.POSITIVE_INFINITY, -3.3762391e38f);
        assertThat(decoded(GgmlType.F16, new float[] { 1.00048828125f, 65_519, 70_000 }))
                .containsExactly(1, 65_504, Float.POSITIVE_INFINITY);
    }

    private static byte[] encoded(GgmlType type, float[] weights) {
        byte[] bytes = new byte[weights.length / type.blockElements() * type.blockBytes()];
        BlockEncoder.of(type).encodeRow(weights, 0, weights.length, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    private static float[] decoded(GgmlType type, float[] weights) {
        float[] decoded = new float[weights.length];
        BlockFormat.of(type).decodeRow(MemorySegment.ofArray(encoded(type, weights)), 0, weights.length, decoded, 0);
        return decoded;
    }

    private static double error(float[] weights, float[] decoded) {
        double error = 0;
        double size = 0;
        for (int i = 0; i < weights.length; i++) {
            error += Math.pow(weights[i] - decoded[i], 2);
            size += Math.pow(weights[i], 2);
        }
        return Math.sqrt(error / size);
    }

    private static float[] gaussian(int seed, int count, float deviation) {
        Random random = new Random(seed);
        float[] weights = new float[count];
        for (int i = 0; i < count; i++) {
            weights[i] = (float) (random.nextGaussian() * deviation);
        }
        return weights;
    }
}
