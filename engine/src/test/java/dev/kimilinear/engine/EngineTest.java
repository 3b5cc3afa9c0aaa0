package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ContextLengthException;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.FinishReason;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.InsufficientMemoryException;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.ModelInfo;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.Usage;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.GgufWriter.Value;
import dev.kimilinear.engine.host.Cores;

/** The whole engine on the embedded model. */
@Timeout(120)
class EngineTest {

    private static final int EMBEDDED_CONTEXT = 18_432;
    private static final Prompt CAPITAL = Prompt.chat(ChatTurn.user("What is the capital of France?"));

    private static Engine engine;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        engine = Engine.open(Fixtures.embeddedModel(), EngineOptions.defaults());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    // Answers.

    @Test
    void itGreets() throws Exception {
        GenerationResult result = generate(engine, GenerationRequest.of(Prompt.chat(ChatTurn.user("Hello!"))));

        assertThat(result.text()).containsIgnoringCase("hello");
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void itKnowsTheCapitalOfFrance() throws Exception {
        GenerationResult result = generate(engine, GenerationRequest.of(CAPITAL));

        assertThat(result.text()).contains("Paris").doesNotContain("<|im_end|>");
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(result.usage().promptTokens()).isEqualTo(engine.countTokens(CAPITAL));
        assertThat(result.usage().outputTokens()).isEqualTo(result.tokenIds().size()).isPositive();
    }

    @Test
    void textArrivesInPieces() throws Exception {
        List<String> pieces = new ArrayList<>();
        Generation generation = engine.submit(GenerationRequest.of(CAPITAL), listener(pieces::add));

        GenerationResult result = generation.await();

        assertThat(String.join("", pieces)).isEqualTo(result.text());
        assertThat(pieces).hasSizeGreaterThan(3);
    }

    @Test
    void greedyAnswersRepeat() throws Exception {
        GenerationResult first = generate(engine, GenerationRequest.of(CAPITAL));

        assertThat(generate(engine, GenerationRequest.of(CAPITAL))).isEqualTo(first);
    }

    @Test
    void seededAnswersRepeatAndSeedsDiffer() throws Exception {
        GenerationRequest request = GenerationRequest.of(CAPITAL).withMaxOutputTokens(40).withIgnoreEndOfGeneration(true);
        GenerationRequest seeded = request.withSampling(SamplingParams.temperature(1.5f).withTopP(0.95f).withSeed(5));
        GenerationResult first = generate(engine, seeded);

        assertThat(generate(engine, seeded)).isEqualTo(first);
        assertThat(generate(engine, request.withSampling(SamplingParams.temperature(1.5f).withTopP(0.95f).withSeed(6))))
                .isNotEqualTo(first);
    }

    @Test
    void threadsAndKernelsDoNotChangeAnAnswer() throws Exception {
        GenerationRequest request = GenerationRequest.of(CAPITAL).withMaxOutputTokens(48).withIgnoreEndOfGeneration(true)
                .withSampling(SamplingParams.temperature(1).withSeed(9));
        List<GenerationResult> results = new ArrayList<>();
        for (EngineOptions options : List.of(EngineOptions.defaults().withThreads(1), EngineOptions.defaults().withThreads(2),
                EngineOptions.defaults().withThreads(3).withKernels(KernelChoice.SCALAR))) {
            try (Engine other = Engine.open(Fixtures.embeddedModel(), options)) {
                results.add(generate(other, request));
            }
        }

        assertThat(results.getFirst().tokenIds()).hasSize(48);
        assertThat(results).allMatch(results.getFirst()::equals);
    }

    @Test
    void theLatentCacheTakesHalvesUnlessFloatsAreAskedFor() throws Exception {
        int[] tokens = { 1, 2, 3, 4, 5, 6, 7, 8 };
        List<float[]> rows = new ArrayList<>();
        engine.logits(tokens, new int[] { 7 }, 0, rows::add);
        for (LatentCacheType type : LatentCacheType.values()) {
            EngineOptions options = EngineOptions.defaults().withLatentCache(type);
            try (Engine other = Engine.open(Fixtures.embeddedModel(), options)) {
                other.logits(tokens, new int[] { 7 }, 0, rows::add);
                assertThat(other.stats().memory().sequenceTokenBytes() * (type == LatentCacheType.F16 ? 2 : 1))
                        .isEqualTo(2 * engine.stats().memory().sequenceTokenBytes());
            }
        }

        assertThat(rows).hasSize(3);
        assertThat(rows.get(1)).isEqualTo(rows.getFirst());
        assertThat(rows.get(2)).isNotEqualTo(rows.getFirst());
    }

    @Test
    void rawTextHasItsSpecialTokensParsed() {
        int plain = engine.countTokens(new Prompt.Text("hello"));

        assertThat(engine.countTokens(new Prompt.Text("<|im_end|>hello"))).isEqualTo(plain + 1);
        assertThat(engine.countTokens(new Prompt.Tokens(new int[] { 1, 2, 3 }))).isEqualTo(3);
    }

    @Test
    void theCallersArrayOfTokensMayChangeAfterwards() throws Exception {
        int[] ids = new int[600];
        Arrays.fill(ids, 65);
        Prompt.Tokens prompt = new Prompt.Tokens(ids);
        GenerationRequest request = GenerationRequest.of(prompt).withMaxOutputTokens(8).withIgnoreEndOfGeneration(true);
        GenerationResult expected = generate(engine, request);

        Generation generation = engine.submit(request, listener(text -> {
        }));
        Arrays.fill(prompt.ids(), 66);

        assertThat(generation.await()).isEqualTo(expected);
    }

    @Test
    void aCancelledAnswerFreesTheEngine() throws Exception {
        CountDownLatch heard = new CountDownLatch(3);
        GenerationRequest endless = GenerationRequest.of(CAPITAL).withIgnoreEndOfGeneration(true)
                .withRenderControlTokens(true);
        Generation generation = engine.submit(endless, listener(text -> heard.countDown()));
        assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();

        generation.cancel();

        assertThatThrownBy(generation::await).isInstanceOf(CancellationException.class);
        assertThat(engine.stats().active()).isZero();
        assertThat(generate(engine, GenerationRequest.of(CAPITAL)).text()).contains("Paris");
    }

    @Test
    void twoConversationsAtOnceDoNotMix() throws Exception {
        Generation france = engine.submit(GenerationRequest.of(CAPITAL), listener(text -> {
        }));
        Generation japan = engine.submit(
                GenerationRequest.of(Prompt.chat(ChatTurn.user("What is the capital of Japan?"))), listener(text -> {
                }));

        assertThat(france.await().text()).contains("Paris").doesNotContain("Tokyo");
        assertThat(japan.await().text()).contains("Tokyo").doesNotContain("Paris");
    }

    /** Prompts of all lengths, cut at other places and read beside others: the same bits, so the same tokens. */
    @Test
    void anAnswerDoesNotDependOnWhoElseIsInWork() throws Exception {
        Random random = new Random(3);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            int[] prompt = random.ints(1 + random.nextInt(150), 0, 256).toArray();
            requests.add(GenerationRequest.of(new Prompt.Tokens(prompt)).withMaxOutputTokens(1 + random.nextInt(40))
                    .withSampling(SamplingParams.temperature(0.8f).withSeed(i)));
        }
        List<GenerationResult> alone = new ArrayList<>();
        for (GenerationRequest request : requests) {
            alone.add(generate(engine, request));
        }
        for (int stepTokens : new int[] { 7, 64, 512 }) {
            try (Engine other = Engine.open(Fixtures.embeddedModel(),
                    EngineOptions.defaults().withParallelSequences(6).withStepTokens(stepTokens))) {
                List<Generation> generations = new ArrayList<>();
                for (GenerationRequest request : requests) {
                    generations.add(other.submit(request, listener(text -> {
                    })));
                }
                for (int i = 0; i < requests.size(); i++) {
                    assertThat(generations.get(i).await()).as("request %d, steps of %d", i, stepTokens)
                            .isEqualTo(alone.get(i));
                }
            }
        }
    }

