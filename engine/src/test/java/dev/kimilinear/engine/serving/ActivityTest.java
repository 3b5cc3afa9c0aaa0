package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineOverloadedException;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.RequestActivity.Phase;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/** What an engine says of the requests that it has. */
@Timeout(60)
class ActivityTest {

    private static final int CONTEXT = 1000;
    private static final int STEP_TOKENS = 50;
    private static final int QUEUE = 3;

    private static Tokenizer tokenizer;
    private static int end;
    private static int word;

    private final ScriptedModel model = new ScriptedModel(tokenizer.size(), end);
    private EngineLoop loop = loop(1, QUEUE);

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

    @Test
    void aRequestWaitsAndReadsAndWrites() throws Exception {
        Gate gate = new Gate();
        model.beforeStep = span -> gate.pass();
        model.answer(prompt(1, 120), word, word, word);
        model.answer(prompt(2, 1), word);
        Generation first = loop.submit(prompt(1, 120), request(), new RecordingListener());
        gate.awaitStep();
        Generation second = loop.submit(prompt(2, 1), request(), new RecordingListener());

        assertActivity(new RequestActivity(first.id(), Phase.READING, 120, 0, 0, 0, 0),
                new RequestActivity(second.id(), Phase.WAITING, 1, 0, 0, 0, 0));
        gate.letPass();
        assertActivity(new RequestActivity(first.id(), Phase.READING, 120, 0, 50, 0, 0),
                new RequestActivity(second.id(), Phase.WAITING, 1, 0, 0, 0, 0));
        gate.letPass();
        gate.letPass();
        assertActivity(new RequestActivity(first.id(), Phase.WRITING, 120, 0, 120, 1, 0),
                new RequestActivity(second.id(), Phase.WAITING, 1, 0, 0, 0, 0));
        gate.letPass();
        assertActivity(new RequestActivity(first.id(), Phase.WRITING, 120, 0, 120, 2, 0),
                new RequestActivity(second.id(), Phase.WAITING, 1, 0, 0, 0, 0));
        gate.open();
        first.await();
        second.await();
        assertThat(loop.activity()).isEmpty();
    }

