package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineHealth;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineSpeed;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/** What an engine says of itself to whoever watches over it. */
@Timeout(60)
class EngineHealthTest {

    private static final int CONTEXT = 1000;

    private static Tokenizer tokenizer;
    private static int end;

    private final ScriptedModel model = new ScriptedModel(tokenizer.size(), end);
    private final EngineLoop loop = new EngineLoop("watched", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED),
            new MemoryPlan(CONTEXT, 2, 0, 0, 0, 0, 0, 0, 0, CONTEXT, 0, 0, 0), EngineOptions.defaults().withStepTokens(50),
            new WarmUp(null, 0, System::nanoTime), SnapshotCache.off(), List.of());

    @BeforeAll
    static void readTokenizer() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        end = tokenizer.id("<|im_end|>").orElseThrow();
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void withNothingToDoNothingStalls() throws Exception {
        Thread.sleep(50);
        assertThat(loop.health()).isEqualTo(new EngineHealth(true, null, 0));
        generate(1, 3);
        Thread.sleep(50);
        assertThat(loop.health()).isEqualTo(new EngineHealth(true, null, 0));
    }

    @Test
    void aStepThatDoesNotMoveStalls() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        model.beforeStep = span -> {
            reached.countDown();
            await(gate);
        };
        model.answer(new int[] { 1 }, 5);
        Generation generation = loop.submit(new int[] { 1 }, request(), new RecordingListener());
        reached.await();
        Thread.sleep(100);

        assertThat(loop.health().running()).isTrue();
        assertThat(loop.health().stalledMillis()).isBetween(90L, 60_000L);
        gate.countDown();
        generation.await();
        while (loop.health().stalledMillis() > 0) {
            Thread.sleep(1);
        }
    }

    @Test
    void aClosedEngineDoesNotRun() {
        loop.close();

        assertThat(loop.health()).isEqualTo(new EngineHealth(false, null, 0));
    }

    /** An error whose text cannot be had, which nobody expects. */
    @Test
    void anErrorOfItsOwnStopsItAndIsNamed() {
        model.beforeStep = span -> {
            throw new IllegalStateException() {
                @Override
                public String toString() {
                    throw new UnsupportedOperationException("on purpose");
                }
            };
        };
        model.answer(new int[] { 1 }, 5);
        Generation generation = loop.submit(new int[] { 1 }, request(), new RecordingListener());

        assertThatThrownBy(generation::await).isInstanceOf(EngineClosedException.class);
        EngineHealth health = loop.health();
        assertThat(health.running()).isFalse();
        assertThat(health.failure()).isEqualTo("java.lang.UnsupportedOperationException: on purpose");
        assertThatThrownBy(() -> loop.submit(new int[] { 1 }, request(), new RecordingListener()))
                .isInstanceOf(EngineClosedException.class);
    }

    @Test
    void stepsTokensAndBeginningsAreCounted() throws Exception {
        generate(1, 3);
        generate(2, 120);
        EngineSpeed speed = loop.speed();

        // 3, then two answers' tokens; 50, 50 and 20, then two.
        assertThat(speed.steps()).isEqualTo(1 + 2 + 3 + 2);
        assertThat(speed.stepTokens()).isEqualTo(3 + 2 + 120 + 2);
        assertThat(speed.sequences()).isEqualTo(1);
        assertThat(speed.firstTokens()).isEqualTo(2);
        assertThat(speed.firstTokenNanos()).isPositive();
        assertThat(speed.tokensPerSecond()).isPositive();
    }

    private void generate(int first, int promptLength) throws InterruptedException {
        int[] prompt = new int[promptLength];
        prompt[0] = first;
        model.answer(prompt, 5, 6);
        loop.submit(prompt, request(), new RecordingListener()).await();
    }

    private static GenerationRequest request() {
        return GenerationRequest.of(new Prompt.Tokens(new int[] { 1 }));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
