package dev.kimilinear.engine.serving.snapshot;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.util.Random;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.LoadedModel;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.model.SequenceState;

/** States of a small model, filled with noise. */
final class States implements AutoCloseable {

    private final GgufFile file = GgufFile.open(Fixtures.project("models/tiny-f32/model.gguf"));
    private final WorkerPool pool = new WorkerPool(1, "states");
    private final LoadedModel loaded = LoadedModel.plan(file, KernelSelector.select(KernelChoice.AUTO),
            EngineOptions.defaults());
    private final KimiLinear model = loaded.model(pool);

    SequenceState empty() {
        return model.newState();
    }

    SequenceState noise(int tokens, long seed) {
        Random random = new Random(seed);
        SequenceState state = empty();
        state.fill(tokens, piece -> {
            for (long i = 0; i < piece.byteSize(); i++) {
                piece.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
            }
        });
        return state;
    }

    /** A snapshot of these tokens with noise that belongs to them. */
    Snapshot snapshot(int... tokens) {
        return new Snapshot(tokens, noise(tokens.length, tokens[tokens.length - 1]), null);
    }

    /** All that a state says. */
    static byte[] bytes(SequenceState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        state.forEachPiece(piece -> bytes.writeBytes(piece.toArray(ValueLayout.JAVA_BYTE)));
        return bytes.toByteArray();
    }

    /** {@code count} tokens that count up from a first one. */
    static int[] tokens(int first, int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = first + i;
        }
        return tokens;
    }

    @Override
    public void close() {
        loaded.close();
        pool.close();
        file.close();
    }
}
