package dev.kimilinear.benchmarks.contender;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.LoadedModel;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.model.Workspace;

/** A model of this engine at the level of steps: no queue, no sampling, no text. */
final class OurEngine implements Contender.Session {

    /** As llama.cpp's by default. */
    private static final LatentCacheType LATENT_CACHE = LatentCacheType.F16;

    private final GgufFile file;
    private final WorkerPool pool;
    private final LoadedModel loaded;
    private final KimiLinear model;
    private final Workspace workspace;
    private final Map<String, String> settings;
    private final SequenceState[] states;
    private float[] logits;
    /** Rows of them. */
    private int rows;

    private OurEngine(GgufFile file, WorkerPool pool, LoadedModel loaded, int sequences, Map<String, String> settings) {
        this.file = file;
        this.pool = pool;
        this.loaded = loaded;
        model = loaded.model(pool);
        this.settings = settings;
        workspace = model.newWorkspace();
        states = new SequenceState[sequences];
        reset();
    }

    /** Loads a model, its matrices in panels in memory, with vector kernels or not at all. */
    static OurEngine open(Path path, int threads, int sequences) {
        GgufFile file = GgufFile.open(path);
        WorkerPool pool = new WorkerPool(threads, "benchmark");
        LoadedModel loaded = LoadedModel.plan(file, KernelSelector.select(KernelChoice.VECTOR),
                EngineOptions.defaults().withPanels(PanelMode.MEMORY).withLatentCache(LATENT_CACHE));
        loaded.load(pool, 0);
        Map<String, String> settings = Map.of("threads", String.valueOf(pool.threads()), "kernels", loaded.kernels().name(),
                "chunk", String.valueOf(Requests.CHUNK_TOKENS), "cache", LATENT_CACHE.name(), "weights", "panels", "java",
                System.getProperty("java.vm.name") + " " + Runtime.version());
        return new OurEngine(file, pool, loaded, sequences, settings);
    }

    @Override
    public Map<String, String> settings() {
        return settings;
    }

    @Override
    public int vocabularySize() {
        return model.config().vocabularySize();
    }

    @Override
    public void reset() {
        Arrays.setAll(states, i -> model.newState());
    }

    @Override
    public void prefill(int[] tokens) {
        for (int from = 0; from < tokens.length; from += Requests.CHUNK_TOKENS) {
            step(tokens, from, Math.min(tokens.length, from + Requests.CHUNK_TOKENS));
        }
    }

    @Override
    public void decode(int[] tokens) {
        for (int i = 0; i < tokens.length; i++) {
            step(tokens, i, i + 1);
        }
    }

    @Override
    public void decodeTogether(int[] tokens) {
        for (int from = 0; from < tokens.length; from += states.length) {
            Batch batch = new Batch();
            for (int i = 0; i < states.length; i++) {
                batch.add(Span.last(states[i], tokens, from + i, from + i + 1));
            }
            step(batch);
        }
    }

    private void step(int[] tokens, int from, int to) {
        step(Batch.of(Span.last(states[0], tokens, from, to)));
    }

    private void step(Batch batch) {
        logits = model.forward(batch, workspace);
        rows = batch.logitsRows();
    }

    @Override
    public float[] logits() {
        return Arrays.copyOfRange(logits, (rows - 1) * vocabularySize(), rows * vocabularySize());
    }

    @Override
    public void close() {
        pool.close();
        loaded.close();
        file.close();
    }
}
