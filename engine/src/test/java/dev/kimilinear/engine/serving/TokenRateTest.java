package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TokenRateTest {

    private static final long SECOND = 1_000_000_000;
    private static final long START = -5 * SECOND;

    private final TokenRate rate = new TokenRate(START);

    @Test
    void itBeginsWithWhatHasPassed() {
        assertThat(rate.perSecond(START)).isZero();
        rate.add(START);
        rate.add(START + SECOND / 4);

        assertThat(rate.perSecond(START + SECOND / 2)).isEqualTo(4);
        assertThat(rate.perSecond(START + 2 * SECOND)).isEqualTo(1);
    }

    @Test
    void aSteadyRateIsSeenAsItIs() {
        for (int i = 0; i < 100; i++) {
            rate.add(START + i * SECOND / 4);
            if (i > 8) {
                assertThat(rate.perSecond(START + i * SECOND / 4 + SECOND / 8)).isCloseTo(4, within(0.5));
            }
        }
    }

    @Test
    void whatIsOldIsForgotten() {
        for (int i = 0; i < 50; i++) {
            rate.add(START);
        }
        assertThat(rate.perSecond(START + 10 * SECOND)).isEqualTo(5);
        assertThat(rate.perSecond(START + 11 * SECOND)).isZero();
        rate.add(START + 100 * SECOND);
        assertThat(rate.perSecond(START + 101 * SECOND)).isEqualTo(0.1);
        assertThat(rate.perSecond(START + 1_000_000 * SECOND)).isZero();
    }
}
