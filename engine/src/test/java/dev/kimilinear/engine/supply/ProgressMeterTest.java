package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;

import org.junit.jupiter.api.Test;

class ProgressMeterTest {

    private final SupplyTest.Ear ear = new SupplyTest.Ear();
    private long millis;

    private ProgressMeter meter(long total) {
        return new ProgressMeter(() -> millis * 1_000_000, ear, total);
    }

    @Test
    void itReportsOnceASecondAndAtBothEnds() {
        ProgressMeter meter = meter(10_000);
        meter.begin("a");
        for (int i = 0; i <= 100; i++) {
            meter.reached(i * 100);
            millis += 50;
        }
        meter.report();

        assertThat(ear.progress).extracting(DownloadProgress::bytesDone).containsExactly(0L, 2_000L, 4_000L, 6_000L, 8_000L,
                10_000L, 10_000L);
        assertThat(ear.progress.get(2)).isEqualTo(new DownloadProgress("a", 4_000, 10_000, 2_000));
        assertThat(ear.progress.get(2).timeLeft()).hasValue(Duration.ofSeconds(3));
        assertThat(ear.progress.get(0).timeLeft()).isEmpty();
    }

    @Test
    void theRateFollowsTheNetwork() {
        ProgressMeter meter = meter(1_000_000);
        meter.begin("a");
        long bytes = 0;
        for (int second = 0; second < 60; second++) {
            bytes += second < 20 ? 10_000 : 500;
            meter.reached(bytes);
            millis += 1000;
        }

        assertThat(ear.progress.get(19).bytesPerSecond()).isEqualTo(10_000);
        assertThat(ear.progress.get(25).bytesPerSecond()).isBetween(500.0, 5_000.0);
        assertThat(ear.progress.getLast().bytesPerSecond()).isCloseTo(500, within(10.0));
    }

    @Test
    void whatWasThereIsDoneAndDoesNotMakeItFaster() {
        ProgressMeter meter = meter(10_000);
        meter.passed(3_000);
        meter.begin("b");
        meter.reached(4_000);
        millis += 1000;
        meter.begin("b");
        meter.reached(4_000);
        millis += 1000;
        meter.reached(4_500);

        assertThat(ear.progress.getLast()).isEqualTo(new DownloadProgress("b", 7_500, 10_000, 500));
    }

    @Test
    void aFileThatIsBegunAnewHasNoNegativeRateAndNoMoreReports() {
        ProgressMeter meter = meter(10_000);
        meter.begin("a");
        meter.reached(5_000);
        for (int i = 0; i < 20; i++) {
            meter.reached(4_000);
            meter.reached(100);
            millis += 10;
        }
        millis += 1000;
        meter.reached(1_000);

        assertThat(ear.progress).hasSize(2);
        assertThat(ear.progress.getLast().bytesPerSecond()).isPositive();
    }
}
