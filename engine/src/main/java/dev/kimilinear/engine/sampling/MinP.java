package dev.kimilinear.engine.sampling;

/** Keeps the candidates that are at least p times as probable as the best one: logit >= max + ln p. */
record MinP(float p) implements LogitsProcessor {

    @Override
    public void apply(Candidates candidates, History history) {
        candidates.removeBelow(candidates.maxLogit() + StrictMath.log(p));
    }
}