    @Test
    void aRequestIsThereUntilItsListenerHasHeardTheEnd() throws Exception {
        CountDownLatch hearing = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        model.answer(prompt(1, 1), word, word);
        Generation generation = loop.submit(prompt(1, 1), request(), new SlowToEnd(hearing, release));

        assertThat(hearing.await(30, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(20);
        assertThat(loop.stats().active()).isZero();
        assertThat(loop.activity()).singleElement().satisfies(activity -> {
            assertThat(activity.id()).isEqualTo(generation.id());
            assertThat(activity.phase()).isEqualTo(Phase.WRITING);
            assertThat(activity.outputTokens()).isEqualTo(2);
            assertThat(activity.ageMillis()).isBetween(20L, 60_000L);
        });
        release.countDown();
        generation.await();
        assertThat(loop.activity()).isEmpty();
    }

    @Test
    void whoIsRefusedOrCancelledInTheQueueIsNotThere() throws Exception {
        Gate gate = new Gate();
        model.beforeStep = span -> gate.pass();
        List<Generation> generations = new ArrayList<>();
        for (int i = 0; i <= QUEUE; i++) {
            model.answer(prompt(i + 1, 1), word);
            generations.add(loop.submit(prompt(i + 1, 1), request(), new RecordingListener()));
            if (i == 0) {
                gate.awaitStep();
            }
        }
        assertThatThrownBy(() -> loop.submit(prompt(9, 1), request(), new RecordingListener()))
                .isInstanceOf(EngineOverloadedException.class);
        assertThat(loop.activity()).extracting(RequestActivity::id)
                .isEqualTo(generations.stream().map(Generation::id).toList());

        generations.remove(2).cancel();
        while (loop.activity().size() > generations.size()) {
            Thread.sleep(1);
        }
        assertThat(loop.activity()).extracting(RequestActivity::id)
                .isEqualTo(generations.stream().map(Generation::id).toList());
        gate.open();
        for (Generation generation : generations) {
            generation.await();
        }
    }

    @Test
    void amidManyRequestsWhatIsSeenOfEachFitsTogether() throws Exception {
        loop.close();
        loop = loop(4, 500);
        for (int number = 1; number <= 8; number++) {
            model.answer(prompt(number, 100 * number), word, word, word, word, word);
        }
        try (ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Future<?>> ended = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Random random = new Random(i * 0x9E3779B97F4A7C15L);
                ended.add(callers.submit(() -> {
                    int number = 1 + random.nextInt(8);
                    Generation generation = loop.submit(prompt(number, 100 * number), request(), new RecordingListener());
                    boolean listed = isListed(generation);
                    assertThat(listed || generation.status() == Generation.Status.COMPLETED).isTrue();
                    if (random.nextInt(4) == 0) {
                        generation.cancel();
                    }
                    try {
                        generation.await();
                    } catch (CancellationException e) {
                        // It was.
                    }
                    assertThat(isListed(generation)).isFalse();
                    return null;
                }));
            }
            watch(ended);
        }
        assertThat(loop.activity()).isEmpty();
    }

    private boolean isListed(Generation generation) {
        return loop.activity().stream().anyMatch(activity -> activity.id().equals(generation.id()));
    }

    private void watch(List<Future<?>> ended) throws Exception {
        Map<String, RequestActivity> before = new HashMap<>();
        while (!ended.stream().allMatch(Future::isDone)) {
            long age = Long.MAX_VALUE;
            for (RequestActivity activity : loop.activity()) {
                assertFitsTogether(activity);
                assertThat(activity.ageMillis()).isBetween(0L, age);
                age = activity.ageMillis();
                RequestActivity earlier = before.put(activity.id(), activity);
                if (earlier != null) {
                    assertThat(activity.phase()).isGreaterThanOrEqualTo(earlier.phase());
                    assertThat(activity.readTokens()).isGreaterThanOrEqualTo(earlier.readTokens());
                    assertThat(activity.outputTokens()).isGreaterThanOrEqualTo(earlier.outputTokens());
                }
            }
            Thread.sleep(1);
        }
        for (Future<?> future : ended) {
            future.get();
        }
        assertThat(before).isNotEmpty();
    }

    private static void assertFitsTogether(RequestActivity activity) {
        switch (activity.phase()) {
            case WAITING -> assertThat(activity.readTokens()).isZero();
            case READING -> {
                assertThat(activity.readTokens()).isBetween(0, activity.promptTokens() - 1);
                assertThat(activity.outputTokens()).isZero();
            }
            case WRITING -> {
                assertThat(activity.readTokens()).isEqualTo(activity.promptTokens());
                assertThat(activity.outputTokens()).isBetween(0, 5);
            }
        }
    }

    /** What there is, in order; only the ages cannot be known. */
    private void assertActivity(RequestActivity... expected) {
        assertThat(loop.activity().stream().map(activity -> new RequestActivity(activity.id(), activity.phase(),
                activity.promptTokens(), activity.restoredTokens(), activity.readTokens(), activity.outputTokens(), 0)))
                .containsExactly(expected);
    }

    private EngineLoop loop(int parallel, int queue) {
        return new EngineLoop("active", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED),
                new MemoryPlan(CONTEXT, parallel, 0, 0, 0, 0, 0, 0, 0, CONTEXT, 0, 0, 0),
                EngineOptions.defaults().withStepTokens(STEP_TOKENS).withMaxQueuedRequests(queue),
                new WarmUp(null, 0, System::nanoTime), SnapshotCache.off(), List.of());
    }

    private static int[] prompt(int number, int length) {
        int[] prompt = new int[length];
        Arrays.fill(prompt, number);
        return prompt;
    }

    private static GenerationRequest request() {
        return GenerationRequest.of(new Prompt.Tokens(new int[0]));
    }

    /** Lets steps pass one by one, each when the test says so. */
    private static final class Gate {

        private int allowed;
        private int waiting;

        synchronized void pass() {
            waiting++;
            notifyAll();
            while (allowed == 0) {
                await();
            }
            allowed--;
        }

        /** Returns when a step waits. */
        synchronized void awaitStep() {
            while (waiting == 0) {
                await();
            }
        }

        /** Lets the step pass that waits, and returns when the next one does. */
        synchronized void letPass() {
            awaitStep();
            waiting = 0;
            allowed++;
            notifyAll();
            awaitStep();
        }

        synchronized void open() {
            allowed = Integer.MAX_VALUE;
            notifyAll();
        }

        private void await() {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Takes its time with the last call. */
    private record SlowToEnd(CountDownLatch hearing, CountDownLatch release) implements GenerationListener {

        @Override
        public void onText(String text) {
        }

        @Override
        public void onComplete(GenerationResult result) {
            hearing.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void onError(Throwable error) {
        }
    }
}
