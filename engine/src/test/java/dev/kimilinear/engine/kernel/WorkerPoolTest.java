package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
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

    @ParameterizedTest
    @ValueSource(ints = { 2, 3, 16, 64 })
    void noChunkIsLongerThanAShareAndTheLastAreShort(int threads) {
        try (WorkerPool pool = new WorkerPool(threads, "test")) {
            for (int items : new int[] { 2, 63, 64, 100, 39 * threads, 40 * threads - 1, 10_000, 163_840 }) {
                AtomicIntegerArray ends = new AtomicIntegerArray(items);
                pool.run(items, (from, to, worker) -> ends.set(from, to));
                int share = Math.max(1, items / threads);
                int length = 0;
                for (int from = 0; from < items; from += length) {
                    length = ends.get(from) - from;
                    assertThat(length).as("of %d items at %d", items, from).isBetween(1, share);
                }
                assertThat(length).as("the last of %d items", items).isLessThanOrEqualTo(Math.max(1, share / 20));
            }
        }
    }

    @Test
    void workersThatWentToSleepComeBack() {
        try (WorkerPool pool = new WorkerPool(2, "test")) {
            for (int round = 0; round < 20; round++) {
                LockSupport.parkNanos(2_000_000); // Long past the spinning.
                // Two chunks that wait for each other: the worker must take one.
                CyclicBarrier both = new CyclicBarrier(2);
                pool.run(2, (from, to, worker) -> {
                    try {
                        both.await(60, TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
        }
    }

    @Test
    void aLateWorkerNeverTakesAChunkOfAnotherRegion() {
        try (WorkerPool pool = new WorkerPool(4, "test")) {
            int[] computed = new int[64];
            for (int round = 0; round < 20_000; round++) {
                int items = 2 + round % 63;
                int stamp = round + 1;
                pool.run(items, (from, to, worker) -> Arrays.fill(computed, from, to, stamp));
                for (int i = 0; i < items; i++) {
                    assertThat(computed[i]).isEqualTo(stamp);
                }
            }
        }
    }

    @Test
    void aFailureOfAnyChunkReachesTheCallerAndThePoolGoesOn() {
        try (WorkerPool pool = new WorkerPool(2, "test")) {
            for (int item = 0; item < 10; item++) {
                int bad = item;
                assertThatThrownBy(() -> pool.run(10, (from, to, worker) -> {
                    if (from <= bad && bad < to) {
                        throw new IllegalStateException("item " + bad);
                    }
                })).hasMessage("item " + bad);
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
