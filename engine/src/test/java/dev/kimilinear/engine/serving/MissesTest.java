package dev.kimilinear.engine.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.SnapshotMiss;

class MissesTest {

    private final Misses misses = new Misses();

    @Test
    void theLastTwentyAreKeptTheNewestFirst() {
        assertThat(misses.newestFirst()).isEmpty();
        List<SnapshotMiss> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            expected.addFirst(miss(i));
            misses.add(miss(i));

            assertThat(misses.newestFirst()).isEqualTo(expected.subList(0, Math.min(20, i + 1)));
        }
    }

    @Test
    void whoeverLooksWhileOthersAddSeesThemInOrder() throws Exception {
        try (ExecutorService adder = Executors.newSingleThreadExecutor()) {
            Future<?> added = adder.submit(() -> {
                for (int i = 0; i < 5_000; i++) {
                    misses.add(miss(i));
                }
            });
            while (!added.isDone()) {
                List<SnapshotMiss> seen = misses.newestFirst();
                for (int i = 1; i < seen.size(); i++) {
                    assertThat(seen.get(i).promptTokens()).isEqualTo(seen.get(i - 1).promptTokens() - 1);
                }
            }
            added.get();
        }
        assertThat(misses.newestFirst().getFirst()).isEqualTo(miss(4_999));
    }

    private static SnapshotMiss miss(int number) {
        return new SnapshotMiss(Instant.ofEpochSecond(number), number, 0, "because");
    }
}
