package dev.kimilinear.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitMix64Test {

    /** The sequence that published implementations give for this seed. */
    @Test
    void aSeedGivesTheKnownSequence() {
        SplitMix64 random = new SplitMix64(1234567);

        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("6457827717110365317");
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("3203168211198807973");
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9817491932198370423");
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("4593380528125082431");
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("16408922859458223821");
    }

    @Test
    void doublesAreAtLeastZeroAndBelowOne() {
        SplitMix64 random = new SplitMix64(0);
        double sum = 0;
        for (int i = 0; i < 100_000; i++) {
            double x = random.nextDouble();
            assertThat(x).isBetween(0.0, Math.nextDown(1.0));
            sum += x;
        }
        // The mean of 100,000 uniform draws has a standard deviation of 0.0009.
        assertThat(sum / 100_000).isBetween(0.495, 0.505);
    }
}
