package dev.kimilinear.engine.api;

import java.util.Objects;
import java.util.Optional;

/**
 * How much an engine may remember of conversations that are not in work, so that it need not read them again when they go on.
 *
 * @param memoryBytes heap for snapshots: the latest used stay. {@link #AUTO} means a quarter of the heap that states and
 *        workspace leave, at most {@value #MOST_AUTOMATIC_BYTES}; 0 means none, and then nothing is stored either
 * @param diskBytes the most bytes that files of snapshots may take in the cache directory, those of all models together; 0
 *        means none are written or read
 * @param store where snapshots are kept in place of such files
 */
public record SnapshotOptions(long memoryBytes, long diskBytes, Optional<SnapshotStore> store) {

    /** As much memory as seems right. */
    public static final long AUTO = -1;

    /** 2 GiB. */
    public static final long MOST_AUTOMATIC_BYTES = 2L << 30;

    /** 4 GiB. */
    public static final long DEFAULT_DISK_BYTES = 4L << 30;

    public SnapshotOptions {
        Objects.requireNonNull(store, "store");
        if (memoryBytes < AUTO) {
            throw new IllegalArgumentException("memoryBytes is " + memoryBytes + ", expected -1 (automatic), 0 (none) or more");
        }
        if (diskBytes < 0) {
            throw new IllegalArgumentException("diskBytes is " + diskBytes + ", expected 0 (none) or more");
        }
    }

    /** Memory chosen automatically, and files of at most {@value #DEFAULT_DISK_BYTES} bytes. */
    public static SnapshotOptions defaults() {
        return new SnapshotOptions(AUTO, DEFAULT_DISK_BYTES, Optional.empty());
    }

    /** No snapshots: every request reads its whole prompt. */
    public static SnapshotOptions off() {
        return new SnapshotOptions(0, 0, Optional.empty());
    }

    public SnapshotOptions withMemoryBytes(long memoryBytes) {
        return new SnapshotOptions(memoryBytes, diskBytes, store);
    }

    public SnapshotOptions withDiskBytes(long diskBytes) {
        return new SnapshotOptions(memoryBytes, diskBytes, store);
    }

    public SnapshotOptions withStore(SnapshotStore store) {
        return new SnapshotOptions(memoryBytes, diskBytes, Optional.of(store));
    }
}
