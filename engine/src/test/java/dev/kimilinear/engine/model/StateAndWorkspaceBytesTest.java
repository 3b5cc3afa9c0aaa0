package dev.kimilinear.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Routes;
import dev.kimilinear.engine.kernel.WorkerPool;

/** What is computed of state and workspace against what is really there after real steps. */
class StateAndWorkspaceBytesTest {

    private static final int STEP = 200;

    static List<Path> models() throws IOException {
        try (Stream<Path> folders = Files.list(Fixtures.project("models"))) {
            return folders.map(folder -> folder.resolve("model.gguf")).filter(Files::exists).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void computedBytesAreTheBytesHeld(Path path) throws Exception {
        for (LatentCacheType latentCache : LatentCacheType.values()) {
            computedBytesAreTheBytesHeld(path, latentCache);
        }
    }

    private static void computedBytesAreTheBytesHeld(Path path, LatentCacheType latentCache) throws Exception {
        try (GgufFile file = GgufFile.open(path); WorkerPool pool = new WorkerPool(2, "memory")) {
            KimiConfig config = KimiConfig.of(file.metadata());
            KimiLinear model = new KimiLinear(config, KimiWeights.bind(file, config),
                    new Ops(KernelSelector.select(KernelChoice.AUTO), pool), latentCache);
            Workspace workspace = model.newWorkspace();
            SequenceState state = model.newState();
            assertThat(state.bytes()).isEqualTo(SequenceState.bytes(config, 0, latentCache));

            int[] tokens = new int[STEP + 1];
            model.forward(Batch.of(new Span(state).of(tokens, 0, STEP, new int[] { 0, 1, STEP - 1 })), workspace);
            assertThat(state.bytes()).isEqualTo(SequenceState.bytes(config, STEP, latentCache));
            model.forward(Batch.of(Span.last(state, tokens, STEP, STEP + 1)), workspace);
            assertThat(state.bytes()).isEqualTo(SequenceState.bytes(config, STEP + 1, latentCache));

            assertThat(bytesHeld(workspace)).isEqualTo(Workspace.bytes(config, STEP, 3));
        }
    }

    /** Bytes of all arrays in the fields of an object, and of the routes that it holds. */
    private static long bytesHeld(Object object) throws IllegalAccessException {
        long bytes = 0;
        for (Field field : object.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            if (!Modifier.isStatic(field.getModifiers()) && field.getType().isArray()) {
                bytes += 4L * Array.getLength(field.get(object));
            } else if (field.getType() == Routes.class) {
                bytes += bytesHeld(field.get(object));
            }
        }
        return bytes;
    }
}
