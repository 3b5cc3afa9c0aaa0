package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;

/** Attention over the latent cache in spans of many tokens: the same bits however rows are cut, and no garbage. */
@Tag("vectors")
class LatentAttentionTest {

    private static final Kernels SCALAR = KernelSelector.select(KernelChoice.SCALAR);
    private static final Kernels VECTOR = KernelSelector.select(KernelChoice.VECTOR);

    /** A span and what lies before it, in random numbers. */
    private record Case(int heads, int width, int rank, int before, int tokens, float[] rows, float[] query) {

        static Case of(int heads, int width, int rank, int before, int tokens) {
            Random random = new Random(heads + 31 * before);
            return new Case(heads, width, rank, before, tokens, random((before + tokens) * width, random),
                    random(tokens * heads * width, random));
        }

        LatentCache cache(LatentCacheType type) {
            LatentCache cache = new LatentCache(width, type);
            cache.append(0, rows, 0, before + tokens);
            return cache;
        }

        int values() {
            return tokens * heads * rank;
        }

        float[] attend(Kernels kernels, LatentCache cache, Scratch scratch, int from, int to, float[] out) {
            kernels.latentAttention(query, heads, 0, cache, before, rank, 0.1f, from, to, out, scratch);
            return out;
        }
    }

    /** More rows than meet a block together; heads that fill vectors and groups and that do not; borders of blocks inside. */
    @ParameterizedTest
    @CsvSource({ "32, 80, 64, 100, 40", "5, 75, 70, 250, 130", "1, 40, 33, 0, 300", "19, 21, 17, 383, 15",
            "4, 144, 128, 126, 70" })
    void spansGiveTheBitsOfTheScalarKernels(int heads, int width, int rank, int before, int tokens) {
        Case span = Case.of(heads, width, rank, before, tokens);
        int rows = tokens * heads;
        for (LatentCacheType type : LatentCacheType.values()) {
            LatentCache cache = span.cache(type);
            Scratch scratch = new Scratch();
            float[] expected = span.attend(SCALAR, cache, scratch, 0, rows, new float[span.values()]);

            assertThat(bits(span.attend(VECTOR, cache, scratch, 0, rows, new float[span.values()])))
                    .isEqualTo(bits(expected));
            float[] inParts = new float[span.values()];
            Random random = new Random(5);
            for (int from = 0; from < rows;) {
                int to = Math.min(rows, from + 1 + random.nextInt(100));
                span.attend(VECTOR, cache, scratch, from, to, inParts);
                from = to;
            }
            assertThat(bits(inParts)).isEqualTo(bits(expected));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyNumberOfThreadsGivesTheSameBits(LatentCacheType type) {
        Case span = Case.of(6, 40, 32, 200, 90);
        float[] expected = span.attend(SCALAR, span.cache(type), new Scratch(), 0, 540, new float[span.values()]);
        for (int threads : new int[] { 1, 2, 5 }) {
            try (WorkerPool pool = new WorkerPool(threads, "latent")) {
                float[] actual = new Ops(VECTOR, pool).latentAttention(span.query, 6, span.cache(type), 200, 32, 0.1f, 0, 90,
                        new float[span.values()]);
                assertThat(bits(actual)).isEqualTo(bits(expected));
            }
        }
    }

    /** An F16 cache is an F32 cache of rounded rows. */
    @ParameterizedTest
    @EnumSource(names = { "SCALAR", "VECTOR" })
    void arithmeticOnHalvesIsThatOfFloats(KernelChoice choice) {
        Kernels kernels = KernelSelector.select(choice);
        Case span = Case.of(3, 50, 48, 150, 7);
        Case rounded = Case.of(3, 50, 48, 150, 7);
        for (int i = 0; i < rounded.rows.length; i++) {
            rounded.rows[i] = Float.float16ToFloat(Float.floatToFloat16(rounded.rows[i]));
        }
        Scratch scratch = new Scratch();

        assertThat(bits(span.attend(kernels, span.cache(LatentCacheType.F16), scratch, 0, 21, new float[span.values()])))
                .isEqualTo(bits(rounded.attend(kernels, rounded.cache(LatentCacheType.F32), scratch, 0, 21,
                        new float[span.values()])));
    }

    /** What a row does not see does not touch it, not even where it is no number. */
    @ParameterizedTest
    @EnumSource
    void laterTokensDoNotReachEarlierOnes(LatentCacheType type) {
        Case span = Case.of(3, 50, 48, 120, 20);
        Case broken = Case.of(3, 50, 48, 120, 20);
        int sound = 13;
        Arrays.fill(broken.rows, (120 + sound) * 50, broken.rows.length, Float.NaN);
        float[] expected = span.attend(VECTOR, span.cache(type), new Scratch(), 0, 60, new float[span.values()]);
        float[] actual = broken.attend(VECTOR, broken.cache(type), new Scratch(), 0, 60, new float[span.values()]);

        int values = sound * 3 * 48;
        assertThat(bits(Arrays.copyOf(actual, values))).isEqualTo(bits(Arrays.copyOf(expected, values)));
        assertThat(actual[values]).isNaN();
    }

    /** The shape of the real model, and one whose rows fill neither vectors nor groups. */
    @ParameterizedTest
    @CsvSource({ "F16, 32, 576, 512, 1", "F32, 32, 576, 512, 1", "F16, 32, 576, 512, 12", "F16, 7, 90, 77, 9" })
    void aWarmKernelAllocatesNothing(LatentCacheType type, int heads, int width, int rank, int tokens) {
        Case span = Case.of(heads, width, rank, 300, tokens);
        LatentCache cache = span.cache(type);
        Scratch scratch = new Scratch();
        float[] out = new float[span.values()];
        int rows = tokens * heads;

        assertThat(WarmAllocation.bytes(() -> span.attend(VECTOR, cache, scratch, 0, rows, out))).isZero();
    }

    private static float[] random(int n, Random random) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian() * 2;
        }
        return values;
    }

    /** Bits with one NaN: which NaN an operation gives is not defined. */
    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
        return bits;
    }
}
