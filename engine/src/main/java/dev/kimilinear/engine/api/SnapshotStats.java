package dev.kimilinear.engine.api;

/**
 * What snapshots did since the engine was opened, and what they hold now.
 *
 * @param count snapshots in memory
 * @param bytes heap bytes that they hold; what several of them share is counted once
 * @param hits requests that went on from a snapshot
 * @param requests requests that looked for one
 * @param restoredTokens tokens of prompts that therefore were not read
 * @param divergences requests that would have found a longer one if their text had not differed from an earlier request's
 * @param loaded snapshots that came from the store
 * @param saved snapshots that went into the store
 * @param failed attempts of either kind that failed, damaged and foreign content included
 */
public record SnapshotStats(int count, long bytes, long hits, long requests, long restoredTokens, long divergences,
        long loaded, long saved, long failed) {
}
