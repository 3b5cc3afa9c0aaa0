package dev.kimilinear.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;

/** Forks of forks, some of them written and read in between: each gives the logits of a straight run, bit for bit. */
class SequenceStateTest {

    private static final long SEED = 3;
    private static final int BRANCHES = 20;
    private static final int MOST_TOKENS = 450;
    private static final List<String> FOLDERS = List.of("models/tiny-f32", "models/all-mla-f32", "models/noshared-f16",
            "models/dense2-bf16", "quant/zoo");

    private record Branch(int[] tokens, SequenceState state) {
    }

    static Stream<Arguments> foldersAndCaches() {
        return FOLDERS.stream().flatMap(
                folder -> Stream.of(LatentCacheType.values()).map(latentCache -> Arguments.of(folder, latentCache)));
    }

    @ParameterizedTest
    @MethodSource("foldersAndCaches")
    void everyBranchIsAStraightRun(String folder, LatentCacheType latentCache) throws IOException {
        Random random = new Random(SEED);
        try (FixtureModel model = new FixtureModel(Fixtures.project(folder), KernelChoice.AUTO, 2, latentCache)) {
            List<Branch> branches = new ArrayList<>(List.of(new Branch(new int[0], model.newState())));
            for (int i = 0; i < BRANCHES; i++) {
                Branch from = branches.get(random.nextInt(branches.size()));
                int more = 1 + random.nextInt(150);
                if (from.tokens().length + more > MOST_TOKENS) {
                    continue;
                }
                int[] tokens = Arrays.copyOf(from.tokens(), from.tokens().length + more);
                for (int t = from.tokens().length; t < tokens.length; t++) {
                    tokens[t] = random.nextInt(model.vocabularySize());
                }
                SequenceState state = random.nextInt(3) == 0 ? copy(model, from.state()) : from.state().fork();
                assertThat(state.position()).isEqualTo(from.tokens().length);
                float[] logits = read(model, state, tokens, random);

                assertThat(bits(logits)).as("branch %d of %d tokens at %d", i, tokens.length, from.tokens().length)
                        .isEqualTo(bits(read(model, model.newState(), tokens, random)));
                branches.add(new Branch(tokens, state));
            }
        }
    }

    /** The way of a state through bytes. */
    private static SequenceState copy(FixtureModel model, SequenceState state) {
        List<MemorySegment> pieces = new ArrayList<>();
        state.forEachPiece(pieces::add);
        SequenceState copy = model.newState();
        Iterator<MemorySegment> next = pieces.iterator();
        copy.fill(state.position(), piece -> piece.copyFrom(next.next()));
        assertThat(next.hasNext()).isFalse();
        assertThat(copy.bytes()).isEqualTo(state.bytes());
        return copy;
    }

    /** The logits of the last token, the others being read in pieces of any size. */
    private static float[] read(FixtureModel model, SequenceState state, int[] tokens, Random random) {
        float[] logits = null;
        for (int from = state.position(); from < tokens.length;) {
            int to = Math.min(tokens.length, from + 1 + random.nextInt(200));
            logits = model.step(Span.last(state, tokens, from, to));
            from = to;
        }
        return logits;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }
}
