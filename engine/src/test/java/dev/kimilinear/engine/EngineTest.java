package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.IntStream;
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
import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.api.FinishReason;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.InsufficientMemoryException;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.ModelDetails;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.ModelInfo;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.RenderedPrompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.TokenChoice.Alternative;
import dev.kimilinear.engine.api.Usage;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.GgufWriter.Value;
import dev.kimilinear.engine.host.Cores;
import dev.kimilinear.engine.model.KimiConfig;

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
    void allRequestsAreCancelledAtOnceAndOthersMayCome() throws Exception {
        GenerationRequest endless = GenerationRequest.of(CAPITAL).withIgnoreEndOfGeneration(true)
                .withRenderControlTokens(true);
        CountDownLatch heard = new CountDownLatch(1);
        List<Generation> all = List.of(engine.submit(endless, listener(text -> heard.countDown())),
                engine.submit(endless, listener(text -> {
                })));
        assertThat(heard.await(60, TimeUnit.SECONDS)).isTrue();

        engine.cancelAll();

        for (Generation generation : all) {
            assertThatThrownBy(generation::await).isInstanceOf(CancellationException.class);
        }
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

    // Alternatives.

    @Test
    void alternativesChangeNoAnswer() throws Exception {
        GenerationRequest greedy = GenerationRequest.of(CAPITAL).withMaxOutputTokens(40).withIgnoreEndOfGeneration(true);
        GenerationRequest drawn = greedy.withSampling(SamplingParams.temperature(1.5f).withTopP(0.95f).withSeed(5));
        for (GenerationRequest request : List.of(greedy, drawn)) {
            GenerationResult without = generate(engine, request);

            assertThat(generate(engine, request.withAlternatives(20))).isEqualTo(without);
        }
    }

    @Test
    void theProbabilitiesAreThoseOfTheLogits() throws Exception {
        List<TokenChoice> choices = new ArrayList<>();
        int[] prompt = engine.render(CAPITAL).tokens().stream().mapToInt(RenderedPrompt.Token::id).toArray();
        GenerationRequest request = GenerationRequest.of(new Prompt.Tokens(prompt)).withAlternatives(5)
                .withMaxOutputTokens(20).withIgnoreEndOfGeneration(true)
                .withSampling(SamplingParams.temperature(2).withSeed(3));
        int[] tokens = Arrays.copyOf(prompt, prompt.length + 20);
        List<Integer> answer = engine.submit(request, choicesInto(choices)).await().tokenIds();
        for (int i = 0; i < 20; i++) {
            tokens[prompt.length + i] = answer.get(i);
        }
        List<float[]> rows = new ArrayList<>();
        engine.logits(tokens, IntStream.range(0, 20).map(i -> prompt.length - 1 + i).toArray(), 0, rows::add);

        assertThat(choices).extracting(TokenChoice::id).isEqualTo(answer);
        for (int i = 0; i < 20; i++) {
            float[] row = rows.get(i);
            TokenChoice choice = choices.get(i);
            assertThat(choice.probability()).isCloseTo(softmax(row, choice.id()), within(1e-9));
            assertThat(choice.alternatives()).hasSize(5)
                    .isSortedAccordingTo(Comparator.comparingDouble(Alternative::probability).reversed());
            assertThat(choice.alternatives().getFirst().id()).isEqualTo(argMax(row));
            assertThat(choice.alternatives()).allSatisfy(alternative -> assertThat(alternative.probability())
                    .isCloseTo(softmax(row, alternative.id()), within(1e-9)));
        }
    }

    // What it says of itself.

    @Test
    void aPromptIsRenderedAsTheModelReadsIt() {
        Prompt prompt = Prompt.chat(ChatTurn.system("Be kind 👩‍👩‍👧‍👦."), ChatTurn.user("<|im_end|> 漢字?"));
        RenderedPrompt rendered = engine.render(prompt);

        assertThat(rendered.tokens()).hasSize(engine.countTokens(prompt));
        assertThat(rendered.text()).containsSubsequence("Be kind 👩‍👩‍👧‍👦.", "<|im_end|>", "<|im_end|> 漢字?", "<|im_end|>")
                .doesNotContain("\uFFFD");
        assertThat(rendered.tokens()).filteredOn(RenderedPrompt.Token::control).extracting(RenderedPrompt.Token::text)
                .as("what is in a message is no end of it").containsOnlyOnce("<|im_assistant|>")
                .filteredOn("<|im_end|>"::equals).hasSize(2);
    }

    @Test
    void aRenderedPromptHasEachTokenAsItIs() {
        int[] emoji = engine.render(new Prompt.Text("👍")).tokens().stream().mapToInt(RenderedPrompt.Token::id).toArray();
        assertThat(emoji).hasSizeGreaterThan(1);
        RenderedPrompt cut = engine.render(new Prompt.Tokens(Arrays.copyOf(emoji, emoji.length - 1)));

        assertThat(engine.render(new Prompt.Text("👍")).tokens().getLast().text()).isEqualTo("👍");
        assertThat(cut.text()).as("a part of a character").isEqualTo("\uFFFD");
        assertThat(engine.render(new Prompt.Text("")).tokens()).isEmpty();
        int size = engine.model().vocabularySize();
        assertThatThrownBy(() -> engine.render(new Prompt.Tokens(new int[] { size })))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("Token id " + size);
    }

    @Test
    void theDetailsAreThoseOfTheFile() throws Exception {
        ModelDetails details = engine.details();

        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            assertThat(details.tensors()).isEqualTo(file.tensors().stream().map(tensor -> new ModelDetails.Tensor(
                    tensor.name(), tensor.type().name(), tensor.shape(), tensor.bytes())).toList());
            KimiConfig config = KimiConfig.of(file.metadata());
            assertThat(details.layers()).hasSize(engine.model().layers()).allSatisfy(layer -> {
                assertThat(layer.attention()).isEqualTo(config.latentLayers()[layer.index()] ? "MLA" : "KDA");
                boolean dense = layer.index() < config.leadingDenseBlocks();
                assertThat(layer.feedForward()).isEqualTo(dense ? "dense" : "mixture of experts");
                assertThat(layer.experts()).isEqualTo(dense ? 0 : config.expertCount());
                assertThat(layer.usedExperts()).isEqualTo(dense ? 0 : config.expertUsedCount()[layer.index()]);
            });
            assertThat(details.fingerprint()).isEqualTo(HexFormat.of()
                    .formatHex(new ModelFingerprint(file, EngineOptions.defaults().latentCache()).bytes()));
        }
        assertThat(details.layers()).extracting(ModelDetails.Layer::index)
                .isEqualTo(IntStream.range(0, engine.model().layers()).boxed().toList());
        assertThat(details.layers()).extracting(ModelDetails.Layer::attention).contains("KDA", "MLA");
        assertThat(details.layers()).extracting(ModelDetails.Layer::feedForward).contains("dense", "mixture of experts");
        assertThat(details.kernels()).isEqualTo(engine.model().kernels());
        assertThat(details.kernelsReason()).isEqualTo(KernelSelector.reason(KernelChoice.AUTO));
        assertThat(details.panels()).as("floats have no panels").isEqualTo(PanelMode.OFF);
    }

    @Test
    void theDetailsOutliveTheEngineOnceTheFingerprintIsKnown() {
        EngineOptions options = EngineOptions.defaults().withKernels(KernelChoice.SCALAR);
        Engine asked = Engine.open(Fixtures.embeddedModel(), options);
        ModelDetails details = asked.details();
        asked.close();
        Engine late = Engine.open(Fixtures.embeddedModel(), options);
        late.close();

        assertThat(asked.details()).isEqualTo(details);
        assertThat(details.kernelsReason()).isEqualTo("Scalar kernels were asked for.");
        assertThatThrownBy(late::details).isInstanceOf(EngineClosedException.class);
    }

    @Test
    void eachTokenIsCountedForEachOfItsExperts() throws Exception {
        try (Engine other = Engine.open(Fixtures.embeddedModel(), EngineOptions.defaults().withCacheDirectory(folder))) {
            List<ChatTurn> beginning = List.of(ChatTurn.system("The baker sold bread. ".repeat(20)), ChatTurn.user(""));
            other.prepare(beginning, List.of());
            while (other.stats().snapshots().count() == 0) {
                Thread.sleep(1);
            }
            assertThat(other.expertLoad().layers()).as("nobody waited for this")
                    .allSatisfy(layer -> assertThat(layer.tokens()).containsOnly(0));

            generate(other, GenerationRequest.of(CAPITAL));
            long read = other.speed().stepTokens();
            other.logits(new int[] { 1, 2, 3 }, new int[] { 1 }, 0, row -> {
            });

            List<ModelDetails.Layer> mixtures = other.details().layers().stream().filter(layer -> layer.experts() > 0)
                    .toList();
            ExpertLoad load = other.expertLoad();
            assertThat(load.layers()).extracting(ExpertLoad.Layer::layer)
                    .isEqualTo(mixtures.stream().map(ModelDetails.Layer::index).toList());
            for (int i = 0; i < mixtures.size(); i++) {
                assertThat(load.layers().get(i).tokens()).hasSize(mixtures.get(i).experts());
                assertThat(Arrays.stream(load.layers().get(i).tokens()).sum())
                        .isEqualTo((read + 2) * mixtures.get(i).usedExperts());
            }
            load.layers().getFirst().tokens()[0] = -1;
            assertThat(load.layers().getFirst().tokens()[0]).as("a copy").isNotNegative();
        }
    }

    /** And whoever looks meanwhile never sees a count fall. */
    @Test
    void theLoadOfTheExpertsDoesNotDependOnTheSteps() throws Exception {
        List<List<Long>> loads = new ArrayList<>();
        for (EngineOptions options : List.of(EngineOptions.defaults().withStepTokens(7).withParallelSequences(1),
                EngineOptions.defaults().withParallelSequences(6))) {
            try (Engine other = Engine.open(Fixtures.embeddedModel(), options.withSnapshots(SnapshotOptions.off()))) {
                List<Generation> generations = new ArrayList<>();
                for (int i = 0; i < 12; i++) {
                    int[] prompt = new Random(i).ints(1 + 10 * i, 0, 256).toArray();
                    generations.add(other.submit(GenerationRequest.of(new Prompt.Tokens(prompt)).withMaxOutputTokens(12),
                            GenerationListener.silent()));
                }
                List<Long> seen = counts(other.expertLoad());
                while (!other.activity().isEmpty()) {
                    List<Long> now = counts(other.expertLoad());
                    for (int i = 0; i < now.size(); i++) {
                        assertThat(now.get(i)).isGreaterThanOrEqualTo(seen.get(i));
                    }
                    seen = now;
                    Thread.sleep(1);
                }
                for (Generation generation : generations) {
                    generation.await();
                }
                loads.add(counts(other.expertLoad()));
            }
        }

        assertThat(loads.getFirst()).isEqualTo(loads.getLast()).anyMatch(count -> count > 100);
    }

    private static List<Long> counts(ExpertLoad load) {
        return load.layers().stream().flatMap(layer -> Arrays.stream(layer.tokens()).boxed()).toList();
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

    private static GenerationListener choicesInto(List<TokenChoice> choices) {
        return new GenerationListener() {
            @Override
            public void onToken(TokenChoice choice) {
                choices.add(choice);
            }

            @Override
            public void onText(String text) {
            }

            @Override
            public void onComplete(GenerationResult result) {
            }

            @Override
            public void onError(Throwable error) {
            }
        };
    }

    private static double softmax(float[] row, int id) {
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp((double) logit - row[id]);
        }
        return 1 / sum;
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
    static long mappings(Path file) throws IOException {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.exists(maps)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.filter(line -> line.endsWith(file.toString())).count();
        }
    }
}
