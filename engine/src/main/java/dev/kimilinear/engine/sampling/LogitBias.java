package dev.kimilinear.engine.sampling;

import java.util.Map;

/** Adds to the logits of some tokens. */
final class LogitBias implements LogitsProcessor {

    /** Ascending. */
    private final int[] tokens;
    private final float[] biases;

    /** @param biases in the order of their tokens */
    LogitBias(Map<Integer, Float> biases) {
        tokens = biases.keySet().stream().mapToInt(Integer::intValue).toArray();
        this.biases = new float[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            this.biases[i] = biases.get(tokens[i]);
        }
    }

    @Override
    public void apply(Candidates candidates, History history) {
        int next = 0;
        for (int i = 0; i < candidates.size() && next < tokens.length; i++) {
            while (next < tokens.length && tokens[next] < candidates.id(i)) {
                next++;
            }
            if (next < tokens.length && tokens[next] == candidates.id(i)) {
                candidates.setLogit(i, candidates.logit(i) + biases[next]);
            }
        }
    }
}
