package dev.kimilinear.engine.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.Optional;

/**
 * Keeps snapshots beyond the life of an engine, perhaps for engines of other machines too. What it keeps, and for how long,
 * is its own affair: the engine reads again what is gone, and checks everything that it gets. Called on threads in the
 * background, on several at a time; a request may wait for {@link #keys} and {@link #load}. What is thrown is logged, and the
 * engine goes on without.
 */
public interface SnapshotStore {

    /** What is stored of the given model now, in any order. */
    Collection<SnapshotKey> keys(String model) throws IOException;

    /**
     * The bytes of a snapshot; empty if it is not there (any more). The caller closes the stream, perhaps after its beginning:
     * this
     * alone is no use of it.
     */
    Optional<InputStream> load(SnapshotKey key) throws IOException;

    /** A request goes on from a snapshot: a store that keeps those used last takes note of it. */
    default void used(SnapshotKey key) {
    }

    /**
     * Stores a snapshot in place of an older one with this key. All of it or nothing must become visible to others.
     *
     * @param bytes as many as the content will write
     */
    void save(SnapshotKey key, long bytes, Content content) throws IOException;

    /** Writes the bytes of a snapshot. */
    @FunctionalInterface
    interface Content {

        /** Writes all of them; may be called again to write the same once more. */
        void writeTo(OutputStream out) throws IOException;
    }
}
