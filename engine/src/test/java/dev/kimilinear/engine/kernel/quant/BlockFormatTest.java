package dev.kimilinear.engine.kernel.quant;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.FixtureReport;
import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.LittleEndian;

class BlockFormatTest {

    private static final AtomicInteger HELD = new AtomicInteger();

    /** Enumerates the enum, not the fixtures: a type that is added without a fixture fails here. */
    @ParameterizedTest
    @EnumSource
    void everyTypeHasAFixtureAndDecodesItToTheSameBits(GgmlType type) throws IOException {
        MemorySegment blocks = blocks(type);
        int[] expected = expectedBits(type);

        float[] decoded = new float[expected.length];
        BlockFormat.of(type).decodeRow(blocks, 0, expected.length, decoded, 0);

        assertThat(bits(decoded)).isEqualTo(expected);
        HELD.incrementAndGet();
    }

    @AfterAll
    static void report() {
        FixtureReport.add("project", "weight formats decoded bit for bit", HELD.get(), GgmlType.values().length);
    }

    @ParameterizedTest
    @EnumSource
    void aRowIsDecodedAtAnyOffsetAndNothingElseIsWritten(GgmlType type) throws IOException {
        MemorySegment blocks = blocks(type);
        int[] expected = expectedBits(type);
        BlockFormat format = BlockFormat.of(type);
        int block = type.blockElements();
        int columns = 3 * block;
        MemorySegment shifted = MemorySegment.ofArray(new byte[(int) blocks.byteSize() + 3]);
        MemorySegment.copy(blocks, 0, shifted, 3, blocks.byteSize());

        float[] decoded = new float[columns + 7];
        Arrays.fill(decoded, -42);
        format.decodeRow(shifted, 3 + format.rowBytes(2 * block), columns, decoded, 5);

        assertThat(bits(Arrays.copyOfRange(decoded, 5, 5 + columns)))
                .isEqualTo(Arrays.copyOfRange(expected, 2 * block, 5 * block));
        assertThat(Arrays.copyOfRange(decoded, 0, 5)).containsOnly(-42);
        assertThat(Arrays.copyOfRange(decoded, 5 + columns, decoded.length)).containsOnly(-42);
    }

    @ParameterizedTest
    @EnumSource
    void theGeometryIsThatOfGgml(GgmlType type) throws IOException {
        JsonNode index = new ObjectMapper().readTree(Fixtures.project("blocks/index.json").toFile()).get(type.name());

        assertThat(type.blockElements()).isEqualTo(index.get("block_elems").asInt());
        assertThat(type.blockBytes()).isEqualTo(index.get("block_bytes").asInt());
        assertThat(blocks(type).byteSize()).isEqualTo(index.get("n_blocks").asLong() * type.blockBytes());
        assertThat(BlockFormat.of(type).type()).isEqualTo(type);
        assertThat(BlockFormat.of(type).rowBytes(6 * type.blockElements())).isEqualTo(6L * type.blockBytes());
    }

    @ParameterizedTest
    @EnumSource
    void theSingleWeightsOfAFloatFormatAreThoseOfItsRow(GgmlType type) throws IOException {
        if (!(BlockFormat.of(type) instanceof FloatFormat format)) {
            assertThat(type.blockElements()).isGreaterThan(1);
            return;
        }
        MemorySegment blocks = blocks(type);
        int[] expected = expectedBits(type);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Float.floatToRawIntBits(format.get(blocks, (long) i * format.bytes()))).isEqualTo(expected[i]);
        }
    }

    /**
     * What the integer dot product relies on: the parts of a block give its values by the formula, whatever was there
     * before.
     */
    @ParameterizedTest
    @EnumSource
    void unpackedBlocksGiveTheValuesByTheFormula(GgmlType type) throws IOException {
        if (!(BlockFormat.of(type) instanceof QuantisedFormat format)) {
            assertThat(type.blockElements()).isEqualTo(1);
            return;
        }
        MemorySegment blocks = blocks(type);
        int[] expected = expectedBits(type);
        int[] values = new int[expected.length];
        UnpackedBlock block = new UnpackedBlock();
        for (int b = 0; b < expected.length / type.blockElements(); b++) {
            Arrays.fill(block.q, 99);
            Arrays.fill(block.scale, 99);
            Arrays.fill(block.min, 99);
            block.d = Float.NaN;
            block.dmin = Float.NaN;
            format.unpack(blocks, (long) b * type.blockBytes(), block);
            for (int i = 0; i < type.blockElements(); i++) {
                int s = i / format.subBlock();
                float value = block.d * block.scale[s] * block.q[i];
                if (format.hasMin()) {
                    value -= block.dmin * block.min[s];
                }
                values[b * type.blockElements() + i] = Float.floatToRawIntBits(value);
            }
        }
        assertThat(values).isEqualTo(expected);
    }

    @Test
    void activationsAreGroupedByTheBlock() {
        for (GgmlType type : GgmlType.values()) {
            if (BlockFormat.of(type) instanceof QuantisedFormat format) {
                assertThat(format.activationGroup()).isEqualTo(type.blockElements()).isIn(32, 256);
                assertThat(format.subBlock()).isIn(16, 32);
            }
        }
    }

    /** The fixtures' random blocks need not reach the ends: 2^-128 is subnormal, and 12 * 2^127 is beyond float as in ggml. */
    @Test
    void everyScaleOfMxfp4IsThePowerOfTwoThatTheDefinitionSays() {
        byte[] bytes = new byte[17];
        float[] decoded = new float[32];
        for (int e = 0; e < 256; e++) {
            bytes[0] = (byte) e;
            bytes[1] = (byte) 0xF7;
            new MXFP4().decodeRow(MemorySegment.ofArray(bytes), 0, 32, decoded, 0);
            double scale = Math.pow(2, e - 128);
            assertThat(decoded[0]).isEqualTo((float) (12 * scale));
            assertThat(decoded[16]).isEqualTo((float) (-12 * scale));
        }
    }

    private static MemorySegment blocks(GgmlType type) throws IOException {
        return MemorySegment.ofArray(Files.readAllBytes(Fixtures.project("blocks/" + type + ".blk")));
    }

    private static int[] expectedBits(GgmlType type) throws IOException {
        return MemorySegment.ofArray(Files.readAllBytes(Fixtures.project("blocks/" + type + ".f32"))).toArray(LittleEndian.INT);
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
