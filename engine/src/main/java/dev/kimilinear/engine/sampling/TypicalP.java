package dev.kimilinear.engine.sampling;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Locally typical sampling: keeps the candidates whose surprise -ln p is closest to its expected value, the entropy; the
 * smallest such set whose probabilities sum to at least p (Meister et al. 2023, equation 10). Of equally typical ones those
 * with the lower number come first.
 */
final class TypicalP implements LogitsProcessor {

    private final float p;
    private final BitSet kept = new BitSet();
    private long[] order = {};

    TypicalP(float p) {
        this.p = p;
    }

    @Override
    public void apply(Candidates candidates, History history) {
        int size = candidates.size();
        float max = candidates.maxLogit();
        double total = 0;
        double weighted = 0;
        for (int i = 0; i < size; i++) {
            double weight = Sampler.weight(candidates.logit(i), max);
            total += weight;
            weighted += weight == 0 ? 0 : weight * ((double) candidates.logit(i) - max);
        }
        // -ln p = ln total - (logit - max), so what is expected of it is ln total - weighted / total: ln total cancels out.
        double expected = weighted / total;
        if (order.length < size) {
            order = new long[size];
        }
        for (int i = 0; i < size; i++) {
            float distance = (float) Math.abs((double) candidates.logit(i) - max - expected);
            // Bits of floats that are not negative are in the order of the floats.
            order[i] = (long) Float.floatToIntBits(distance) << 32 | i;
        }
        Arrays.sort(order, 0, size);
        kept.clear();
        double taken = 0;
        for (int i = 0; i < size && taken < p * total; i++) {
            int candidate = (int) order[i];
            kept.set(candidate);
            taken += Sampler.weight(candidates.logit(candidate), max);
        }
        candidates.keep(kept);
    }
}