    // Logits.

    @Test
    void logitsAreTheGreedyAnswersForEveryChunk() throws Exception {
        int[] prompt = new int[40];
        Arrays.setAll(prompt, i -> 65 + i % 26);
        GenerationResult answer = generate(engine, GenerationRequest.of(new Prompt.Tokens(prompt)).withMaxOutputTokens(20)
                .withIgnoreEndOfGeneration(true));
        int[] tokens = Arrays.copyOf(prompt, prompt.length + 20);
        int[] positions = new int[answer.tokenIds().size()];
        for (int i = 0; i < positions.length; i++) {
            tokens[prompt.length + i] = answer.tokenIds().get(i);
            positions[i] = prompt.length - 1 + i;
        }
        List<float[]> whole = new ArrayList<>();
        engine.logits(tokens, positions, 0, whole::add);

        List<Integer> best = new ArrayList<>();
        for (float[] row : whole) {
            assertThat(row).hasSize(engine.model().vocabularySize());
            best.add(argMax(row));
        }
        assertThat(best).isEqualTo(answer.tokenIds());
        for (int chunk : new int[] { 1, 3, 1000 }) {
            List<float[]> rows = new ArrayList<>();
            engine.logits(tokens, positions, chunk, rows::add);
            assertThat(rows).usingElementComparator(Arrays::compare).isEqualTo(whole);
        }
    }

