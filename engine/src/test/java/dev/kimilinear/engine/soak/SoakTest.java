package dev.kimilinear.engine.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineOverloadedException;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.GenerationTimeoutException;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.api.Usage;

/**
 * Minutes of conversations of many users at a time, some of whom cancel, listen slowly, fail, or have no patience. Every
 * request ends once, the same question always has the same answer, nothing is left at the end, and the memory in use stays
 * what it is after the first quarter. The system property {@code soak.minutes} says how long.
 */
@Tag("soak")
class SoakTest {

    private static final double MINUTES = Double.parseDouble(System.getProperty("soak.minutes", "10"));
    private static final int USERS = 24;
    private static final int DIALOGUES = 60;
    private static final int SAMPLE_SECONDS = 5;
    /** A sample is taken while everybody works, so it has requests, their states and young objects in it. */
    private static final double MOST_GROWTH = 1.1;

    @TempDir
    Path folder;

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final Map<String, AtomicLong> endings = new ConcurrentHashMap<>();
    private volatile boolean over;

    @Test
    void memoryStaysFlatAndEveryRequestEndsOnce() throws Exception {
        EngineOptions options = EngineOptions.defaults().withCacheDirectory(folder).withParallelSequences(6)
                .withMaxQueuedRequests(14)
                .withSnapshots(SnapshotOptions.defaults().withMemoryBytes(20 << 20).withDiskBytes(30 << 20));
        MemoryPlot plot = new MemoryPlot(List.of("heap in use after a collection, MB", "resident, MB", "snapshots, MB",
                "states of requests, MB"));
        try (Engine engine = Engine.open(Fixtures.embeddedModel(), options);
                ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int user = 0; user < USERS; user++) {
                int seed = user;
                all.add(users.submit(() -> {
                    converse(engine, new Random(seed));
                    return null;
                }));
            }
            long end = System.nanoTime() + (long) (MINUTES * 60e9);
            while (System.nanoTime() < end) {
                Thread.sleep(1000 * SAMPLE_SECONDS);
                plot.add(usedHeap() / 1e6, resident() / 1e6, engine.stats().snapshots().bytes() / 1e6,
                        engine.stats().stateBytes() / 1e6);
                all.stream().filter(Future::isDone).forEach(SoakTest::rethrow);
            }
            over = true;
            for (Future<?> user : all) {
                user.get(60, TimeUnit.SECONDS);
            }
            EngineStats stats = engine.stats();
            System.out.printf("%.1f minutes: %d requests submitted, %s, %d refused; %s%n", MINUTES, submitted.get(), endings,
                    refused.get(), stats);
            assertThat(stats.active()).isZero();
            assertThat(stats.queued()).isZero();
            assertThat(stats.stateBytes()).isZero();
            assertThat(stats.completed() + stats.cancelled() + stats.failed()).isEqualTo(submitted.get());
            assertThat(endings.values().stream().mapToLong(AtomicLong::get).sum()).isEqualTo(submitted.get());
            assertThat(endings.keySet()).contains("completed", "cancelled", "timeout", "listener");
            assertThat(refused.get()).isPositive();
            assertThat(stats.snapshots().hits()).isPositive();
            assertThat(stats.snapshots().loaded()).isPositive();
            assertThat(stats.snapshots().saved()).isPositive();
            assertThat(stats.snapshots().failed()).isZero();
        }
        plot.write(Path.of("target", "soak"));
        for (int series : new int[] { 0, 1 }) {
            assertThat(plot.median(series, 0.75, 1)).as("%s", plot.name(series))
                    .isLessThan(MOST_GROWTH * plot.median(series, 0.25, 0.5));
        }
    }

    private static void rethrow(Future<?> user) {
        if (user.state() == Future.State.FAILED) {
            throw new AssertionError("A user stopped", user.exceptionNow());
        }
    }

    private void converse(Engine engine, Random random) throws InterruptedException {
        while (!over) {
            int number = random.nextInt(DIALOGUES);
            List<String> said = new ArrayList<>();
            for (int turn = 0; turn < Dialogue.TURNS && !over; turn++) {
                String answer = ask(engine, number, turn, said, random);
                if (answer == null) {
                    break;
                }
                said.add(answer);
            }
        }
    }

    /** The answer, or null if there is none. */
    private String ask(Engine engine, int number, int turn, List<String> said, Random random) throws InterruptedException {
        List<ChatTurn> turns = Dialogue.before(number, turn, said);
        int mood = random.nextInt(20);
        GenerationRequest request = GenerationRequest.of(new Prompt.Chat(turns, List.of())).withMaxOutputTokens(60)
                .withTimeoutMillis(mood == 0 ? 1 + random.nextInt(40) : 0);
        User user = new User(mood == 1 ? random.nextInt(15) : 0, mood == 2);
        Generation generation;
        try {
            generation = engine.submit(request, user);
        } catch (EngineOverloadedException e) {
            refused.incrementAndGet();
            Thread.sleep(1 + random.nextInt(20));
            return null;
        }
        submitted.incrementAndGet();
        if (mood == 3) {
            Thread.sleep(random.nextInt(40));
            generation.cancel();
        }
        String ending = "completed";
        String text = null;
        try {
            text = generation.await().text();
            String key = number + "/" + turn + "/" + String.join("|", said);
            String before = answers.putIfAbsent(key, text);
            assertThat(text).isEqualTo(before == null ? text : before);
        } catch (CancellationException e) {
            ending = "cancelled";
        } catch (GenerationTimeoutException e) {
            ending = "timeout";
        } catch (EngineException e) {
            assertThat(e).hasMessageContaining("on purpose");
            ending = "listener";
        }
        assertThat(user.ends.get()).isEqualTo(1);
        endings.computeIfAbsent(ending, name -> new AtomicLong()).incrementAndGet();
        return text;
    }

    /** Counts its endings. */
    private static final class User implements GenerationListener {

        final AtomicInteger ends = new AtomicInteger();
        private final int slowMillis;
        private final boolean fails;

        User(int slowMillis, boolean fails) {
            this.slowMillis = slowMillis;
            this.fails = fails;
        }

        @Override
        public void onText(String text) {
            if (fails) {
                throw new IllegalStateException("on purpose");
            }
            if (slowMillis > 0) {
                try {
                    Thread.sleep(slowMillis);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public void onComplete(GenerationResult result) {
            ends.incrementAndGet();
        }

        @Override
        public void onError(Throwable error) {
            ends.incrementAndGet();
        }

        @Override
        public void onCancelled(Usage usage) {
            ends.incrementAndGet();
        }
    }

    private static double usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double resident() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return 1024 * Double.parseDouble(line.replaceAll("[^0-9]", ""));
            }
        }
        throw new AssertionError("/proc/self/status has no VmRSS");
    }
}
