package dev.kimilinear.engine.serving;

import static dev.kimilinear.engine.serving.WarmUp.CHUNK_TOKENS;
import static dev.kimilinear.engine.serving.WarmUp.ROUND_TOKENS;
import static dev.kimilinear.engine.serving.WarmUp.SINGLE_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.Tokenizer;

@Timeout(60)
class WarmUpTest {

    private static final int STEPS_PER_ROUND = SINGLE_TOKENS + 1;
    private static final int CONTEXT = 1000;

    private static Tokenizer tokenizer;

    /** A model whose steps take the time that the test wants, by a clock that only they move. */
    private static final class TimedModel implements StepModel {

        private final LongUnaryOperator millisOfStep;
        private final List<Span> spans = Collections.synchronizedList(new ArrayList<>());
        private int states;
        private long nanos;
        private int exercises;
        /** How long an exercise takes, by its number. */
        private LongUnaryOperator millisOfExercise = i -> 500;

        /** @param millisOfStep by the number of the step, from 0 */
        TimedModel(LongUnaryOperator millisOfStep) {
            this.millisOfStep = millisOfStep;
        }

        @Override
        public int vocabularySize() {
            return tokenizer.size();
        }

        @Override
        public void exercise() {
            nanos += 1_000_000 * millisOfExercise.applyAsLong(exercises++);
        }

        @Override
        public SequenceState newState() {
            states++;
            return null;
        }

        @Override
        public float[] forward(Batch batch, BooleanSupplier unwanted) {
            nanos += 1_000_000 * millisOfStep.applyAsLong(spans.size());
            spans.addAll(batch.spans());
            return new float[batch.logitsRows() * tokenizer.size()];
        }
    }

