package dev.kimilinear.engine.sampling;

/** Keeps the k best candidates; of equal ones those with the lower ids. */
record TopK(int k) implements LogitsProcessor {

    @Override
    public void apply(Candidates candidates, History history) {
        if (k >= candidates.size()) {
            return;
        }
        candidates.beginTaking();
        for (int i = 0; i < k; i++) {
            candidates.takeBest();
        }
        candidates.keepTaken();
    }
}
