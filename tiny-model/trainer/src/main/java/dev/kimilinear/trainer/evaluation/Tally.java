package dev.kimilinear.trainer.evaluation;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Right answers out of all, for each kind. */
public final class Tally {

    /** @param right of {@code all} */
    public record Score(int right, int all) {

        Score plus(boolean isRight) {
            return new Score(right + (isRight ? 1 : 0), all + 1);
        }

        /** Percent. */
        public double percent() {
            return all == 0 ? 0 : 100.0 * right / all;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d of %d (%.1f %%)", right, all, percent());
        }
    }

    private final Map<String, Score> scores = new LinkedHashMap<>();

    /** Counts one answer. */
    public void count(String kind, boolean isRight) {
        scores.merge(kind, new Score(0, 0).plus(isRight), (old, one) -> old.plus(isRight));
    }

    /** By kind, in the order of their first answers. */
    public Map<String, Score> scores() {
        return scores;
    }

    /** All kinds together. */
    public Score total() {
        int right = 0;
        int all = 0;
        for (Score score : scores.values()) {
            right += score.right;
            all += score.all;
        }
        return new Score(right, all);
    }
}
