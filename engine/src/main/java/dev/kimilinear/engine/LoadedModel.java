package dev.kimilinear.engine;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.ModelDetails;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.TensorInfo;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Panels;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.model.KimiConfig;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.model.KimiWeights;

/**
 * The weights of a file as kernels read them: as they lie in the file or, after {@link #load}, in panels where the kernels
 * have panels. For {@link Engine}, and for whoever measures steps without one. Holds the panels until {@link #close}; the
 * file must stay open as long. Not thread-safe until {@link #load} has returned.
 */
public final class LoadedModel implements AutoCloseable {

    private final GgufFile file;
    private final KimiConfig config;
    private final Kernels kernels;
    private final LatentCacheType latentCache;
    private final Panels panels;
    private final PanelStore store;
    private KimiWeights weights;
    private Optional<MemorySegment> inPanels = Optional.empty();

    private LoadedModel(GgufFile file, KimiConfig config, Kernels kernels, EngineOptions options) {
        this.file = file;
        this.config = config;
        this.kernels = kernels;
        latentCache = options.latentCache();
        panels = new Panels(kernels);
        weights = KimiWeights.bind(file, config, panels::add);
        store = new PanelStore(file, panels, options);
    }

    /**
     * Checks that a file has all weights of a model in the right shapes, and plans their panels. Of the weights it reads
     * vectors, and a matrix that files of the first generation have in another form.
     *
     * @throws ModelFormatException if it has not
     */
    public static LoadedModel plan(GgufFile file, Kernels kernels, EngineOptions options) {
        return new LoadedModel(file, KimiConfig.of(file.metadata()), kernels, options);
    }

    /**
     * Finds the panels or makes them, as {@link EngineOptions#panels} says.
     *
     * @param privateBytes bytes of private memory left for panels that cannot be kept in a file
     * @throws EngineException if a file was asked for and cannot be read or written
     */
    public void load(WorkerPool pool, long privateBytes) {
        inPanels = store.open(pool, privateBytes);
        if (inPanels.isPresent()) {
            weights = KimiWeights.bind(file, config, w -> panels.in(inPanels.get(), w));
        }
    }

    public KimiConfig config() {
        return config;
    }

    public Kernels kernels() {
        return kernels;
    }

    /**
     * What the file consists of and how kernels read it, after {@link #load}. Needs nothing of the mapped file.
     *
     * @param kernelsReason why these kernels
     * @param fingerprint hexadecimal
     */
    ModelDetails details(String kernelsReason, String fingerprint) {
        List<ModelDetails.Tensor> tensors = new ArrayList<>();
        for (TensorInfo tensor : file.tensors()) {
            tensors.add(new ModelDetails.Tensor(tensor.name(), tensor.type().name(), tensor.shape(), tensor.bytes()));
        }
        List<ModelDetails.Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.blockCount(); i++) {
            String attention = config.latentLayers()[i] ? "MLA" : "KDA";
            layers.add(config.hasExperts(i)
                    ? new ModelDetails.Layer(i, attention, "mixture of experts", config.expertCount(),
                            config.expertUsedCount()[i])
                    : new ModelDetails.Layer(i, attention, "dense", 0, 0));
        }
        return new ModelDetails(tensors, layers, kernels.name(), kernelsReason, panelMode(), fingerprint);
    }

    private PanelMode panelMode() {
        if (inPanels.isEmpty()) {
            return PanelMode.OFF;
        }
        return inPanels.get().isMapped() ? PanelMode.FILE : PanelMode.MEMORY;
    }

    /** Bytes of private memory that panels take, or before {@link #load} will take if all goes well. */
    long panelMemoryBytes() {
        return store.memoryBytes();
    }

    /** What steps read of mapped files: where there are panels, these and the tensors that are not in panels. */
    List<MemorySegment> mapped() {
        if (inPanels.isEmpty()) {
            return file.mappings();
        }
        List<MemorySegment> mapped = new ArrayList<>();
        if (inPanels.get().isMapped()) {
            mapped.add(inPanels.get());
        }
        for (TensorInfo tensor : file.tensors()) {
            if (!panels.has(tensor.name())) {
                mapped.add(file.data(tensor));
            }
        }
        return mapped;
    }

    /** The model, computing on the threads of a pool. */
    public KimiLinear model(WorkerPool pool) {
        return new KimiLinear(config, weights, new Ops(kernels, pool), latentCache);
    }

    @Override
    public void close() {
        store.close();
    }
}
