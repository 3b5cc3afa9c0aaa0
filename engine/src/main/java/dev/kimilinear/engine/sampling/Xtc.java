package dev.kimilinear.engine.sampling;

import java.util.BitSet;

import dev.kimilinear.engine.api.SamplingParams;

/**
 * "Exclude top choices": with some probability, removes all candidates at least as probable as a threshold but the least
 * probable of them.
 */
final class Xtc implements LogitsProcessor {

    private final SamplingParams.Xtc params;
    private final SplitMix64 random;
    private final BitSet kept = new BitSet();

    Xtc(SamplingParams.Xtc params, SplitMix64 random) {
        this.params = params;
        this.random = random;
    }

    @Override
    public void apply(Candidates candidates, History history) {
        if (random.nextDouble() >= params.probability()) {
            return;
        }
        int size = candidates.size();
        float max = candidates.maxLogit();
        double total = 0;
        for (int i = 0; i < size; i++) {
            total += Sampler.weight(candidates.logit(i), max);
        }
        kept.clear();
        int last = -1;
        for (int i = 0; i < size; i++) {
            if (Sampler.weight(candidates.logit(i), max) < params.threshold() * total) {
                kept.set(i);
            } else if (last < 0 || candidates.better(last, i)) {
                last = i;
            }
        }
        if (last >= 0) {
            kept.set(last);
        }
        candidates.keep(kept);
    }
}
