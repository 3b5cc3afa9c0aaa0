package dev.kimilinear.engine.sampling;

/**
 * Nucleus sampling: keeps the smallest set of best candidates whose probabilities, softmax over the candidates that came
 * here, sum to at least p (Holtzman et al. 2020, section 3.1).
 */
record TopP(float p) implements LogitsProcessor {

    @Override
    public void apply(Candidates candidates, History history) {
        float max = candidates.maxLogit();
        double total = 0;
        for (int i = 0; i < candidates.size(); i++) {
            total += Sampler.weight(candidates.logit(i), max);
        }
        candidates.beginTaking();
        double taken = 0;
        for (int i = 0; i < candidates.size() && taken < p * total; i++) {
            taken += Sampler.weight(candidates.takeBest(), max);
        }
        candidates.keepTaken();
    }
}
