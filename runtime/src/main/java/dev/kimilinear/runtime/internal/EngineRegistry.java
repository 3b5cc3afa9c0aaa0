package dev.kimilinear.runtime.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.EngineOptions;

/**
 * The engines of one application: one per file and options, however many beans and named models use it. They live until
 * the application stops.
 */
final class EngineRegistry implements AutoCloseable {

    private record Key(Path file, EngineOptions options) {
    }

    private final Map<Key, Engine> engines = new HashMap<>();

    /**
     * The engine for that file and those options, opened if it is the first time.
     *
     * @throws dev.kimilinear.engine.api.EngineException if the file cannot be opened
     */
    synchronized Engine engine(Path file, EngineOptions options) {
        return engines.computeIfAbsent(new Key(realPath(file), options), key -> Engine.open(key.file(), key.options()));
    }

    /** Two names of one file are one file. */
    private static Path realPath(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open \"" + file + "\"", e);
        }
    }

    @Override
    public synchronized void close() {
        engines.values().forEach(Engine::close);
        engines.clear();
    }
}
