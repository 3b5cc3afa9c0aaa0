package dev.kimilinear.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

class WordingTest {

    private static Set<String> all(String pattern, Object... contents) {
        Random random = new Random(1);
        Set<String> all = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            all.add(Wording.fill(Wording.of(pattern).draw(random), "", "", contents));
        }
        return all;
    }

    @Test
    void alternativesNestAndMayBeEmpty() {
        assertThat(all("(Hi|Hello( there|)), you(?|.)")).containsExactly("Hello there, you.", "Hello there, you?",
                "Hello, you.", "Hello, you?", "Hi, you.", "Hi, you?");
        assertThat(Wording.of("(Hi|Hello( there|)), you(?|.)").count()).isEqualTo(6);
    }

    @Test
    void theWholePatternMayBeAChoice() {
        assertThat(all("a|b|(c|d)e")).containsExactly("a", "b", "ce", "de");
    }

    @Test
    void placesAreFilledInAnyOrder() {
        assertThat(all("{1} before {0}, (and {1}|or {0})", "x", "y")).containsExactly("y before x, and y", "y before x, or x");
    }

    @Test
    void aBackslashTakesTheNextCharacterAsItIs() {
        assertThat(all("\\(a\\|b\\) \\{0} \\\\")).containsExactly("(a|b) {0} \\");
    }

    @Test
    void bracesThatAreNoPlaceStay() {
        assertThat(all("{\"a\": {0}}", 5)).containsExactly("{\"a\": 5}");
    }

    @Test
    void bracketsThatDoNotMatchAreRefused() {
        assertThatThrownBy(() -> Wording.of("(a|b")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not close").hasMessageContaining("(a|b");
        assertThatThrownBy(() -> Wording.of("a)b")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at 1");
    }

    @Test
    void aPlaceWithoutContentIsRefused() {
        assertThatThrownBy(() -> all("{2}", "x")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("{2}");
    }
}
