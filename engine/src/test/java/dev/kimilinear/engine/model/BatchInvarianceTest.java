package dev.kimilinear.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;

/**
 * A row's logits have the same bits whatever the chunks its prompt was read in, the company of other sequences, the number
 * of threads and the kernel set.
 */
class BatchInvarianceTest {

    private static final long SEED = 7;
    private static final int ROUNDS = 2;

    private static final List<String> FOLDERS = List.of("models/tiny-f32", "models/all-kda-f32", "models/all-mla-f32",
            "models/groups-f32", "models/legacy-unsplit-f32", "models/noshared-f16", "models/dense2-bf16", "quant/zoo",
            "quant/q4_k_m");

    static Stream<Arguments> foldersAndCaches() {
        return FOLDERS.stream().flatMap(
                folder -> Stream.of(LatentCacheType.values()).map(latentCache -> Arguments.of(folder, latentCache)));
    }

    @ParameterizedTest
    @MethodSource("foldersAndCaches")
    void sameBitsForAnyChunkingCompanyThreadsAndKernels(String folder, LatentCacheType latentCache) throws IOException {
        float[] expected;
        int[] tokens;
        int[] positions;
        try (FixtureModel reference = new FixtureModel(Fixtures.project(folder), KernelChoice.SCALAR, 1,
                latentCache)) {
            FixtureModel.Case longest = longest(reference);
            tokens = longest.tokens();
            positions = new int[] { 0, tokens.length / 2, tokens.length - 1 };
            expected = reference.logits(reference.newState(), tokens, positions, 1);
        }
        Random random = new Random(SEED);
        for (KernelChoice kernels : new KernelChoice[] { KernelChoice.SCALAR, KernelChoice.VECTOR }) {
            for (int threads : new int[] { 1, 2, 3 }) {
                try (FixtureModel model = new FixtureModel(Fixtures.project(folder), kernels, threads, latentCache)) {
                    for (int round = 0; round < ROUNDS; round++) {
                        float[] actual = inCompany(model, tokens, positions, random);
                        assertThat(bits(actual)).as("%s kernels, %d threads, round %d", kernels, threads, round)
                                .isEqualTo(bits(expected));
                    }
                }
            }
        }
    }

    private static FixtureModel.Case longest(FixtureModel model) {
        FixtureModel.Case longest = model.cases.getFirst();
        for (FixtureModel.Case recorded : model.cases) {
            if (recorded.tokens().length > longest.tokens().length) {
                longest = recorded;
            }
        }
        return longest;
    }

    /** Reads the tokens in random chunks, each step shared with a random chunk of up to two other sequences. */
    private static float[] inCompany(FixtureModel model, int[] tokens, int[] positions, Random random) {
        SequenceState state = model.newState();
        SequenceState[] others = { model.newState(), model.newState() };
        int[] noise = random.ints(5 * tokens.length, 0, model.vocabularySize()).toArray();
        int[] read = new int[others.length];
        float[] rows = new float[positions.length * model.vocabularySize()];
        int row = 0;
        for (int from = 0; from < tokens.length;) {
            int start = from;
            int to = Math.min(tokens.length, from + 1 + random.nextInt(1 + random.nextInt(tokens.length)));
            int[] inside = Arrays.stream(positions).filter(p -> p >= start && p < to).map(p -> p - start).toArray();
            Span ours = new Span(state).of(tokens, from, to, inside);
            Span before = company(others, noise, read, 0, random);
            Span after = company(others, noise, read, 1, random);
            float[] logits = model.step(before, ours, after);
            System.arraycopy(logits, before.logitsAt().length * model.vocabularySize(), rows, row * model.vocabularySize(),
                    inside.length * model.vocabularySize());
            row += inside.length;
            from = to;
        }
        return rows;
    }

    private static Span company(SequenceState[] others, int[] noise, int[] read, int which, Random random) {
        int from = read[which];
        int to = Math.min(noise.length, from + 1 + random.nextInt(5));
        if (to == from) {
            throw new IllegalStateException("The company ran out of tokens.");
        }
        read[which] = to;
        return random.nextBoolean() ? Span.last(others[which], noise, from, to) : Span.quiet(others[which], noise, from, to);
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
