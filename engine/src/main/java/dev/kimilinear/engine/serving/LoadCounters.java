package dev.kimilinear.engine.serving;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.kimilinear.engine.api.EngineSpeed;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.SnapshotStats;

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
    private final AtomicLong steps = new AtomicLong();
    private final AtomicLong stepTokens = new AtomicLong();
    private final AtomicLong firstTokens = new AtomicLong();
    private final AtomicLong firstTokenNanos = new AtomicLong();
    private final TokenRate rate = new TokenRate(System.nanoTime());
    private volatile int sequences;
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
        rate.add(System.nanoTime());
    }

    /** An answer begins so long after its request was submitted. */
    void answerBegins(long nanos) {
        firstTokenNanos.addAndGet(nanos);
        firstTokens.incrementAndGet();
    }

    /** A step was run for so many sequences and tokens. */
    void stepRun(int sequences, int tokens) {
        this.sequences = sequences;
        stepTokens.addAndGet(tokens);
        steps.incrementAndGet();
    }

    EngineSpeed speed() {
        return new EngineSpeed(steps.get(), stepTokens.get(), sequences, firstTokens.get(), firstTokenNanos.get(),
                rate.perSecond(System.nanoTime()));
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

    EngineStats snapshot(int queued, SnapshotStats snapshots) {
        return new EngineStats(queued, active.get(), completed.get(), cancelled.get(), failed.get(), promptTokens.get(),
                outputTokens.get(), stateBytes, snapshots, memory);
    }
}
