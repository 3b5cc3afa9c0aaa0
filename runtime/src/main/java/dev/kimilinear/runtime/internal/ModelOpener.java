package dev.kimilinear.runtime.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.SharedEngines;
import dev.kimilinear.engine.api.InsufficientMemoryException;
import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.ModelSource;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.ConfigurationException;

/** Opens the models of an application that starts: finds their files or has them fetched, and takes engines for them. */
final class ModelOpener {

    private final ModelStore store;
    private final LaunchMode mode;
    private final EngineRegistry engines;

    /** @param continuousTesting whether this is the application of continuous tests, which dev mode starts again and again */
    ModelOpener(ModelStore store, LaunchMode mode, boolean continuousTesting) {
        this.store = store;
        this.mode = mode;
        this.engines = EngineRegistry.forStart(mode == LaunchMode.DEVELOPMENT || continuousTesting);
    }

    /**
     * @param settings by configuration name
     * @throws ConfigurationException if a model cannot be had or opened as configured
     * @throws dev.kimilinear.engine.api.EngineException if a file is damaged
     */
    OpenModels open(Map<String, ChatModelSettings> settings) {
        Map<String, Path> files = new HashMap<>();
        Map<String, ModelSource.Remote> missing = new HashMap<>();
        settings.forEach((configName, model) -> find(configName, model, files, missing));

        List<SharedEngines.Key> wanted = new ArrayList<>();
        files.forEach((configName, file) -> wanted.add(SharedEngines.Key.of(file, settings.get(configName).options())));
        engines.retain(wanted, missing.values());

        Map<String, OpenModel> models = new HashMap<>();
        missing.forEach((configName, source) -> models.put(configName, fetch(source, settings.get(configName))));
        files.forEach((configName, file) -> {
            ChatModelSettings model = settings.get(configName);
            models.put(configName, OpenModel.of(model, engine(file, model)));
        });
        return new OpenModels(models);
    }

    private void find(String configName, ChatModelSettings model, Map<String, Path> files,
            Map<String, ModelSource.Remote> missing) {
        if (model.packaged() && mode == LaunchMode.NORMAL) {
            files.put(configName, ModelStore.packaged(OpenModels.readable(configName),
                    Path.of(System.getProperty("java.class.path")), model.keyPrefix() + "model-path"));
            return;
        }
        try {
            Optional<Path> file = store.find(model.model(), model.modelKey());
            if (file.isPresent()) {
                files.put(configName, file.get());
            } else if (model.download()) {
                missing.put(configName, ModelStore.remote(model.model(), model.modelKey()).orElseThrow());
            } else {
                throw notHere(model);
            }
        } catch (ModelSupplyException e) {
            throw new ConfigurationException(e.getMessage() + " (" + model.modelKey() + ")", e, Set.of(model.modelKey()));
        }
    }

    private static ConfigurationException notHere(ChatModelSettings model) {
        String key = model.keyPrefix() + "download";
        String source = ModelSource.shown(model.model());
        return new ConfigurationException(
                "Model " + source + " (" + model.modelKey() + ") is not on this machine, and it is not"
                        + " fetched unasked. Fetch it with: kimi fetch '" + source + "', let the application do it with " + key
                        + "=true, or say with " + model.keyPrefix() + "model-path where it is.",
                Set.of(model.modelKey(), key));
    }

    /** Tests wait for their model; nobody else does. */
    private OpenModel fetch(ModelSource.Remote source, ChatModelSettings settings) {
        ModelDownload download = engines.download(source, store.supply());
        if (mode == LaunchMode.TEST) {
            Path file = download.await().orElseThrow(() -> new ConfigurationException("Model " + source + " ("
                    + settings.modelKey() + ") cannot be fetched: " + download.status().message().orElse("")));
            return OpenModel.of(settings, engine(file, settings));
        }
        return OpenModel.fetched(settings, download, file -> engine(file, settings));
    }

    private Engine engine(Path file, ChatModelSettings settings) {
        String contextLength = settings.keyPrefix() + "context-length";
        try {
            return engines.engine(file, settings.options());
        } catch (InsufficientMemoryException e) {
            String sequences = settings.keyPrefix() + "parallel-sequences";
            String memory = settings.keyPrefix() + "max-memory";
            String snapshots = settings.keyPrefix() + "snapshots.memory";
            throw new ConfigurationException(e.problem() + " " + e.cure(contextLength, sequences, snapshots, memory), e,
                    Set.of(contextLength, sequences, snapshots, memory));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Cannot open model \"" + file + "\" as configured: " + e.getMessage() + " ("
                    + contextLength + "=" + settings.options().contextTokens() + ")", e, Set.of(contextLength));
        }
    }

    /** The application stops. */
    void stop(OpenModels models) {
        models.byName().values().forEach(OpenModel::abandon);
        EngineRegistry.stop(engines);
    }
}
