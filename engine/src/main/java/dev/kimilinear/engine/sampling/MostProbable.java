package dev.kimilinear.engine.sampling;

/**
 * The most probable tokens of a row of logits. Probabilities are the softmax of the logits as they are, whatever the rules
 * of a {@link Sampler} make of them. Allocates nothing from row to row. Belongs to one sequence; not thread-safe.
 */
public final class MostProbable {

    private final int[] ids;
    /** Of these tokens, largest first. */
    private final float[] logits;
    private int count;
    /** Of all tokens of the row. */
    private float max;
    /** Sum of e^(logit - max) over these. */
    private double total;

    /** @param most tokens of a row to find, at least 1 */
    public MostProbable(int most) {
        ids = new int[most];
        logits = new float[most];
    }

    /**
     * Finds the most probable tokens of a row, the lower id on a tie. A logit of negative infinity rules its token out.
     *
     * @param row one row at offset, which {@link Sampler#sample} accepts; not changed
     * @param length tokens in the row
     */
    public void find(float[] row, int offset, int length) {
        max = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < length; id++) {
            max = Math.max(max, row[offset + id]);
        }
        count = 0;
        total = 0;
        for (int id = 0; id < length; id++) {
            float logit = row[offset + id];
            total += Sampler.weight(logit, max);
            insert(id, logit);
        }
    }

    private void insert(int id, float logit) {
        boolean full = count == ids.length;
        if (logit <= (full ? logits[count - 1] : Float.NEGATIVE_INFINITY)) {
            return;
        }
        int at = full ? count - 1 : count++;
        for (; at > 0 && logits[at - 1] < logit; at--) {
            ids[at] = ids[at - 1];
            logits[at] = logits[at - 1];
        }
        ids[at] = id;
        logits[at] = logit;
    }

    /** How many were found. */
    public int count() {
        return count;
    }

    /** The token found at place i, 0 to count - 1, the most probable one first. */
    public int id(int i) {
        return ids[i];
    }

    /** The probability of the token found at place i, 0 to count - 1. */
    public double probability(int i) {
        return probabilityOf(logits[i]);
    }

    /** The probability of a token with this logit. */
    public double probabilityOf(float logit) {
        return Sampler.weight(logit, max) / total;
    }
}