    // Opening.

    @Test
    void openingSaysInOneLineWhatRuns() {
        try (RecordedLog log = new RecordedLog(Engine.class);
                Engine other = Engine.open(Fixtures.embeddedModel(), EngineOptions.defaults().withThreads(1))) {
            ModelInfo info = other.model();
            List<LogRecord> records = log.records();
            assertThat(records).hasSize(1);
            assertThat(records.getFirst().getLevel()).isEqualTo(Level.INFO);
            assertThat(records.getFirst().getMessage()).contains(info.name(), info.file().toString(), info.weightTypes(),
                    info.layers() + " layers", "context of %,d".formatted(info.contextTokens()), "1 thread,",
                    info.kernels() + " kernels",
                    "up to " + MemoryPlan.text(other.stats().memory().heapBytes()) + " of heap");
        }
    }

    @Test
    void theModelIsDescribed() throws IOException {
        ModelInfo info = engine.model();

        assertThat(info.name()).isNotBlank();
        assertThat(info.file()).isEqualTo(Fixtures.embeddedModel());
        assertThat(info.bytes()).isEqualTo(Files.size(info.file()));
        assertThat(info.parameters()).isBetween(1_000_000L, 4_000_000L);
        assertThat(info.weightTypes()).matches("F16 \\d+ %, F32 \\d+ %");
        assertThat(info.layers()).isPositive();
        assertThat(info.vocabularySize()).isEqualTo(embeddedTokens().size());
        assertThat(info.fileContextTokens()).isEqualTo(EMBEDDED_CONTEXT);
        assertThat(info.threads()).isEqualTo(Cores.physical());
        assertThat(info.kernels()).isNotBlank();
    }

    @Test
    void theContextIsAsLongAsAskedFor() throws Exception {
        try (Engine other = Engine.open(Fixtures.embeddedModel(), EngineOptions.defaults().withContextTokens(40))) {
            assertThat(other.model().contextTokens()).isEqualTo(40);
            int[] prompt = new int[38];
            assertThat(generate(other, GenerationRequest.of(new Prompt.Tokens(prompt)).withIgnoreEndOfGeneration(true))
                    .usage()).isEqualTo(new Usage(38, 2));
            assertThatThrownBy(() -> generate(other, GenerationRequest.of(new Prompt.Tokens(new int[40]))))
                    .isInstanceOf(ContextLengthException.class).hasMessageContaining("the context is 40");
        }
    }

