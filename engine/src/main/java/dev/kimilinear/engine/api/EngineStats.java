package dev.kimilinear.engine.api;

/**
 * A snapshot of the engine's load and memory.
 *
 * @param queued requests waiting
 * @param active requests in work, at most as many as the engine was opened for ({@link MemoryPlan#sequences})
 * @param completed requests that ended by themselves, since the start
 * @param cancelled requests cancelled, since the start
 * @param failed requests failed, since the start
 * @param promptTokens tokens read, since the start
 * @param outputTokens tokens generated, since the start
 * @param stateBytes what the states of the sequences in work held after the last step
 * @param snapshots what is kept of others
 * @param memory what was planned when the model was opened
 */
public record EngineStats(int queued, int active, long completed, long cancelled, long failed, long promptTokens,
        long outputTokens, long stateBytes, SnapshotStats snapshots, MemoryPlan memory) {
}
