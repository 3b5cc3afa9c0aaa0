package dev.kimilinear.engine.sampling;

/**
 * Divides the logits by a temperature above 0: below 1 sharpens the distribution, above 1 flattens it. The largest logit
 * becomes 0 (a softmax does not notice), so that no quotient overflows however small the temperature is.
 */
record Temperature(float temperature) implements LogitsProcessor {

    @Override
    public void apply(Candidates candidates, History history) {
        float max = candidates.maxLogit();
        for (int i = 0; i < candidates.size(); i++) {
            candidates.setLogit(i, (candidates.logit(i) - max) / temperature);
        }
    }
}
