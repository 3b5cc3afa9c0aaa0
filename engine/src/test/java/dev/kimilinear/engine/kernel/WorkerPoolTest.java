package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3, 8 })
    void everyItemIsComputedOnce(int threads) {
        try (WorkerPool pool = new WorkerPool(threads, "test")) {
            for (int items : new int[] { 0, 1, 2, 3, 7, 8, 9, 1000 }) {
                AtomicIntegerArray seen = new AtomicIntegerArray(items);
                for (int round = 1; round <= 50; round++) {
                    pool.run(items, (from, to, worker) -> {
                        assertThat(worker).isBetween(0, threads - 1);
                        for (int i = from; i < to; i++) {
                            seen.incrementAndGet(i);
                        }
                    });
                }
                for (int i = 0; i < items; i++) {
                    assertThat(seen.get(i)).isEqualTo(50);
                }
            }
        }
    }

    @Test
    void workersThatWentToSleepComeBack() {
        try (WorkerPool pool = new WorkerPool(3, "test")) {
            int[] counts = new int[3];
            for (int round = 0; round < 20; round++) {
                LockSupport.parkNanos(2_000_000); // Long past the spinning.
                pool.run(3, (from, to, worker) -> counts[worker]++);
            }
            assertThat(counts).containsOnly(20);
        }
    }

    @Test
    void aFailureOfAnyThreadReachesTheCallerAndThePoolGoesOn() {
        try (WorkerPool pool = new WorkerPool(2, "test")) {
            for (int failing = 0; failing < 2; failing++) {
                int bad = failing;
                assertThatThrownBy(() -> pool.run(10, (from, to, worker) -> {
                    if (worker == bad) {
                        throw new IllegalStateException("worker " + bad);
                    }
                })).hasMessage("worker " + bad);
            }
            int[] sum = new int[2];
            pool.run(10, (from, to, worker) -> sum[worker] += to - from);
            assertThat(Arrays.stream(sum).sum()).isEqualTo(10);
        }
    }

    @Test
    void aPoolWithoutThreadsIsRefused() {
        assertThatThrownBy(() -> new WorkerPool(0, "test")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads is 0");
    }
}
