package dev.kimilinear.engine.sampling;

import dev.kimilinear.engine.api.SamplingParams.Penalties;

/**
 * Makes tokens of the window less probable: the logit x of a token that is there n times becomes
 * {@code (x > 0 ? x / repetition : x * repetition) - n * frequency - presence}.
 */
final class RepetitionPenalty implements LogitsProcessor {

    private final Penalties penalties;
    /** By token; all 0 between two calls. */
    private final int[] counts;

    RepetitionPenalty(Penalties penalties, int vocabularySize) {
        this.penalties = penalties;
        counts = new int[vocabularySize];
    }

    @Override
    public void apply(Candidates candidates, History history) {
        int window = history.length(penalties.window());
        for (int i = 0; i < window; i++) {
            counts[history.fromEnd(i)]++;
        }
        for (int i = 0; i < candidates.size(); i++) {
            int count = counts[candidates.id(i)];
            if (count > 0) {
                float logit = candidates.logit(i);
                float scaled = logit > 0 ? logit / penalties.repetition() : logit * penalties.repetition();
                candidates.setLogit(i, scaled - count * penalties.frequency() - penalties.presence());
            }
        }
        for (int i = 0; i < window; i++) {
            counts[history.fromEnd(i)] = 0;
        }
    }
}
