package dev.kimilinear.engine.sampling;

import java.util.BitSet;

/**
 * The tokens that may still be drawn, with their logits: a set that the rules of {@link Sampler} shrink. Its order is
 * unspecified but the same for the same input. One candidate is better than another if its logit is larger, or equal and
 * its id lower. Belongs to one sequence.
 *
 * <p>
 * The best few are taken from a heap, n steps to build it and log n for each taken, because sorting 163,840 tokens would
 * cost more than anything else here.
 */
public final class Candidates {

    private final int[] ids;
    private final float[] logits;
    private int size;
    /** The best candidates taken so far lie in {@code [heapSize, size)}, the best of them last. */
    private int heapSize;

    Candidates(int capacity) {
        ids = new int[capacity];
        logits = new float[capacity];
    }

    /** Makes all tokens candidates, ids 0 to length - 1 in order. */
    void setAll(float[] source, int offset, int length) {
        System.arraycopy(source, offset, logits, 0, length);
        for (int id = 0; id < length; id++) {
            ids[id] = id;
        }
        size = length;
    }

    /** Makes tokens candidates that are in a set, a bit for each id, in the order of their ids. */
    void setAllowed(float[] source, int offset, int length, long[] allowed) {
        size = 0;
        for (int word = 0; word < allowed.length; word++) {
            for (long bits = allowed[word]; bits != 0; bits &= bits - 1) {
                int id = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                if (id < length) {
                    ids[size] = id;
                    logits[size] = source[offset + id];
                    size++;
                }
            }
        }
    }

    /** The number of candidates. */
    public int size() {
        return size;
    }

    /** The token of candidate i, 0 to size - 1. */
    public int id(int i) {
        return ids[i];
    }

    /** The logit of candidate i, 0 to size - 1. */
    public float logit(int i) {
        return logits[i];
    }

    /** Changes the logit of candidate i, 0 to size - 1. */
    public void setLogit(int i, float logit) {
        logits[i] = logit;
    }

    /** The largest logit. */
    public float maxLogit() {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            max = Math.max(max, logits[i]);
        }
        return max;
    }

    /** Removes the candidates with a logit below the threshold. */
    public void removeBelow(double threshold) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (logits[i] >= threshold) {
                ids[kept] = ids[i];
                logits[kept] = logits[i];
                kept++;
            }
        }
        size = kept;
    }

    /** The token of the best candidate. */
    int best() {
        int best = 0;
        for (int i = 1; i < size; i++) {
            if (better(i, best)) {
                best = i;
            }
        }
        return ids[best];
    }

    /** Keeps the candidates, by their number, that are in a set. */
    void keep(BitSet kept) {
        int count = 0;
        for (int i = kept.nextSetBit(0); i >= 0 && i < size; i = kept.nextSetBit(i + 1)) {
            ids[count] = ids[i];
            logits[count] = logits[i];
            count++;
        }
        size = count;
    }

    /** Begins to take the best candidates, one {@link #takeBest} after the other until {@link #keepTaken}. */
    public void beginTaking() {
        heapSize = size;
        for (int parent = heapSize / 2 - 1; parent >= 0; parent--) {
            siftDown(parent);
        }
    }

    /** Takes the best candidate that was not taken yet, and returns its logit. At most {@link #size} times. */
    public float takeBest() {
        assert heapSize > 0;
        heapSize--;
        swap(0, heapSize);
        siftDown(0);
        return logits[heapSize];
    }

    /** Removes all candidates but those taken. */
    public void keepTaken() {
        int taken = size - heapSize;
        System.arraycopy(ids, heapSize, ids, 0, taken);
        System.arraycopy(logits, heapSize, logits, 0, taken);
        size = taken;
    }

    private void siftDown(int parent) {
        for (int child = 2 * parent + 1; child < heapSize; child = 2 * parent + 1) {
            if (child + 1 < heapSize && better(child + 1, child)) {
                child++;
            }
            if (!better(child, parent)) {
                return;
            }
            swap(child, parent);
            parent = child;
        }
    }

    /** Whether candidate a is better than candidate b. */
    boolean better(int a, int b) {
        return logits[a] > logits[b] || (logits[a] == logits[b] && ids[a] < ids[b]);
    }

    private void swap(int a, int b) {
        int id = ids[a];
        ids[a] = ids[b];
        ids[b] = id;
        float logit = logits[a];
        logits[a] = logits[b];
        logits[b] = logit;
    }
}
