package dev.kimilinear.engine.api;

import java.io.Serializable;
import java.util.Locale;

/**
 * What an opened model may need of memory, computed before anything is loaded. State and workspace are Java arrays and
 * must fit into the heap; weights lie in a mapped file, of which the system may drop parts and read them again.
 *
 * @param contextTokens the most tokens of one sequence
 * @param sequences sequences that memory is planned for
 * @param weightBytes the mapped file or files
 * @param panelBytes panels of weights in private memory
 * @param sequenceFixedBytes state of one sequence, whatever its length: S and the convolutions' tails of each KDA layer
 * @param sequenceTokenBytes state of one sequence for each token: a row of the latent cache of each MLA layer. Rows are
 *        allocated in blocks of 128 tokens
 * @param sequenceBytes state of one sequence of contextTokens, in whole blocks
 * @param workspaceBytes values of one step: activations, logits, scratch memory of each thread
 * @param snapshotBytes snapshots of conversations that are not in work
 * @param longestContextTokens the longest context that fits, with as many sequences; 0 if none does. Not limited by what
 *        the model can
 * @param heapLimitBytes heap that Java may use ({@code -Xmx})
 * @param memoryLimitBytes memory that the engine may use for what is not mapped
 * @param machineBytes memory that the machine or container has
 */
public record MemoryPlan(int contextTokens, int sequences, long weightBytes, long panelBytes, long sequenceFixedBytes,
        long sequenceTokenBytes, long sequenceBytes, long workspaceBytes, long snapshotBytes, int longestContextTokens,
        long heapLimitBytes,
        long memoryLimitBytes, long machineBytes) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Heap that must remain for the tokenizer, the program and its garbage: 32 MiB. */
    public static final long REMAINING_HEAP_BYTES = 32L << 20;

    /** States of all sequences at full length. */
    public long stateBytes() {
        return sequences * sequenceBytes;
    }

    /** State, workspace and snapshots: what the Java heap must hold. */
    public long heapBytes() {
        return stateBytes() + workspaceBytes + snapshotBytes;
    }

    /** State, workspace, snapshots and panels: what must be there all the time. */
    public long privateBytes() {
        return heapBytes() + panelBytes;
    }

    /** Whether state, workspace and snapshots fit into the heap. */
    public boolean fitsHeap() {
        return heapBytes() + REMAINING_HEAP_BYTES <= heapLimitBytes;
    }

    /** Whether state, workspace, snapshots and panels fit into the memory that the engine may use. */
    public boolean fitsMemory() {
        return privateBytes() <= memoryLimitBytes;
    }

    /** Whether all weights can stay in memory beside the rest. If not, the model runs at the speed of the disk. */
    public boolean weightsFit() {
        return privateBytes() + weightBytes <= machineBytes;
    }

    /** A number of bytes for a reader: {@code "1.5 GiB"}, {@code "43.2 MiB"}. */
    public static String text(long bytes) {
        return bytes < 1L << 30 ? String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20)
                : String.format(Locale.ROOT, "%,.1f GiB", bytes / 0x1p30);
    }
}
