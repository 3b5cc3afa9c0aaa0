package dev.kimilinear.runtime.config;

/** Where snapshots are kept beyond the life of the application. */
public enum SnapshotStoreKind {
    FILES,
    REDIS,
    BEAN
}