    @BeforeAll
    static void readTokenizer() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
    }

    /** Runs a warm-up to its end and returns the steps without the exercises. */
    private static int stepsUntilOver(TimedModel model) {
        WarmUp warmUp = new WarmUp(model, CONTEXT, () -> model.nanos);
        while (!warmUp.isOver()) {
            warmUp.step();
        }
        return model.spans.size();
    }

    @Test
    void aRoundIsSingleTokensThenAChunkOnAStateOfItsOwn() {
        TimedModel model = new TimedModel(step -> 1);
        int steps = stepsUntilOver(model);

        assertThat(model.states).isEqualTo(steps / STEPS_PER_ROUND);
        for (int i = 0; i < steps; i++) {
            Span span = model.spans.get(i);
            int inRound = i % STEPS_PER_ROUND;
            assertThat(span.from()).isEqualTo(inRound);
            assertThat(span.length()).isEqualTo(inRound < SINGLE_TOKENS ? 1 : CHUNK_TOKENS);
            assertThat(span.logitsAt()).hasSize(1);
            assertThat(span.tokens()).hasSize(ROUND_TOKENS);
            assertThat(Arrays.stream(span.tokens())).allMatch(token -> token >= 0 && token < tokenizer.size());
        }
    }

    @Test
    void itIsOverWhenRoundsNoLongerBecomeFaster() {
        assertThat(stepsUntilOver(new TimedModel(step -> 10))).isEqualTo(4 * STEPS_PER_ROUND);
        assertThat(stepsUntilOver(new TimedModel(step -> step < 5 * STEPS_PER_ROUND ? 20 - step / STEPS_PER_ROUND * 3 : 4)))
                .as("five rounds become faster, the sixth is fastest").isEqualTo((6 + 3) * STEPS_PER_ROUND);
        assertThat(stepsUntilOver(new TimedModel(step -> 1000 - step / STEPS_PER_ROUND))).as("noise is no gain")
                .isLessThanOrEqualTo(4 * STEPS_PER_ROUND);
    }

    @Test
    void kernelsAreExercisedFirstUntilTheyNoLongerBecomeFaster() {
        TimedModel model = new TimedModel(step -> 10);
        model.millisOfExercise = i -> i < 5 ? 400 >> i : 10;
        stepsUntilOver(model);
        assertThat(model.exercises).as("the sixth is the first of the fastest, then half a second").isEqualTo(6 + 50);

        TimedModel compiledLate = new TimedModel(step -> 10);
        compiledLate.millisOfExercise = i -> i < 20 ? 20 : 1;
        stepsUntilOver(compiledLate);
        assertThat(compiledLate.exercises).as("nothing for 0.4 s, then the compiler is done").isEqualTo(21 + 500);
    }

    @Test
    void itIsOverAfterEightSeconds() {
        TimedModel slow = new TimedModel(step -> 1500);
        assertThat(stepsUntilOver(slow)).as("1 s of exercises, 5 steps of 1.5 s").isEqualTo(5);
        assertThat(slow.exercises).isEqualTo(2);

        TimedModel neverCompiled = new TimedModel(step -> 1);
        neverCompiled.millisOfExercise = i -> 3000 - 400 * i;
        assertThat(stepsUntilOver(neverCompiled)).isZero();
    }

    @Test
    void aContextTooShortForARoundHasNone() {
        assertThat(new WarmUp(new TimedModel(step -> 1), ROUND_TOKENS - 1, System::nanoTime).isOver()).isTrue();
        assertThat(new WarmUp(new TimedModel(step -> 1), ROUND_TOKENS, System::nanoTime).isOver()).isFalse();
    }

    // In the loop.

    private static EngineLoop loop(StepModel model, WarmUp warmUp) {
        MemoryPlan memory = new MemoryPlan(CONTEXT, 1, 0, 0, 0, 0, 0, 0, 0, CONTEXT, 0, 0, 0);
        return new EngineLoop("warm", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED), memory,
                EngineOptions.defaults(), warmUp, SnapshotCache.off(),
                List.of());
    }

    private static GenerationRequest request() {
        return GenerationRequest.of(new Prompt.Tokens(new int[] { 1 })).withMaxOutputTokens(1);
    }

    @Test
    void anIdleEngineWarmsUpWithoutCountingIt() throws Exception {
        TimedModel model = new TimedModel(step -> 10);
        WarmUp warmUp = new WarmUp(model, CONTEXT, () -> model.nanos);
        try (EngineLoop loop = loop(model, warmUp)) {
            while (model.spans.size() < 4 * STEPS_PER_ROUND) {
                Thread.sleep(1);
            }
            Thread.sleep(50);
            assertThat(model.spans).as("no step after it is over").hasSize(4 * STEPS_PER_ROUND);
            EngineStats stats = loop.stats();
            assertThat(stats.promptTokens() + stats.outputTokens() + stats.completed() + stats.stateBytes()).isZero();
        }
    }

    @Test
    void aRequestWaitsForOneStepAndEndsTheWarmUp() throws Exception {
        CountDownLatch inWarmUp = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicLong nanos = new AtomicLong();
        int end = tokenizer.id("<|im_end|>").orElseThrow();
        ScriptedModel model = new ScriptedModel(tokenizer.size(), end);
        model.answer(new int[] { 1 }, tokenizer.encode("a", false)[0]);
        StepModel held = new StepModel() {
            @Override
            public int vocabularySize() {
                return model.vocabularySize();
            }

            @Override
            public void exercise() {
                nanos.addAndGet(WarmUp.EXERCISE_NANOS_WITHOUT_GAIN);
            }

            @Override
            public SequenceState newState() {
                return model.newState();
            }

            @Override
            public float[] forward(Batch batch, BooleanSupplier unwanted) {
                if (batch.spans().getFirst().tokens().length == ROUND_TOKENS) {
                    model.spans.add("warm-up");
                    inWarmUp.countDown();
                    try {
                        assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return new float[model.vocabularySize()];
                }
                return model.forward(batch, unwanted);
            }
        };
        try (EngineLoop loop = loop(held, new WarmUp(held, CONTEXT, nanos::get))) {
            assertThat(inWarmUp.await(30, TimeUnit.SECONDS)).isTrue();
            Generation generation = loop.submit(new int[] { 1 }, request(), new RecordingListener());
            goOn.countDown();

            GenerationResult result = generation.await();

            assertThat(result.text()).isEqualTo("a");
            Thread.sleep(150);
            assertThat(model.spans).containsExactly("warm-up", "1: [0, 1)");
        }
    }

    @Test
    void aRequestThatComesAtOnceMeetsNoWarmUp() throws Exception {
        TimedModel model;
        long submitted;
        // On a busy machine a submission may come late: then this says nothing and is done again.
        do {
            model = new TimedModel(step -> 1);
            TimedModel clock = model;
            long start = System.nanoTime();
            try (EngineLoop loop = loop(model, new WarmUp(model, CONTEXT, () -> clock.nanos))) {
                Generation generation = loop.submit(new int[] { 1 }, request(), new RecordingListener());
                submitted = System.nanoTime() - start;
                generation.await();
                Thread.sleep(150);
            }
        } while (submitted > 90_000_000);
        assertThat(model.spans).hasSize(1);
        assertThat(model.exercises).isZero();
    }

    @Test
    void aWarmUpThatFailsLeavesTheEngineInOrder() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        TimedModel model = new TimedModel(step -> 1);
        StepModel broken = new StepModel() {
            @Override
            public int vocabularySize() {
                return model.vocabularySize();
            }

            @Override
            public void exercise() {
                failed.countDown();
                throw new OutOfMemoryError("on purpose");
            }

            @Override
            public SequenceState newState() {
                return model.newState();
            }

            @Override
            public float[] forward(Batch batch, BooleanSupplier unwanted) {
                return model.forward(batch, unwanted);
            }
        };
        try (EngineLoop loop = loop(model, new WarmUp(broken, CONTEXT, System::nanoTime))) {
            assertThat(failed.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(loop.submit(new int[] { 1 }, request(), new RecordingListener()).await().usage().promptTokens())
                    .isEqualTo(1);
        }
    }
}
