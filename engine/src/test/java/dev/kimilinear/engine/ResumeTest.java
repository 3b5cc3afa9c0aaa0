package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.api.SnapshotStats;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * Conversations that go on, are changed, forked and asked again, in company and across restarts: every answer is, token for
 * token, that of an engine which reads every prompt from its beginning.
 */
@Timeout(300)
class ResumeTest {

    private static final long SEED = 11;
    private static final int ROUNDS = 6;
    private static final int CONTEXT = 2000;

    @TempDir
    Path folder;

    static Stream<Path> models() throws IOException {
        Path root = Fixtures.fullSet().orElse(Fixtures.project("models").getParent());
        List<Path> files = new ArrayList<>();
        for (String kind : new String[] { "models", "quant" }) {
            try (Stream<Path> folders = Files.list(root.resolve(kind))) {
                folders.map(f -> f.resolve("model.gguf")).filter(Files::exists).sorted().forEach(files::add);
            }
        }
        assertThat(files).hasSizeGreaterThan(5);
        return files.stream();
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyAnswerIsThatOfAStraightRun(Path model) throws Exception {
        Random random = new Random(SEED);
        Conversations conversations = new Conversations(model, random);
        SnapshotStats all = new SnapshotStats(0, 0, 0, 0, 0, 0, 0, 0, 0);
        EngineOptions options = EngineOptions.defaults().withContextTokens(CONTEXT).withThreads(1)
                .withCacheDirectory(folder.resolve("cache"));
        try (Engine straight = Engine.open(model, options.withSnapshots(SnapshotOptions.off()))) {
            for (int round = 0; round < ROUNDS; round++) {
                // Nothing, one or two states, or all of them fit into memory.
                long state = straight.stats().memory().sequenceBytes();
                long memory = new long[] { SnapshotOptions.AUTO, 2 * state + (1 << 18), 10 * state }[random.nextInt(3)];
                EngineOptions again = options.withSnapshots(SnapshotOptions.defaults().withMemoryBytes(memory))
                        .withStepTokens(1 + random.nextInt(300)).withParallelSequences(1 + random.nextInt(4));
                try (Engine engine = Engine.open(model, again)) {
                    for (int i = 0; i < 3; i++) {
                        conversations.goOn(engine, straight, 1 + random.nextInt(4));
                    }
                    all = sum(all, engine.stats().snapshots());
                    assertThat(engine.stats().snapshots().bytes()).isLessThanOrEqualTo(engine.stats().memory().snapshotBytes());
                }
            }
            assertThat(straight.stats().snapshots()).isEqualTo(new SnapshotStats(0, 0, 0, 0, 0, 0, 0, 0, 0));
        }

        assertThat(all.hits()).isGreaterThan(ROUNDS);
        assertThat(all.restoredTokens()).isGreaterThan(100 * ROUNDS);
        assertThat(all.divergences()).isPositive();
        assertThat(all.loaded()).isGreaterThan(ROUNDS / 4);
        assertThat(all.failed()).isZero();
    }

    private static SnapshotStats sum(SnapshotStats a, SnapshotStats b) {
        return new SnapshotStats(0, 0, a.hits() + b.hits(), a.requests() + b.requests(),
                a.restoredTokens() + b.restoredTokens(), a.divergences() + b.divergences(), a.loaded() + b.loaded(),
                a.saved() + b.saved(), a.failed() + b.failed());
    }

    /** Token sequences that were read or written, and new prompts that begin as they do. */
    private static final class Conversations {

        private final Random random;
        private final int vocabularySize;
        private final int end;
        private final List<int[]> past = new ArrayList<>();

        Conversations(Path model, Random random) {
            this.random = random;
            try (GgufFile file = GgufFile.open(model)) {
                Tokenizer tokenizer = Tokenizer.of(file.metadata());
                vocabularySize = tokenizer.size();
                int id = 0;
                while (!tokenizer.isEndOfGeneration(id)) {
                    id++;
                }
                end = id;
            }
        }

        /** Several requests at a time, each compared with a run of its own. */
        void goOn(Engine engine, Engine straight, int count) throws Exception {
            List<GenerationRequest> requests = new ArrayList<>();
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                GenerationRequest request = request(prompt());
                requests.add(request);
                generations.add(engine.submit(request, GenerationListener.silent()));
            }
            for (int i = 0; i < count; i++) {
                GenerationResult expected = straight.submit(requests.get(i), GenerationListener.silent()).await();
                GenerationResult answer = generations.get(i).await();
                assertThat(answer).as("restored %d of %d tokens", generations.get(i).restoredTokens(),
                        generations.get(i).promptTokens()).isEqualTo(expected);
                int[] prompt = ((Prompt.Tokens) requests.get(i).prompt()).ids();
                past.add(concat(prompt, answer.tokenIds().stream().mapToInt(Integer::intValue).toArray()));
                past.add(prompt);
            }
        }

        private GenerationRequest request(int[] prompt) {
            return GenerationRequest.of(new Prompt.Tokens(prompt)).withMaxOutputTokens(1 + random.nextInt(12))
                    .withIgnoreEndOfGeneration(random.nextBoolean())
                    .withSampling(SamplingParams.temperature(1.5f).withSeed(random.nextInt(1000)));
        }

        private int[] prompt() {
            if (past.isEmpty() || random.nextInt(8) == 0) {
                return noise(1 + random.nextInt(500));
            }
            // The latest ones more often.
            int[] earlier = past.get(past.size() - 1 - Math.min(random.nextInt(past.size()), random.nextInt(past.size())));
            if (earlier.length > CONTEXT - 300) {
                return noise(100);
            }
            return switch (random.nextInt(4)) {
                // Asked again.
                case 0 -> earlier;
                // Goes on.
                case 1, 2 -> concat(earlier, noise(1 + random.nextInt(40)));
                // Changed from some point on.
                default -> concat(Arrays.copyOf(earlier, 1 + random.nextInt(earlier.length)), noise(1 + random.nextInt(200)));
            };
        }

        /** Ends of messages among other tokens. */
        private int[] noise(int length) {
            return random.ints(length, 0, vocabularySize).map(id -> random.nextInt(30) == 0 ? end : id).toArray();
        }

        private static int[] concat(int[] a, int[] b) {
            int[] both = Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            return both;
        }
    }
}
