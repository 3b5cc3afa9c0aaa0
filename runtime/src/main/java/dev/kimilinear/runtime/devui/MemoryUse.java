package dev.kimilinear.runtime.devui;

import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.MemoryPlan;

/**
 * What was planned of memory, and what is used of it now.
 *
 * @param plannedStateBytes states of all sequences at full length
 * @param plannedHeapBytes states, workspace and snapshots: what the heap must hold
 * @param weightsFit whether all weights can stay in memory beside the rest
 * @param stateBytes what sequences in work hold
 * @param snapshotBytes what snapshots hold
 * @param heapBytes what all objects of the JVM hold, garbage included
 */
public record MemoryUse(MemoryPlan plan, long plannedStateBytes, long plannedHeapBytes, boolean weightsFit, long stateBytes,
        long snapshotBytes, long heapBytes) {

    static MemoryUse of(EngineStats stats) {
        MemoryPlan plan = stats.memory();
        Runtime jvm = Runtime.getRuntime();
        return new MemoryUse(plan, plan.stateBytes(), plan.heapBytes(), plan.weightsFit(), stats.stateBytes(),
                stats.snapshots().bytes(), jvm.totalMemory() - jvm.freeMemory());
    }
}
