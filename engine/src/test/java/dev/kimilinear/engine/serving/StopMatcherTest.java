package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

class StopMatcherTest {

    @Test
    void withoutStopSequencesTextPassesAsItIs() {
        StopMatcher matcher = new StopMatcher(List.of());

        assertThat(matcher.accept("a")).isEqualTo("a");
        assertThat(matcher.accept("")).isEmpty();
        assertThat(matcher.finish()).isEmpty();
        assertThat(matcher.matched()).isFalse();
    }

    @Test
    void aStopSequenceAcrossPiecesIsFoundAndNeverReleased() {
        StopMatcher matcher = new StopMatcher(List.of("STOP"));

        assertThat(matcher.accept("one S")).isEqualTo("one ");
        assertThat(matcher.accept("TO")).isEmpty();
        assertThat(matcher.accept("P two")).isEmpty();
        assertThat(matcher.matched()).isTrue();
        assertThat(matcher.finish()).isEmpty();
    }

    @Test
    void textThatOnlyBeganLikeAStopSequenceIsReleased() {
        StopMatcher matcher = new StopMatcher(List.of("STOP"));

        assertThat(matcher.accept("ST")).isEmpty();
        assertThat(matcher.accept("ST")).isEqualTo("ST");
        assertThat(matcher.accept("AR")).isEqualTo("STAR");
        assertThat(matcher.matched()).isFalse();
    }

    @Test
    void heldTextIsReleasedAtTheEnd() {
        StopMatcher matcher = new StopMatcher(List.of("\n\nUser:"));

        assertThat(matcher.accept("Hello.\n\nUs")).isEqualTo("Hello.");
        assertThat(matcher.finish()).isEqualTo("\n\nUs");
        assertThat(matcher.matched()).isFalse();
    }

    @Test
    void onlyTheLongestPossibleBeginningIsHeldBack() {
        StopMatcher matcher = new StopMatcher(List.of("aab", "b!"));

        assertThat(matcher.accept("aaa")).isEqualTo("a");
        assertThat(matcher.accept("c")).isEqualTo("aac");
        assertThat(matcher.accept("xb")).isEqualTo("x");
    }

    @Test
    void theStopSequenceThatIsCompleteFirstCounts() {
        assertThat(cut("xabcdx", List.of("abcd", "bc"), 1)).isEqualTo("xa");
        assertThat(cut("xabcdx", List.of("abcd", "bc"), 6)).isEqualTo("xa");
        assertThat(cut("one. two!", List.of("!", "."), 4)).isEqualTo("one");
    }

    @Test
    void theLongestOfStopSequencesThatEndTogetherCounts() {
        assertThat(cut("xabc", List.of("c", "abc", "bc"), 1)).isEqualTo("x");
        assertThat(cut("xabc", List.of("c", "abc", "bc"), 4)).isEqualTo("x");
    }

    @Test
    void aStopSequenceAtTheVeryStartLeavesNothing() {
        assertThat(cut("STOP", List.of("STOP"), 1)).isEmpty();
    }

    @Test
    void emojiInStopSequencesWork() {
        assertThat(cut("ok 👍🏽 then 🛑 end", List.of("🛑"), 3)).isEqualTo("ok 👍🏽 then ");
        assertThat(cut("ok 👍 then", List.of("👎"), 2)).isEqualTo("ok 👍 then");
    }

    /** Two letters, so that beginnings, overlaps and matches are frequent. */
    @Test
    void thePiecesDoNotMatter() {
        Random random = new Random(1);
        int matches = 0;
        for (int round = 0; round < 5_000; round++) {
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                stops.add(word(random, random.nextInt(1, 7)));
            }
            String text = word(random, random.nextInt(0, 30));
            String expected = plainCut(text, stops);
            matches += expected.equals(text) ? 0 : 1;
            for (int pieceLength = 1; pieceLength <= 5; pieceLength++) {
                assertThat(cut(text, stops, pieceLength)).as("%s in pieces of %d, stops %s", text, pieceLength, stops)
                        .isEqualTo(expected);
            }
        }
        assertThat(matches).isBetween(1_000, 4_999);
    }

    private static String word(Random random, int length) {
        StringBuilder word = new StringBuilder();
        while (word.length() < length) {
            word.append(random.nextInt(4) == 0 ? 'b' : 'a');
        }
        return word.toString();
    }

    private static String plainCut(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String soFar = text.substring(0, end);
            int longest = stops.stream().filter(soFar::endsWith).mapToInt(String::length).max().orElse(0);
            if (longest > 0) {
                return text.substring(0, end - longest);
            }
        }
        return text;
    }

    private static String cut(String text, List<String> stops, int pieceLength) {
        StopMatcher matcher = new StopMatcher(stops);
        StringBuilder delivered = new StringBuilder();
        for (int from = 0; from < text.length() && !matcher.matched(); from += pieceLength) {
            delivered.append(matcher.accept(text.substring(from, Math.min(text.length(), from + pieceLength))));
        }
        return delivered.append(matcher.finish()).toString();
    }
}
