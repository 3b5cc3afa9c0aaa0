package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import com.sun.management.ThreadMXBean;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * What the loop does around the model, schedule, sample, accept, and say between layers whether a step is still wanted,
 * allocates nothing on the owner thread, compiled or not. Not
 * part of it are the text of an answer and the list of its tokens, which doubles when it is full.
 */
@Timeout(60)
class LoopAllocationTest {

    /** The list of tokens doubles last at 2,048. */
    private static final int STEPS = 3_000;
    private static final int FIRST_COUNTED = 2_100;
    /**
     * Where the JVM gives up compiled code it makes the objects that were none in it, in one generation of sixty or so. What
     * the
     * loop allocates itself it allocates in every one.
     */
    private static final int MOST_GENERATIONS = 5;

    private static final ThreadMXBean BEAN = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A model that always wants the same token, and notes what its thread had allocated at each step. */
    private static final class OneTokenModel implements StepModel {

        final long[] allocated = new long[STEPS];
        private final float[] logits;
        private int step;

        OneTokenModel(int vocabularySize, int token) {
            logits = new float[vocabularySize];
            logits[token] = 100;
        }

        @Override
        public int vocabularySize() {
            return logits.length;
        }

        @Override
        public SequenceState newState() {
            return null;
        }

        @Override
        public void exercise() {
        }

        @Override
        public float[] forward(Batch batch, BooleanSupplier unwanted) {
            allocated[step++] = BEAN.getCurrentThreadAllocatedBytes();
            return unwanted.getAsBoolean() ? null : logits;
        }
    }

    @Test
    void aTurnOfTheLoopThatDeliversNoTextAllocatesNothingOnTheOwnerThread() throws Exception {
        Tokenizer tokenizer;
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        long allocated = allocated(tokenizer);
        for (int i = 1; i < MOST_GENERATIONS && allocated > 0; i++) {
            allocated = allocated(tokenizer);
        }
        assertThat(allocated).isZero();
    }

    /** Bytes allocated in the last 900 steps of a generation. */
    private static long allocated(Tokenizer tokenizer) throws InterruptedException {
        // A control token has no text unless it is asked for.
        OneTokenModel model = new OneTokenModel(tokenizer.size(), tokenizer.id("<|im_end|>").orElseThrow());
        GenerationRequest request = GenerationRequest.of(new Prompt.Tokens(new int[0])).withIgnoreEndOfGeneration(true)
                .withMaxOutputTokens(STEPS)
                .withSampling(SamplingParams.temperature(1).withTopK(40).withTopP(0.95f).withMinP(0.01f).withSeed(1));
        MemoryPlan memory = new MemoryPlan(2 * STEPS, 1, 0, 0, 0, 0, 0, 0, 0, 2 * STEPS, 0, 0, 0);
        try (EngineLoop loop = new EngineLoop("one token", model, tokenizer, new AnswerForms(tokenizer, JsonWriting.SPACED),
                memory, EngineOptions.defaults(),
                new WarmUp(null, 0, System::nanoTime), SnapshotCache.off(), List.of())) {
            RecordingListener listener = new RecordingListener();

            assertThat(loop.submit(new int[] { 0 }, request, listener).await().tokenIds()).hasSize(STEPS);

            assertThat(listener.pieces).isEmpty();
        }
        assertThat(model.allocated[FIRST_COUNTED]).isPositive();
        return model.allocated[STEPS - 1] - model.allocated[FIRST_COUNTED];
    }
}
