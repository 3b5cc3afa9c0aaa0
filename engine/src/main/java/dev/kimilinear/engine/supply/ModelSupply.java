package dev.kimilinear.engine.supply;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import dev.kimilinear.engine.api.ModelSupplyException;

/**
 * Models that are fetched once and then found on this machine. What has been fetched was verified, and nothing else ever
 * has the name of a model. May be used by many threads, and several processes may share the directories.
 */
public final class ModelSupply {

    private final HubEnvironment environment;
    private final Path cacheDirectory;
    private final Machine machine;

    /** @param cacheDirectory for files that are not of a hub; those are in the cache that the environment says */
    public ModelSupply(HubEnvironment environment, Path cacheDirectory) {
        this(environment, cacheDirectory, Machine.THIS);
    }

    ModelSupply(HubEnvironment environment, Path cacheDirectory, Machine machine) {
        this.environment = environment;
        this.cacheDirectory = cacheDirectory;
        this.machine = machine;
    }

    /** Looks on this machine only. Of a split model this is the first part, and all parts are there. */
    public Optional<Path> find(ModelSource.Remote source) {
        return switch (source) {
            case ModelSource.HubModel model -> new HubModels(environment, machine, model).find();
            case ModelSource.WebFile file -> new WebFiles(cacheDirectory, machine, file).find();
        };
    }

    /** All files of a model on this machine whose first one is given: itself, and the other parts of a split model. */
    public static List<Path> parts(Path first) {
        return ModelFiles.partsOf(first.getFileName().toString()).stream().map(first::resolveSibling).toList();
    }

    /**
     * Asks the hub or the server what {@link #fetch} would have to do.
     *
     * @throws ModelSupplyException if it cannot be said
     */
    public DownloadPlan plan(ModelSource.Remote source) {
        DownloadListener silent = new DownloadListener() {
        };
        try (Requests requests = new Requests(environment, machine, source, silent)) {
            return switch (source) {
                case ModelSource.HubModel model -> new HubModels(environment, machine, model).plan(requests);
                case ModelSource.WebFile file -> new WebFiles(cacheDirectory, machine, file).plan(requests);
            };
        }
    }

    /**
     * Fetches a model, or what is missing of it. For a branch of a hub that means its newest commit, if the hub answers.
     * Interrupting the thread ends it; the next call goes on from there.
     *
     * @param listener is called on this thread
     * @return as {@link #find}
     * @throws ModelSupplyException if the model cannot be had
     */
    public Path fetch(ModelSource.Remote source, DownloadListener listener) {
        try (Requests requests = new Requests(environment, machine, source, listener)) {
            return switch (source) {
                case ModelSource.HubModel model -> new HubModels(environment, machine, model).fetch(requests, listener);
                case ModelSource.WebFile file -> new WebFiles(cacheDirectory, machine, file).fetch(requests, listener);
            };
        }
    }
}
