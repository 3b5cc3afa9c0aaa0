package dev.kimilinear.engine.serving;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.MemoryPlan;

/**
 * What an engine has done and is doing. Each event is counted before anybody can hear of it, so that a caller who saw a
 * request end finds it in the counts. Thread-safe.
 */
final class LoadCounters {

    private final AtomicInteger active = new AtomicInteger();
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong promptTokens = new AtomicLong();
    private final AtomicLong outputTokens = new AtomicLong();
    private final MemoryPlan memory;
    private volatile long stateBytes;

    LoadCounters(MemoryPlan memory) {
        this.memory = memory;
    }

    /** A request came into work. */
    void started() {
        active.incrementAndGet();
    }

    /** A request left the work. */
    void released() {
        active.decrementAndGet();
    }

    void promptTokensRead(int tokens) {
        promptTokens.addAndGet(tokens);
    }

    void outputTokenGenerated() {
        outputTokens.incrementAndGet();
    }

    /** The states of the sequences in work hold so many bytes after a step. */
    void statesHold(long bytes) {
        stateBytes = bytes;
    }

    /** A request ended with this status. */
    void ended(Generation.Status status) {
        switch (status) {
            case COMPLETED -> completed.incrementAndGet();
            case CANCELLED -> cancelled.incrementAndGet();
            case FAILED -> failed.incrementAndGet();
            case QUEUED, RUNNING -> throw new AssertionError(status);
        }
    }

    EngineStats snapshot(int queued) {
        return new EngineStats(queued, active.get(), completed.get(), cancelled.get(), failed.get(), promptTokens.get(),
                outputTokens.get(), stateBytes, memory);
    }
}