    @Test
    void aLongerContextThanTheModelsIsRefusedWithBothNumbers() {
        assertThatThrownBy(
                () -> Engine.open(Fixtures.embeddedModel(), EngineOptions.defaults().withContextTokens(20_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("20,000", "%,d".formatted(EMBEDDED_CONTEXT));
    }

    @Test
    void aModelThatDoesNotFitIntoMemoryIsRefusedAndItsFileReleased() throws IOException {
        Path file = Files.copy(Fixtures.embeddedModel(), folder.resolve("large.gguf"));

        assertThatThrownBy(() -> Engine.open(file, EngineOptions.defaults().withMaxMemoryBytes(1 << 20)))
                .isInstanceOf(InsufficientMemoryException.class)
                .hasMessageContainingAll(engine.model().name(), "%,d tokens".formatted(engine.model().contextTokens()),
                        "but may use 1.0 MiB", "maxMemoryBytes");
        assertThatThrownBy(() -> Engine.open(file, EngineOptions.defaults().withMaxMemoryBytes(64 << 20)
                .withParallelSequences(4096).withContextTokens(512)))
                .isInstanceOf(InsufficientMemoryException.class)
                .hasMessageContainingAll("4,096 sequences", "but may use 64.0 MiB", "parallelSequences");
        assertThat(mappings(file)).isZero();
    }

    @Test
    void theStatesInWorkAreCounted() throws Exception {
        MemoryPlan memory = engine.stats().memory();
        assertThat(memory.weightBytes()).isEqualTo(engine.model().bytes());
        CountDownLatch heard = new CountDownLatch(3);
        Generation generation = engine.submit(GenerationRequest.of(CAPITAL).withIgnoreEndOfGeneration(true)
                .withRenderControlTokens(true), listener(text -> heard.countDown()));
        assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();

        assertThat(engine.stats().stateBytes()).isGreaterThan(memory.sequenceFixedBytes());
        generation.cancel();
        assertThatThrownBy(generation::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void aMissingFileIsRefusedWithItsName() {
        assertThatThrownBy(() -> Engine.open(folder.resolve("absent.gguf"), EngineOptions.defaults()))
                .isInstanceOf(ModelFormatException.class).hasMessageContaining("absent.gguf");
    }

    /** The weights are all there, so the file is mapped and read before the tokenizer is found to be of no known kind. */
    @Test
    void aModelWithAnUnknownTokenizerIsRefusedAndItsFileReleased() throws IOException {
        Path file = embedded().put("tokenizer.ggml.pre", "another").write(folder.resolve("other.gguf"));

        assertThatThrownBy(() -> Engine.open(file, EngineOptions.defaults())).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("tokenizer.ggml.pre");
        assertThat(mappings(file)).isZero();
    }

    @Test
    void aVocabularyThatDoesNotFitTheMatricesIsRefused() throws IOException {
        List<String> tokens = embeddedTokens();
        tokens.add("onemore");
        int[] types = new int[tokens.size()];
        Arrays.fill(types, 1);
        Path file = embedded().put("tokenizer.ggml.tokens", Value.strings(tokens))
                .put("tokenizer.ggml.token_type", Value.i32s(types)).write(folder.resolve("larger.gguf"));

        assertThatThrownBy(() -> Engine.open(file, EngineOptions.defaults())).isInstanceOf(ModelFormatException.class)
                .hasMessageContainingAll("larger.gguf",
                        "%d tokens, expected %d".formatted(tokens.size(), tokens.size() - 1));
        assertThat(mappings(file)).isZero();
    }

    @Test
    void aModelOfShortContextGetsItsOwn() {
        Path file = embedded().put("kimi-linear.context_length", 4096).write(folder.resolve("short.gguf"));

        try (Engine other = Engine.open(file, EngineOptions.defaults())) {
            assertThat(other.model().contextTokens()).isEqualTo(4096);
        }
    }

    @Test
    void aModelOfLongContextGetsTheDefaultUnlessMoreIsAskedFor() {
        Path file = embedded().put("kimi-linear.context_length", 1_048_576).write(folder.resolve("long.gguf"));

        try (Engine other = Engine.open(file, EngineOptions.defaults())) {
            assertThat(other.model().contextTokens()).isEqualTo(EngineOptions.DEFAULT_CONTEXT_TOKENS);
            assertThat(other.model().fileContextTokens()).isEqualTo(1_048_576);
        }
        try (Engine other = Engine.open(file, EngineOptions.defaults().withContextTokens(1_048_576))) {
            assertThat(other.model().contextTokens()).isEqualTo(1_048_576);
        }
    }

    @Test
    void aModelWithoutANameIsCalledByItsFile() {
        GgufWriter model = embedded().remove("general.name");

        try (Engine other = Engine.open(model.write(folder.resolve("My-Model-F16.gguf")), EngineOptions.defaults())) {
            assertThat(other.model().name()).isEqualTo("My-Model-F16");
        }
        List<Path> parts = model.writeSplit(folder, "Split", 3);
        try (Engine other = Engine.open(parts.getFirst(), EngineOptions.defaults())) {
            assertThat(other.model().name()).isEqualTo("Split");
            assertThat(other.model().parameters()).isEqualTo(engine.model().parameters());
            assertThat(other.model().weightTypes()).isEqualTo(engine.model().weightTypes());
        }
    }

    @Test
    void closingReleasesTheFileAndTheThreads() throws Exception {
        Path file = Files.copy(Fixtures.embeddedModel(), folder.resolve("released.gguf"));
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Engine other = Engine.open(file, EngineOptions.defaults().withThreads(3));
        Set<Thread> own = new HashSet<>(Thread.getAllStackTraces().keySet());
        own.removeAll(before);
        own.removeIf(thread -> !thread.getName().startsWith("kimi-linear"));
        // The thread that loads pages may have ended already.
        assertThat(own).filteredOn(thread -> !thread.getName().endsWith("-pages")).hasSize(3);
        assertThat(mappings(file)).isPositive();
        Generation busy = other.submit(GenerationRequest.of(CAPITAL).withIgnoreEndOfGeneration(true), listener(text -> {
        }));

        other.close();
        other.close();

        assertThat(mappings(file)).isZero();
        for (Thread thread : own) {
            assertThat(thread.join(Duration.ofSeconds(30))).as(thread.getName()).isTrue();
        }
        assertThatThrownBy(busy::await).isInstanceOf(EngineClosedException.class);
        assertThatThrownBy(() -> other.submit(GenerationRequest.of(CAPITAL), listener(text -> {
        }))).isInstanceOf(EngineClosedException.class).hasMessageContaining(other.model().name());
        assertThat(other.countTokens(CAPITAL)).isPositive();
        assertThat(other.stats().active()).isZero();
    }

    @Test
    void anEmptyPromptIsRefused() {
        assertThatThrownBy(() -> generate(engine, GenerationRequest.of(new Prompt.Text(""))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static GenerationResult generate(Engine engine, GenerationRequest request) throws InterruptedException {
        return engine.submit(request, listener(text -> {
        })).await();
    }

    private static GenerationListener listener(Consumer<String> onText) {
        return new GenerationListener() {
            @Override
            public void onText(String text) {
                onText.accept(text);
            }

            @Override
            public void onComplete(GenerationResult result) {
            }

            @Override
            public void onError(Throwable error) {
            }
        };
    }

    private static int argMax(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    /** The embedded model, to be changed. */
    private static List<String> embeddedTokens() {
        try (GgufFile model = GgufFile.open(Fixtures.embeddedModel())) {
            return new ArrayList<>(model.metadata().strings("tokenizer.ggml.tokens"));
        }
    }

    private static GgufWriter embedded() {
        return GgufWriter.copyOf(Fixtures.embeddedModel());
    }

    /**
     * How often this process has the file mapped, on Linux. Elsewhere nobody says, but Windows would not let the temporary
     * folder be deleted.
     */
    private static long mappings(Path file) throws IOException {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.exists(maps)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.filter(line -> line.endsWith(file.toString())).count();
        }
    }
}
