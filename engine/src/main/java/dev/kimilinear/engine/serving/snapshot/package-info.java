/**
 * Snapshots of sequences: which are kept, in memory and in a store, and which one a prompt goes on from. Sees {@code model}
 * and {@code api}. The cache is thread-safe; a snapshot never changes, so any thread may read it.
 */
package dev.kimilinear.engine.serving.snapshot;
