package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.LoadedModel;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.serving.snapshot.Snapshot;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;

class PreparationTest {

    private static final GgufFile FILE = GgufFile.open(Fixtures.project("models/tiny-f32/model.gguf"));
    private static final WorkerPool POOL = new WorkerPool(1, "preparation");
    private static final LoadedModel LOADED = LoadedModel.plan(FILE, KernelSelector.select(KernelChoice.AUTO),
            EngineOptions.defaults());
    private static final StepModel MODEL = new KimiStepModel(LOADED.model(POOL));

    /** The real model; its spans are written down. */
    private static final class Recording implements StepModel {

        final List<String> spans = new ArrayList<>();

        @Override
        public int vocabularySize() {
            return MODEL.vocabularySize();
        }

        @Override
        public SequenceState newState() {
            return MODEL.newState();
        }

        @Override
        public void exercise() {
            throw new AssertionError();
        }

        @Override
        public float[] forward(Batch batch, BooleanSupplier unwanted) {
            Span span = batch.spans().getFirst();
            spans.add("[" + span.from() + ", " + span.to() + ")");
            return MODEL.forward(batch, unwanted);
        }
    }

    private final Recording model = new Recording();
    private final SnapshotCache snapshots = SnapshotCache.inMemory("m", 1 << 30);
    private final Preparation preparation = new Preparation(model, snapshots);
    private final int[] tokens = new Random(1).ints(100, 0, MODEL.vocabularySize()).toArray();

    @AfterAll
    static void close() {
        LOADED.close();
        POOL.close();
        FILE.close();
    }

    @Test
    void aBeginningIsReadInShortStepsAndKept() {
        preparation.add(tokens);
        work();

        assertThat(model.spans).containsExactly("[0, 32)", "[32, 64)", "[64, 96)", "[96, 100)");
        assertThat(snapshots.longestOf(tokens).length()).isEqualTo(100);
        assertThat(snapshots.stats().count()).isEqualTo(1);
        assertThat(snapshots.stats().requests()).as("nobody asked").isZero();
    }

    @Test
    void whatIsThereIsNotReadAgain() {
        preparation.add(tokens);
        preparation.add(tokens);
        preparation.add(Arrays.copyOf(tokens, 100));
        work();

        assertThat(model.spans).hasSize(4);
    }

    @Test
    void theNextOneGoesOnFromWhatTheyShare() {
        preparation.add(Arrays.copyOf(tokens, 40));
        preparation.add(tokens);
        work();

        assertThat(model.spans).containsExactly("[0, 32)", "[32, 40)", "[40, 72)", "[72, 100)");
    }

    @Test
    void aPauseKeepsWhatWasRead() {
        preparation.add(tokens);
        preparation.step();
        preparation.step();
        preparation.pause();
        preparation.pause();
        Snapshot half = snapshots.longestOf(tokens);
        assertThat(half.length()).isEqualTo(64);
        work();

        assertThat(model.spans).containsExactly("[0, 32)", "[32, 64)", "[64, 96)", "[96, 100)");
        assertThat(snapshots.longestOf(tokens).state().position()).isEqualTo(100);
        assertThat(half.state().position()).as("it is a fork").isEqualTo(64);
    }

    private void work() {
        while (!preparation.isOver()) {
            preparation.step();
        }
    }
}
