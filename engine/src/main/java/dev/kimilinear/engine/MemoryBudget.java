package dev.kimilinear.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;

import com.sun.management.OperatingSystemMXBean;

import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.InsufficientMemoryException;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.model.KimiConfig;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.serving.EngineLoop;

/**
 * The memory there is, and what a model would take of it.
 *
 * @param heapBytes heap that Java may use
 * @param machineBytes memory that the machine or container has
 */
record MemoryBudget(long heapBytes, long machineBytes) {

    private static final Logger LOG = System.getLogger(MemoryBudget.class.getName());

    /** Of the memory that is left snapshots get one part in so many, if nothing else is asked for. */
    private static final int SHARE_OF_SNAPSHOTS = 4;

    /** What this process may use. */
    static MemoryBudget ofThisProcess() {
        // Inside a container this is the container's limit.
        long machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return new MemoryBudget(Runtime.getRuntime().maxMemory(), machine);
    }

    /**
     * Computes what a model needs; allocates nothing.
     *
     * @param weightBytes what is mapped
     * @param panelBytes panels in private memory
     */
    MemoryPlan plan(KimiConfig config, long weightBytes, long panelBytes, int contextTokens, int threads,
            EngineOptions options) {
        int sequences = options.parallelSequences();
        long fixed = SequenceState.bytes(config, 0, options.latentCache());
        long block = SequenceState.bytes(config, 1, options.latentCache()) - fixed;
        long workspace = KimiLinear.workspaceBytes(config, EngineLoop.mostRows(options), sequences, threads);
        long memory = options.maxMemoryBytes() > 0 ? options.maxMemoryBytes() : machineBytes;
        long sequence = SequenceState.bytes(config, contextTokens, options.latentCache());
        long forStates = Math.min(heapBytes - MemoryPlan.REMAINING_HEAP_BYTES, memory - panelBytes) - workspace;
        long snapshots = snapshots(options.snapshots(), forStates - sequences * sequence);
        long forcedSnapshots = options.snapshots().memoryBytes() == SnapshotOptions.AUTO ? 0 : snapshots;
        return new MemoryPlan(contextTokens, sequences, weightBytes, panelBytes, fixed, block / KimiLinear.STATE_BLOCK_TOKENS,
                sequence, workspace, snapshots, longestContext((forStates - forcedSnapshots) / sequences - fixed, block),
                heapBytes, memory, machineBytes);
    }

    /** @param left bytes that nothing else needs; may be negative */
    private static long snapshots(SnapshotOptions options, long left) {
        return options.memoryBytes() == SnapshotOptions.AUTO
                ? Math.max(0, Math.min(SnapshotOptions.MOST_AUTOMATIC_BYTES, left / SHARE_OF_SNAPSHOTS))
                : options.memoryBytes();
    }

    private static int longestContext(long bytes, long block) {
        if (bytes < 0) {
            return 0;
        }
        // Without MLA layers a state does not grow.
        long blocks = block == 0 ? Integer.MAX_VALUE : bytes / block;
        return (int) Math.min(Integer.MAX_VALUE, blocks * KimiLinear.STATE_BLOCK_TOKENS);
    }

    /**
     * Refuses a plan that does not fit, and warns of one whose weights cannot all stay in memory.
     *
     * @throws InsufficientMemoryException if state, workspace and panels do not fit
     */
    static void check(String model, MemoryPlan plan) {
        if (!plan.fitsHeap() || !plan.fitsMemory()) {
            throw new InsufficientMemoryException(model, plan);
        }
        if (!plan.weightsFit()) {
            LOG.log(Level.WARNING, "Model \"" + model + "\" has " + MemoryPlan.text(plan.weightBytes())
                    + " of weights and needs " + MemoryPlan.text(plan.privateBytes())
                    + " besides, but the machine or container has " + MemoryPlan.text(plan.machineBytes())
                    + ". Parts of the file will be read from disk again and again, which is slow. Use a file with fewer bits"
                    + " per weight, or more memory.");
        }
    }
}
