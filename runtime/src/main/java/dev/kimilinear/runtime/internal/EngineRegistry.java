package dev.kimilinear.runtime.internal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.SharedEngines;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.supply.ModelSource;
import dev.kimilinear.engine.supply.ModelSupply;

/**
 * Engines, one per file and options, however many beans and named models use it, and downloads, one per model. They live
 * until the application stops; but in dev mode and continuous testing the next start takes those that it still wants.
 */
final class EngineRegistry implements AutoCloseable {

    /**
     * Of applications that are reloaded. This class is loaded once for all of them, and once more for continuous testing:
     * what both want they share, because the engine is loaded once for both (parent first).
     */
    private static EngineRegistry kept;

    private final Map<SharedEngines.Key, Engine> engines = new HashMap<>();
    private final Map<ModelSource.Remote, ModelDownload> downloads = new HashMap<>();

    /**
     * A registry for an application that starts.
     *
     * @param reloaded whether it is that of the application before, and will be that of the next
     */
    static synchronized EngineRegistry forStart(boolean reloaded) {
        if (!reloaded) {
            return new EngineRegistry();
        }
        if (kept == null) {
            kept = new EngineRegistry();
            // No reload can be told from the end of dev mode when the application stops. The thread must not keep the class
            // loader of this application alive.
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("kimi-linear-close")
                    .inheritInheritableThreadLocals(false).unstarted(kept::close));
        }
        return kept;
    }

    /** The application stops. */
    static synchronized void stop(EngineRegistry registry) {
        if (registry == kept) {
            registry.engines().forEach(Engine::cancelAll);
        } else {
            registry.close();
        }
    }

    private synchronized Collection<Engine> engines() {
        return new ArrayList<>(engines.values());
    }

    /** Closes engines and cancels downloads that the application does not want, for room for those that it does. */
    synchronized void retain(Collection<SharedEngines.Key> wantedEngines, Collection<ModelSource.Remote> wantedDownloads) {
        engines.entrySet().removeIf(entry -> {
            boolean unwanted = !wantedEngines.contains(entry.getKey()) || !entry.getValue().health().running();
            if (unwanted) {
                entry.getValue().close();
            }
            return unwanted;
        });
        downloads.entrySet().removeIf(entry -> {
            boolean unwanted = !wantedDownloads.contains(entry.getKey());
            if (unwanted) {
                entry.getValue().cancel();
            }
            return unwanted;
        });
    }

    /**
     * The engine for that file and those options, opened if there is none.
     *
     * @throws dev.kimilinear.engine.api.EngineException if the file cannot be opened
     */
    synchronized Engine engine(Path file, EngineOptions options) {
        return engines.computeIfAbsent(SharedEngines.Key.of(file, options), absent -> SharedEngines.open(file, options));
    }

    /** The download of that model, begun if there is none. One that ended early is tried again. */
    synchronized ModelDownload download(ModelSource.Remote source, ModelSupply supply) {
        ModelDownload download = downloads.get(source);
        if (download == null) {
            download = ModelDownload.start(source, supply);
            downloads.put(source, download);
        } else {
            download.retry();
        }
        return download;
    }

    /** Closes all engines, and cancels all downloads. */
    @Override
    public synchronized void close() {
        downloads.values().forEach(ModelDownload::cancel);
        downloads.clear();
        engines.values().forEach(Engine::close);
        engines.clear();
    }
}
