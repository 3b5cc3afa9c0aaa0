package dev.kimilinear.engine.serving;

import java.util.List;

/**
 * Cuts an answer before the first stop sequence in it. Text comes in pieces of any size, and a stop sequence may lie
 * across them: text that could become one is held back until it did or cannot any more. The result does not depend on the
 * pieces: of several stop sequences the one that is complete first counts, and of those that end together the longest.
 * Belongs to one sequence; owner thread only.
 */
final class StopMatcher {

    private final List<String> stops;
    /** Text not released yet: between calls, the longest end of the text that begins some stop sequence. */
    private final StringBuilder held = new StringBuilder();
    private boolean matched;

    /** @param stops none of them empty */
    StopMatcher(List<String> stops) {
        this.stops = stops;
    }

    /** Takes the next piece and returns the text that may be delivered now, perhaps "". Not after a match. */
    String accept(String piece) {
        assert !matched;
        if (stops.isEmpty()) {
            return piece;
        }
        int end = held.length();
        held.append(piece);
        while (end < held.length()) {
            end++;
            int start = matchEndingAt(end);
            if (start >= 0) {
                matched = true;
                return release(start);
            }
        }
        return release(held.length() - longestBeginningAtTheEnd());
    }

    /** Whether a stop sequence was found; what {@link #accept} returned then ends before it. */
    boolean matched() {
        return matched;
    }

    /** The text held back, which is to be delivered when the answer ends without a stop sequence. */
    String finish() {
        return matched ? "" : release(held.length());
    }

    private String release(int length) {
        String text = held.substring(0, length);
        held.delete(0, length);
        return text;
    }

    /** Where the longest stop sequence that ends at {@code end} begins, or -1. */
    private int matchEndingAt(int end) {
        int first = -1;
        for (String stop : stops) {
            int start = end - stop.length();
            if (start >= 0 && (first < 0 || start < first) && heldMatches(start, stop, stop.length())) {
                first = start;
            }
        }
        return first;
    }

    private int longestBeginningAtTheEnd() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (heldMatches(held.length() - length, stop, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    private boolean heldMatches(int start, String stop, int length) {
        for (int i = 0; i < length; i++) {
            if (held.charAt(start + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
