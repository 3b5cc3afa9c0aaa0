package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.Generation.Status;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.GenerationTimeoutException;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.Usage;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/** The loop with several sequences at a time and scripted models: what is asserted is exact. */
@Timeout(60)
class ContinuousBatchingTest {

    /** No test fills it: an answer without an end lasts until something else ends it. */
    private static final int CONTEXT = 100_000_000;
    private static final int PARALLEL = 4;
    private static final int QUEUE = 500;
    private static final int STEP_TOKENS = EngineOptions.DEFAULT_STEP_TOKENS;

    private static Tokenizer tokenizer;
    private static int end;
    private static int word;

    private final ScriptedModel model = new ScriptedModel(tokenizer.size(), end);
    private final EngineLoop loop = loop(PARALLEL, STEP_TOKENS);

    @BeforeAll
    static void readTokenizer() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        end = tokenizer.id("<|im_end|>").orElseThrow();
        word = tokenizer.encode("a", false)[0];
    }

    @AfterEach
    void close() {
        loop.close();
    }

    // Who takes part in a step.

    @Test
    void answersInWorkTakeTheSameSteps() throws Exception {
        List<Generation> generations = startTogether(prompt(1, 1), prompt(2, 3), prompt(3, 1));
        for (Generation generation : generations) {
            assertThat(generation.await().tokenIds()).hasSize(2);
        }

        assertThat(model.steps).containsExactly("1: [0, 1)", "1: [1, 2) + 2: [0, 3) + 3: [0, 1)",
                "1: [2, 3) + 2: [3, 4) + 3: [1, 2)", "2: [4, 5) + 3: [2, 3)");
    }

    @Test
    void aRequestWaitsUntilThereIsRoom() throws Exception {
        List<Generation> generations = startTogether(prompt(1, 1), prompt(2, 1), prompt(3, 1), prompt(4, 1), prompt(5, 1));
        for (Generation generation : generations) {
            generation.await();
        }

        assertThat(model.steps).containsExactly("1: [0, 1)", "1: [1, 2) + 2: [0, 1) + 3: [0, 1) + 4: [0, 1)",
                "1: [2, 3) + 2: [1, 2) + 3: [1, 2) + 4: [1, 2)", "2: [2, 3) + 3: [2, 3) + 4: [2, 3) + 5: [0, 1)",
                "5: [1, 2)", "5: [2, 3)");
    }

    @Test
    void aShortPromptDoesNotWaitForTheEndOfALongOne() throws Exception {
        List<Generation> generations = startTogether(prompt(1, 2000), prompt(2, 20));
        assertThat(generations.get(1).await().tokenIds()).hasSize(2);
        generations.get(0).await();

        // Beside the answer the long prompt gets less.
        assertThat(model.steps).startsWith("1: [0, 512)", "1: [512, 1004) + 2: [0, 20)", "1: [1004, 1068) + 2: [20, 21)",
                "1: [1068, 1132) + 2: [21, 22)", "1: [1132, 1644)", "1: [1644, 2000)");
    }

    @Test
    void theOldestPromptGetsHalfOfTheBudgetAndTheShortestOfTheOthersTheRest() throws Exception {
        for (Generation generation : startTogether(prompt(1, 3000), prompt(2, 400), prompt(3, 300), prompt(4, 100))) {
            generation.await();
        }

        assertThat(model.steps).startsWith("1: [0, 512)", "1: [512, 768) + 3: [0, 156) + 4: [0, 100)");
        assertThat(model.steps.get(2)).isEqualTo("1: [768, 800) + 3: [156, 188) + 4: [100, 101)");
    }

    @Test
    void whatTheOldestPromptDoesNotNeedTheOthersGet() throws Exception {
        for (Generation generation : startTogether(prompt(1, 530), prompt(2, 400), prompt(3, 300))) {
            generation.await();
        }

        assertThat(model.steps).startsWith("1: [0, 512)", "1: [512, 530) + 2: [0, 194) + 3: [0, 300)");
    }

    /** Prompts and answers of any length, arriving at any time. */
    @Test
    void everyStepKeepsToTheBudgetAndEveryAnswerGetsItsToken() throws Exception {
        int requests = 30;
        for (int seed = 0; seed < 20; seed++) {
            Random random = random(seed);
            int parallel = 1 + random.nextInt(6);
            int stepTokens = 1 + random.nextInt(100);
            int[] promptLengths = new int[requests];
            int[] answerLengths = new int[requests];
            ScriptedModel model = new ScriptedModel(tokenizer.size(), end);
            EngineLoop loop = loop(model, parallel, stepTokens);
            List<Generation> generations = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                promptLengths[i] = 1 + random.nextInt(random.nextBoolean() ? 10 : 400);
                int answer = random.nextInt(30);
                answerLengths[i] = answer;
                model.answer(prompt(i, promptLengths[i]), token -> token < answer ? word : end);
                generations.add(loop.submit(prompt(i, promptLengths[i]), request(), new RecordingListener()));
            }
            for (Generation generation : generations) {
                generation.await();
            }
            loop.close();
            checkSteps(model.steps, parallel, stepTokens, promptLengths, answerLengths);
        }
    }

    private static void checkSteps(List<String> steps, int parallel, int stepTokens, int[] promptLengths,
            int[] answerLengths) {
        int[] read = new int[promptLengths.length];
        for (String step : steps) {
            int[] taken = new int[promptLengths.length];
            int answers = 0;
            int promptTokens = 0;
            int oldest = -1;
            for (String span : step.split(" \\+ ")) {
                String[] numbers = span.split("[^0-9]+");
                int id = Integer.parseInt(numbers[0]);
                int from = Integer.parseInt(numbers[1]);
                taken[id] = Integer.parseInt(numbers[2]) - from;
                assertThat(from).as("%s: request %d goes on where it was", step, id).isEqualTo(read[id]);
                if (promptLengths[id] - from > 1) {
                    promptTokens += taken[id];
                    oldest = oldest < 0 ? id : oldest;
                } else {
                    answers++;
                }
            }
            assertThat(step.split(" \\+ ")).as(step).hasSizeLessThanOrEqualTo(parallel);
            assertThat(answers + promptTokens).as(step).isLessThanOrEqualTo(Math.max(parallel, stepTokens));
            for (int id = 0; id < read.length; id++) {
                boolean answering = read[id] >= promptLengths[id] && read[id] < promptLengths[id] + answerLengths[id];
                assertThat(taken[id]).as("%s: the answer to request %d", step, id).isEqualTo(answering ? 1 : taken[id]);
            }
            if (oldest >= 0) {
                int budget = answers == 0 ? stepTokens
                        : Math.max(1, Math.min(stepTokens / Scheduler.FEWER_BESIDE_ANSWERS, stepTokens - answers));
                assertThat(taken[oldest]).as("%s: the oldest prompt", step)
                        .isGreaterThanOrEqualTo(Math.min(promptLengths[oldest] - read[oldest], (budget + 1) / 2));
                assertThat(promptTokens).as(step).isLessThanOrEqualTo(budget);
            }
            for (int id = 0; id < read.length; id++) {
                read[id] += taken[id];
            }
        }
        for (int id = 0; id < read.length; id++) {
            assertThat(read[id]).as("tokens of request %d", id).isEqualTo(promptLengths[id] + answerLengths[id]);
        }
    }

    // What happens to one of several.

    @Test
    void aCancellationLetsGoOfOneAndTheOthersGoOn() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.answer(prompt(1, 1), i -> word);
        model.answer(prompt(2, 1), word, word);
        model.beforeStep = blockAt(2, 1, inStep, release);
        RecordingListener listener = new RecordingListener();
        Generation endless = loop.submit(prompt(1, 1), request(), listener);
        Generation other = loop.submit(prompt(2, 1), request(), new RecordingListener());
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();

        endless.cancel();
        release.countDown();

        assertThat(other.await().tokenIds()).containsExactly(word, word);
        assertThatThrownBy(endless::await).isInstanceOf(CancellationException.class);
        assertThat(listener.ending()).isInstanceOf(Usage.class);
        assertThat(model.steps.getLast()).isEqualTo("2: [2, 3)");
        assertThat(loop.stats()).extracting(EngineStats::active, EngineStats::cancelled, EngineStats::completed)
                .containsExactly(0, 1L, 1L);
    }

    @Test
    void aStepThatNobodyWaitsForIsGivenUp() throws Exception {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.answer(prompt(1, 1), i -> word);
        model.answer(prompt(2, 1), i -> word);
        model.answer(prompt(3, 1));
        model.beforeStep = blockAt(2, 1, inStep, release);
        List<Generation> endless = List.of(loop.submit(prompt(1, 1), request(), new RecordingListener()),
                loop.submit(prompt(2, 1), request(), new RecordingListener()));
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        int before = model.steps.size();

        endless.forEach(Generation::cancel);
        release.countDown();

        loop.submit(prompt(3, 1), request(), new RecordingListener()).await();
        assertThat(model.steps.subList(before, model.steps.size())).containsExactly("3: [0, 1)");
    }

    @Test
    void aSequenceThatCannotBeginHarmsNoOther() throws Exception {
        OutOfMemoryError thrown = new OutOfMemoryError("Java heap space");
        List<Integer> states = new ArrayList<>();
        model.beforeNewState = () -> {
            states.add(states.size());
            if (states.size() == 2) {
                throw thrown;
            }
        };

        List<Generation> generations = startTogether(prompt(1, 1), prompt(2, 1), prompt(3, 1));

        assertThatThrownBy(generations.get(1)::await).isInstanceOf(EngineException.class).hasCause(thrown);
        assertThat(generations.get(0).await().tokenIds()).hasSize(2);
        assertThat(generations.get(2).await().tokenIds()).hasSize(2);
    }

    @Test
    void aStepThatFailsEndsThoseThatItWasForAndNoOther() throws Exception {
        IllegalStateException thrown = new IllegalStateException("broken");
        Consumer<Span> failing = span -> {
            if (span.tokens()[0] == 2 && span.from() == 1) {
                throw thrown;
            }
        };
        List<Generation> generations = startTogether(failing, prompt(1, 1), prompt(2, 1), prompt(3, 1), prompt(4, 1),
                prompt(5, 1));

        for (Generation generation : generations.subList(0, 4)) {
            assertThatThrownBy(generation::await).isInstanceOf(EngineException.class).hasCause(thrown);
        }
        assertThat(generations.get(4).await().tokenIds()).hasSize(2);
        assertThat(loop.stats().failed()).isEqualTo(4);
        assertThat(loop.stats().active()).isZero();
    }

    // Time.

    @Test
    void aRequestThatIsLateInTheQueueFailsWithItsNumbersWhileTheStepIsInWork() throws Exception {
        EngineLoop single = loop(1, STEP_TOKENS);
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.answer(prompt(1, 1), word, word);
        model.beforeStep = blockAt(1, 1, inStep, release);
        Generation busy = single.submit(prompt(1, 1), request(), new RecordingListener());
        assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        RecordingListener listener = new RecordingListener();
        Generation late = single.submit(prompt(2, 7), request().withTimeoutMillis(1), listener);
        Thread.sleep(5);

        release.countDown();

        assertThatThrownBy(late::await).isInstanceOfSatisfying(GenerationTimeoutException.class,
                e -> assertThat(e.timeoutMillis()).isEqualTo(1))
                .hasMessageContaining("not done after 1 ms").hasMessageContaining("read 0 of 7 prompt tokens and generated 0");
        assertThat(listener.ending()).isInstanceOf(GenerationTimeoutException.class);
        assertThat(late.status()).isEqualTo(Status.FAILED);
        assertThat(busy.await().tokenIds()).hasSize(2);
        assertThat(model.spans).noneMatch(span -> span.startsWith("2:"));
        assertThat(single.stats().failed()).isEqualTo(1);
        assertThat(single.stats().queued()).isZero();
        single.close();
    }

    @Test
    void anAnswerThatIsLateFailsAfterWhatItHasDelivered() throws Exception {
        RecordingListener listener = new RecordingListener();
        model.answer(prompt(1, 1), i -> word);
        model.answer(prompt(2, 1), word, word);
        model.beforeStep = span -> pause(1);

        Generation endless = loop.submit(prompt(1, 1), request().withTimeoutMillis(100), listener);

        assertThatThrownBy(endless::await).isInstanceOf(GenerationTimeoutException.class)
                .hasMessageContaining("read 1 of 1 prompt tokens");
        assertThat(listener.pieces).isNotEmpty().allMatch("a"::equals);
        assertThat(loop.submit(prompt(2, 1), request(), new RecordingListener()).await().tokenIds()).hasSize(2);
        assertThat(loop.stats()).extracting(EngineStats::active, EngineStats::failed).containsExactly(0, 1L);
    }

    @Test
    void withoutATimeoutAndWithALongOneNobodyIsLate() throws Exception {
        model.answer(prompt(1, 1), word);
        model.beforeStep = span -> pause(5);

        for (long millis : new long[] { 0, 30_000, Long.MAX_VALUE }) {
            assertThat(loop.submit(prompt(1, 1), request().withTimeoutMillis(millis), new RecordingListener()).await()
                    .tokenIds()).hasSize(1);
        }
    }

    // Many at once.

    @Test
    void fiveHundredRequestsWithCancellationsTimeoutsAndBadListenersEachEndOnce() throws Exception {
        int requests = QUEUE;
        String text = "An answer of some words, so that something can happen before, during and after it.";
        model.answer(prompt(1, 1), tokenizer.encode(text, false));
        List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            Random random = random(i);
            listeners.add(switch (random.nextInt(4)) {
                case 0 -> new RecordingListener(piece -> pause(1));
                case 1 -> new RecordingListener(piece -> {
                    if (random.nextInt(10) == 0) {
                        throw new IllegalStateException("no room");
                    }
                });
                default -> new RecordingListener();
            });
        }
        List<Object> endings = endAll(requests, listeners, -1);

        assertThat(Collections.frequency(endings, "completed")).isPositive();
        assertThat(Collections.frequency(endings, "cancelled")).isPositive();
        assertThat(Collections.frequency(endings, "failed")).isPositive();
        EngineStats stats = loop.stats();
        assertThat(stats.completed()).isEqualTo(Collections.frequency(endings, "completed"));
        assertThat(stats.cancelled()).isEqualTo(Collections.frequency(endings, "cancelled"));
        assertThat(stats.failed()).isEqualTo(Collections.frequency(endings, "failed"));
        assertThat(stats).extracting(EngineStats::active, EngineStats::queued, EngineStats::stateBytes)
                .containsExactly(0, 0, 0L);
    }

    @Test
    void closingAmidThemEndsEachOnceToo() throws Exception {
        model.answer(prompt(1, 1), tokenizer.encode("some words of an answer", false));
        model.answer(prompt(2, 1), i -> word);
        List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < QUEUE; i++) {
            listeners.add(new RecordingListener());
        }
        RecordingListener longOne = new RecordingListener();
        Generation inWork = loop.submit(prompt(2, 1), request(), longOne);

        List<Object> endings = endAll(QUEUE - 1, listeners, QUEUE / 2);

        assertThat(ending(inWork, longOne)).isEqualTo("closed");
        assertThat(endings).contains("completed").contains("refused");
        assertThat(loop.stats()).extracting(EngineStats::active, EngineStats::queued).containsExactly(0, 0);
    }

    /**
     * Submits from many threads, and says how each request ended. @param closeAt the request before which the loop is closed
     */
    private List<Object> endAll(int requests, List<RecordingListener> listeners, int closeAt) throws Exception {
        List<Object> endings = new ArrayList<>();
        try (ExecutorService callers = Executors.newFixedThreadPool(16)) {
            List<Future<Object>> futures = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                int index = i;
                Random random = random(~i);
                GenerationRequest request = random.nextInt(4) == 0 ? request().withTimeoutMillis(1 + random.nextInt(200))
                        : request();
                futures.add(callers.submit(() -> {
                    if (index == closeAt) {
                        loop.close();
                    }
                    Generation generation;
                    try {
                        generation = loop.submit(prompt(1, 1), request, listeners.get(index));
                    } catch (EngineClosedException e) {
                        assertThat(listeners.get(index).endings).isEmpty();
                        return "refused";
                    }
                    if (random.nextInt(3) == 0) {
                        for (int pause = random.nextInt(20_000); pause > 0; pause--) {
                            Thread.onSpinWait();
                        }
                        generation.cancel();
                    }
                    return ending(generation, listeners.get(index));
                }));
            }
            for (Future<Object> future : futures) {
                endings.add(future.get());
            }
        }
        return endings;
    }

    /** Waits, and checks that the listener heard the same end, and heard of it once. */
    private static Object ending(Generation generation, RecordingListener listener) throws InterruptedException {
        try {
            GenerationResult result = generation.await();
            assertThat(listener.ending()).isEqualTo(result);
            assertThat(listener.text()).isEqualTo(result.text());
            return "completed";
        } catch (CancellationException e) {
            assertThat(listener.ending()).isInstanceOf(Usage.class);
            return "cancelled";
        } catch (EngineClosedException e) {
            assertThat(listener.ending()).isSameAs(e);
            return "closed";
        } catch (EngineException e) {
            assertThat(listener.ending()).isIn(e, e.getCause());
            return "failed";
        }
    }

    // Tools of these tests.

    /** A prompt of the given length that begins with its number. */
    private static int[] prompt(int number, int length) {
        int[] prompt = new int[length];
        Arrays.fill(prompt, number);
        return prompt;
    }

    private static GenerationRequest request() {
        return GenerationRequest.of(new Prompt.Tokens(new int[0]));
    }

    private EngineLoop loop(int parallel, int stepTokens) {
        return loop(model, parallel, stepTokens);
    }

    private static EngineLoop loop(ScriptedModel model, int parallel, int stepTokens) {
        MemoryPlan memory = new MemoryPlan(CONTEXT, parallel, 0, 0, 0, 0, 0, 0, 0, CONTEXT, 0, 0, 0);
        EngineOptions options = EngineOptions.defaults().withParallelSequences(parallel).withStepTokens(stepTokens)
                .withMaxQueuedRequests(QUEUE);
        return new EngineLoop("scripted", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED), memory, options,
                new WarmUp(null, 0, System::nanoTime),
                SnapshotCache.off(), List.of());
    }

    /** The first request begins alone, and the others are all there when its first step is done. Answers are two words. */
    private List<Generation> startTogether(int[]... prompts) throws InterruptedException {
        return startTogether(span -> {
        }, prompts);
    }

    private List<Generation> startTogether(Consumer<Span> beforeStep, int[]... prompts) throws InterruptedException {
        CountDownLatch inStep = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Consumer<Span> block = blockAt(1, 0, inStep, release);
        model.beforeStep = block.andThen(beforeStep);
        List<Generation> generations = new ArrayList<>();
        for (int[] prompt : prompts) {
            model.answer(prompt, word, word);
            generations.add(loop.submit(prompt, request(), new RecordingListener()));
            assertThat(inStep.await(30, TimeUnit.SECONDS)).isTrue();
        }
        release.countDown();
        return generations;
    }

    /** Makes the step wait that reads a token of a prompt or of the answer to it. */
    private static Consumer<Span> blockAt(int number, int from, CountDownLatch inStep, CountDownLatch release) {
        return span -> {
            if (span.tokens()[0] == number && span.from() == from) {
                inStep.countDown();
                try {
                    if (!release.await(30, TimeUnit.SECONDS)) {
                        throw new AssertionError("The test never released a step");
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Neighbouring seeds begin alike. */
    private static Random random(int seed) {
        return new Random(seed * 0x9E3779B97F4A7C15L);
    }
}
