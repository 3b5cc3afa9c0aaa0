package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.kimilinear.engine.api.LatentCacheType;

class LatentCacheTest {

    private static final int WIDTH = 37;
    private static final int ROWS = 300;

    @Test
    void f32KeepsTheBits() {
        float[] rows = ordinary(ROWS);

        assertThat(bits(read(filled(LatentCacheType.F32, rows, ROWS), ROWS))).isEqualTo(bits(rows));
    }

    @Test
    void f16RoundsEachValueOnce() {
        float[] rows = ordinary(ROWS);
        float[] rounded = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            rounded[i] = Float.float16ToFloat(Float.floatToFloat16(rows[i]));
        }

        float[] held = read(filled(LatentCacheType.F16, rows, ROWS), ROWS);

        assertThat(bits(held)).isEqualTo(bits(rounded));
        assertThat(bits(held)).isNotEqualTo(bits(rows));
        assertThat(bits(read(filled(LatentCacheType.F16, held, ROWS), ROWS))).isEqualTo(bits(held));
    }

    @Test
    void f16RoundsTiesToEvenAndStopsAtItsLargestNumber() {
        float[] given = { 1f + 0x1p-11f, 1f + 3 * 0x1p-11f, 1f + 0x1.002p-11f, 65504f, 65519f, 65520f, -65520f, 1e30f,
                Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 0f, -0f, 0x1p-24f, 0x1p-25f, -0x1.1p-25f };
        float[] expected = { 1f, 1f + 0x1p-9f, 1f + 0x1p-10f, 65504f, 65504f, 65504f, -65504f, 65504f, 65504f, -65504f,
                Float.NaN, 0f, -0f, 0x1p-24f, 0f, -0x1p-24f };
        float[] row = Arrays.copyOf(given, WIDTH);

        float[] held = read(filled(LatentCacheType.F16, row, 1), 1);

        assertThat(bits(Arrays.copyOf(held, given.length))).isEqualTo(bits(expected));
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreTheSameHoweverTheyCame(LatentCacheType type) {
        float[] rows = ordinary(ROWS);
        LatentCache whole = filled(type, rows, ROWS);
        LatentCache parts = new LatentCache(WIDTH, type);
        Random random = new Random(3);
        for (int at = 0; at < ROWS;) {
            int count = Math.min(ROWS - at, 1 + random.nextInt(140));
            parts.append(at, rows, at, count);
            at += count;
        }

        assertThat(bits(read(parts, ROWS))).isEqualTo(bits(read(whole, ROWS)));
        assertThat(parts.bytes()).isEqualTo(whole.bytes());
    }

    @ParameterizedTest
    @EnumSource
    void aForkKeepsItsRowsWhateverTheOtherStores(LatentCacheType type) {
        float[] rows = ordinary(ROWS);
        float[] others = new float[ROWS * WIDTH];
        for (int at : new int[] { 1, 127, 128, 129, 256, 299 }) {
            LatentCache cache = filled(type, rows, at);
            LatentCache fork = cache.fork(at);
            cache.append(at, others, at, ROWS - at);
            fork.append(at, rows, at, ROWS - at);

            assertThat(bits(read(fork, ROWS))).isEqualTo(bits(read(filled(type, rows, ROWS), ROWS)));
            assertThat(bits(Arrays.copyOf(read(cache, ROWS), at * WIDTH)))
                    .isEqualTo(bits(Arrays.copyOf(read(fork, ROWS), at * WIDTH)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void forksShareWholeBlocksAndNothingElse(LatentCacheType type) {
        LatentCache cache = filled(type, ordinary(ROWS), ROWS);
        Set<Object> arrays = arrays(cache);

        arrays.retainAll(arrays(cache.fork(ROWS)));
        assertThat(arrays).hasSize(ROWS / Kernels.LATENT_BLOCK);
        arrays.retainAll(arrays(cache.fork(128)));
        assertThat(arrays).hasSize(1);
        assertThat(arrays(cache.fork(128))).hasSize(1);
        assertThat(cache.fork(1).bytes()).isEqualTo(LatentCache.bytes(WIDTH, 1, type));
    }

    @ParameterizedTest
    @EnumSource
    void piecesAreAllRowsAndFillAnother(LatentCacheType type) {
        float[] rows = ordinary(ROWS);
        LatentCache from = filled(type, rows, ROWS);
        for (int tokens : new int[] { 1, 128, 300 }) {
            List<MemorySegment> pieces = new ArrayList<>();
            from.forEachPiece(tokens, pieces::add);
            assertThat(pieces.stream().mapToLong(MemorySegment::byteSize).sum())
                    .isEqualTo((long) tokens * WIDTH * type.valueBytes());

            LatentCache to = new LatentCache(WIDTH, type);
            Iterator<MemorySegment> next = pieces.iterator();
            to.forEachPiece(tokens, piece -> piece.copyFrom(next.next()));

            assertThat(next.hasNext()).isFalse();
            assertThat(bits(read(to, tokens))).isEqualTo(bits(Arrays.copyOf(read(from, ROWS), tokens * WIDTH)));
            assertThat(to.bytes()).isEqualTo(LatentCache.bytes(WIDTH, tokens, type));
        }
    }

    private static Set<Object> arrays(LatentCache cache) {
        Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        long[] bytes = { 0 };
        cache.forEachArray((array, size) -> {
            arrays.add(array);
            bytes[0] += size;
        });
        assertThat(bytes[0]).isEqualTo(cache.bytes());
        return arrays;
    }

    @ParameterizedTest
    @EnumSource
    void bytesAreThoseOfWholeBlocks(LatentCacheType type) {
        int valueBytes = type == LatentCacheType.F16 ? 2 : 4;
        for (int tokens : new int[] { 0, 1, 127, 128, 129, 256, 257 }) {
            long blocks = tokens == 0 ? 0 : (tokens - 1) / 128 + 1;
            assertThat(LatentCache.bytes(WIDTH, tokens, type)).isEqualTo(blocks * 128 * WIDTH * valueBytes);
            assertThat(filled(type, new float[tokens * WIDTH], tokens).bytes())
                    .isEqualTo(LatentCache.bytes(WIDTH, tokens, type));
        }
        assertThat(LatentCache.bytes(576, 1 << 20, type)).isEqualTo((long) valueBytes * 576 << 20);
    }

    private static LatentCache filled(LatentCacheType type, float[] rows, int count) {
        LatentCache cache = new LatentCache(WIDTH, type);
        cache.append(0, rows, 0, count);
        return cache;
    }

    private static float[] read(LatentCache cache, int count) {
        float[] rows = new float[count * WIDTH];
        float[] widened = new float[Kernels.LATENT_BLOCK * WIDTH];
        for (int first = 0; first < count; first += Kernels.LATENT_BLOCK) {
            int n = Math.min(Kernels.LATENT_BLOCK, count - first);
            float[] block = cache.block(first / Kernels.LATENT_BLOCK, n, widened);
            System.arraycopy(block, 0, rows, first * WIDTH, n * WIDTH);
        }
        return rows;
    }

    private static float[] ordinary(int rows) {
        Random random = new Random(11);
        float[] values = new float[rows * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 3;
        }
        return values;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
        return bits;
    }
}
