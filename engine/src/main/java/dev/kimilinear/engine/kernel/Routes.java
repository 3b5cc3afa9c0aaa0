package dev.kimilinear.engine.kernel;

import java.util.Arrays;

/**
 * Which rows of a step go through which expert, sorted by expert: assignment i sends row {@code rows[i]} with weight
 * {@code weights[i]} through its expert. Expert {@code experts[j]}, j below {@link #count}, has the assignments
 * {@code [starts[j], starts[j + 1])}, its rows ascending. Experts ascend and have at least one row.
 */
public final class Routes {

    /** Experts in use. */
    public int count;
    /** {@code [count]}. */
    public final int[] experts;
    /** {@code [count + 1]}. */
    public final int[] starts;
    /** {@code [assignments]}. */
    public int[] rows = new int[0];
    /** {@code [assignments]}. */
    public float[] weights = new float[0];
    /** Where the next assignment of an expert goes, or, while counting, how many it has. */
    private final int[] next;

    /** @param experts experts of a layer at most */
    public Routes(int experts) {
        this.experts = new int[experts];
        starts = new int[experts + 1];
        next = new int[experts];
    }

    /** Heap bytes after steps of at most so many assignments. */
    public static long bytes(int experts, long assignments) {
        return Integer.BYTES * (3L * experts + 1) + (Integer.BYTES + Float.BYTES) * assignments;
    }

    /**
     * Sorts the choices of n rows.
     *
     * @param selected {@code [n, used]}: experts of each row
     * @param selectedWeights {@code [n, used]}
     */
    public Routes of(int n, int used, int[] selected, float[] selectedWeights) {
        int assignments = n * used;
        if (rows.length < assignments) {
            rows = new int[assignments];
            weights = new float[assignments];
        }
        Arrays.fill(next, 0);
        for (int i = 0; i < assignments; i++) {
            next[selected[i]]++;
        }
        count = 0;
        int start = 0;
        for (int e = 0; e < next.length; e++) {
            int size = next[e];
            next[e] = start;
            if (size > 0) {
                experts[count] = e;
                starts[count++] = start;
                start += size;
            }
        }
        starts[count] = start;
        for (int i = 0; i < assignments; i++) {
            int at = next[selected[i]]++;
            rows[at] = i / used;
            weights[at] = selectedWeights[i];
        }
        return this;
    }

    /**
     * Writes how many rows go through each expert, those that are not in use too.
     *
     * @param counts {@code [experts]} at offset
     */
    public void countRows(int[] counts, int offset) {
        Arrays.fill(counts, offset, offset + experts.length, 0);
        for (int j = 0; j < count; j++) {
            counts[offset + experts[j]] = starts[j + 1] - starts[j];
        }
    }

    /** Rows sent through experts, each counted once for every expert. */
    public int assignments() {
        return starts[count];
    }
}
