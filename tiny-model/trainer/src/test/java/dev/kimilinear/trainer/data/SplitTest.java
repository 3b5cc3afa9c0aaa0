package dev.kimilinear.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;

class SplitTest {

    @Test
    void aTenthIsHeldOutEvenOfSimilarTexts() {
        int heldOut = 0;
        for (int a = 0; a < 200; a++) {
            for (int b = 0; b < 50; b++) {
                heldOut += Split.of(a + "+" + b) == Split.HELD_OUT ? 1 : 0;
            }
        }
        assertThat(heldOut).isBetween(900, 1100);
    }

    @Test
    void sourcesOfBothSplitsShareNoContent() {
        Set<String> training = drawn(Split.TRAINING);
        Set<String> heldOut = drawn(Split.HELD_OUT);
        assertThat(training).isNotEmpty().doesNotContainAnyElementsOf(heldOut);
    }

    private static Set<String> drawn(Split split) {
        Source source = new Source(7, split);
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            drawn.add(source.firstName());
            drawn.add(source.inventedWord());
            drawn.add(source.owned(() -> source.between(0, 999) + "+" + source.between(0, 999)));
            drawn.add(
                    source.say("A sentence that is long enough, with (a|b|c|d|e)(a|b|c|d|e)(a|b|c|d|e)(a|b|c|d|e)(a|b|c|d|e)"));
        }
        return drawn;
    }

    @Test
    void theSameSeedDrawsTheSame() {
        assertThat(drawn(Split.TRAINING)).isEqualTo(drawn(Split.TRAINING));
    }
}
