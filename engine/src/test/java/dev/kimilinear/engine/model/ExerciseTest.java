package dev.kimilinear.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.WorkerPool;

/** Exercising the kernels: on every type of weights, between any two steps, without a trace. */
class ExerciseTest {

    @ParameterizedTest
    @MethodSource("dev.kimilinear.engine.model.StateAndWorkspaceBytesTest#models")
    void everyTypeIsExercisedAndNoStepChanges(Path path) {
        try (GgufFile file = GgufFile.open(path); WorkerPool pool = new WorkerPool(2, "exercise")) {
            KimiConfig config = KimiConfig.of(file.metadata());
            Set<GgmlType> types = EnumSet.noneOf(GgmlType.class);
            KimiWeights weights = KimiWeights.bind(file, config, w -> {
                types.add(w.format().type());
                return w;
            });
            assertThat(weights.samples()).extracting(w -> w.format().type()).containsExactlyInAnyOrderElementsOf(types);
            for (Tensor sample : weights.samples()) {
                Tensor few = sample.firstRows(3);
                assertThat(few.matrices()).isEqualTo(1);
                assertThat(few.rows()).isEqualTo(Math.min(3, sample.rows()));
            }

            KimiLinear model = new KimiLinear(config, weights, new Ops(KernelSelector.select(KernelChoice.AUTO), pool),
                    LatentCacheType.F16);
            assertThat(twoSteps(model, true)).isEqualTo(twoSteps(model, false));
        }
    }

    private static float[] twoSteps(KimiLinear model, boolean exercise) {
        Workspace workspace = model.newWorkspace();
        SequenceState state = model.newState();
        int[] tokens = { 5, 6, 7, 8, 9 };
        model.forward(Batch.of(Span.quiet(state, tokens, 0, 4)), workspace);
        if (exercise) {
            model.exercise();
        }
        return Arrays.copyOf(model.forward(Batch.of(Span.last(state, tokens, 4, 5)), workspace),
                model.config().vocabularySize());
    }
}
