package dev.kimilinear.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;

/**
 * Engines that several users in one JVM have together, as the application in dev mode and that of its continuous tests do.
 * There is one engine for each file and options: opened for the first user, closed by the last. Thread-safe.
 */
public final class SharedEngines {

    /**
     * What identifies an engine. A file that was replaced is another one.
     *
     * @param modified of the first file of the model
     */
    public record Key(Path file, FileTime modified, EngineOptions options) {

        /**
         * Two names of one file are one file.
         *
         * @throws UncheckedIOException if there is no such file
         */
        public static Key of(Path file, EngineOptions options) {
            try {
                Path real = file.toRealPath();
                return new Key(real, Files.readAttributes(real, BasicFileAttributes.class).lastModifiedTime(), options);
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot open \"" + file + "\"", e);
            }
        }
    }

    /** Its lock is held while a model opens or closes too: who wants the same waits, and two do not take memory at once. */
    private static final Map<Key, SharedEngine> OPEN = new HashMap<>();

    private SharedEngines() {
    }

    /**
     * The engine for that file and those options, opened if nobody has it: by the name given, because other parts of a split
     * model lie beside it, and not beside what it may be a link to. Everybody closes the one that he got, which ends his own
     * requests; load and health are those of all.
     *
     * @throws UncheckedIOException if there is no such file
     * @throws EngineException if the file cannot be opened; see {@link Engine#open} for all that may be wrong
     */
    public static Engine open(Path file, EngineOptions options) {
        Key key = Key.of(file, options);
        synchronized (OPEN) {
            SharedEngine known = OPEN.get(key);
            if (known == null || !known.engine.health().running()) {
                known = new SharedEngine(key, Engine.open(file, options));
                OPEN.put(key, known);
            }
            return known.forOneMore();
        }
    }

    private static final class SharedEngine {

        private final Key key;
        private final Engine engine;
        /** Guarded by the lock. */
        private int users;

        SharedEngine(Key key, Engine engine) {
            this.key = key;
            this.engine = engine;
        }

        /** Under the lock. */
        Engine forOneMore() {
            users++;
            return engine.sharedWith(this::release);
        }

        private void release() {
            synchronized (OPEN) {
                users--;
                if (users == 0) {
                    OPEN.remove(key, this);
                    engine.close();
                }
            }
        }
    }
}
