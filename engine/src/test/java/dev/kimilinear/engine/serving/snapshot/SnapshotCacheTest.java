package dev.kimilinear.engine.serving.snapshot;

import static dev.kimilinear.engine.serving.snapshot.States.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.kimilinear.engine.RecordedLog;
import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache.Found;

@Timeout(60)
class SnapshotCacheTest {

    private static final States STATES = new States();
    private static final long LARGE = 1 << 30;
    private static final int CONTEXT = 8192;
    private static final int END = -1;
    private static final IntPredicate ENDS = token -> token == END;
    private static final IntPredicate NEVER = token -> false;

    @AfterAll
    static void close() {
        STATES.close();
    }

    // What is kept of a prompt.

    @Test
    void aShortPromptIsKeptAtItsEndOnly() {
        SnapshotCache cache = SnapshotCache.inMemory("m", LARGE);
        assertThat(cache.find(withEnds(200, 50, 100), ENDS).cuts()).isEmpty();
    }

    @Test
    void messagesOfALongPromptAreKeptAtADistance() {
        SnapshotCache cache = SnapshotCache.inMemory("m", LARGE);

        assertThat(cache.find(withEnds(600, 100, 300, 310, 599), ENDS).cuts()).containsExactly(300);
        assertThat(cache.find(withEnds(4000, 300, 999, 1000, 1500, 2500, 3000, 3600), ENDS).cuts())
                .containsExactly(1000, 2500, 3600);
    }

    @Test
    void fromAThirdOnPromptsThatBeginAlikeShareTheirBeginning() {
        SnapshotCache cache = SnapshotCache.inMemory("m", LARGE);
        int[] first = tokens(0, 100);
        keep(cache, first);
        int[] second = changed(first, 60);

        Found found = cache.find(second, NEVER);
        assertThat(found.snapshot()).isNull();
        assertThat(found.cuts()).containsExactly(60);
        assertThat(found.divergence().at()).isEqualTo(60);
        assertThat(found.divergence().stored()).isEqualTo(first);

        cache.keepPoint(second, 60, STATES.noise(60, 1));
        Found third = cache.find(changed(first, 60), NEVER);
        assertThat(third.snapshot().length()).isEqualTo(60);
        assertThat(third.cuts()).isEmpty();
        assertThat(third.divergence()).isNull();
        assertThat(cache.stats().divergences()).isEqualTo(1);
        assertThat(cache.stats().requests()).isEqualTo(2);
        assertThat(cache.stats().hits()).isEqualTo(1);
        assertThat(cache.stats().restoredTokens()).isEqualTo(60);
    }

    @Test
    void aBeginningOfAFewTokensIsNotWorthIt() {
        SnapshotCache cache = SnapshotCache.inMemory("m", LARGE);
        keep(cache, tokens(0, 100));

        assertThat(cache.find(changed(tokens(0, 100), 31), NEVER).cuts()).isEmpty();
        assertThat(cache.find(changed(tokens(0, 100), 32), NEVER).cuts()).containsExactly(32);
    }

    @Test
    void theLogitsOfAPromptAnswerItAgain() {
        SnapshotCache cache = SnapshotCache.inMemory("m", LARGE);
        int[] prompt = tokens(0, 50);
        cache.keepPrompt(prompt, 50, STATES.noise(50, 1), new float[] { 1, 2, 3, 4 }, 2, 2);

        assertThat(cache.find(prompt, NEVER).snapshot().logits()).containsExactly(3, 4);
    }

    /** The sequence goes on with its own. */
    @Test
    void pointsOfAPromptAreForks() {
        SnapshotCache cache = SnapshotCache.inMemory("m", LARGE);
        SequenceState state = STATES.noise(50, 1);
        cache.keepPoint(tokens(0, 60), 50, state);

        SequenceState kept = cache.find(tokens(0, 60), NEVER).snapshot().state();
        assertThat(kept).isNotSameAs(state);
        assertThat(States.bytes(kept)).isEqualTo(States.bytes(state));
    }

    @Test
    void whatIsOffKeepsNothing() {
        SnapshotCache cache = SnapshotCache.off();
        keep(cache, tokens(0, 100));

        assertThat(cache.isOn()).isFalse();
        assertThat(cache.find(tokens(0, 200), ENDS)).isEqualTo(Found.NOTHING);
        assertThat(cache.stats().bytes()).isZero();
        assertThat(cache.stats().requests()).isZero();
    }

    // The store.

    /** A store in memory; it can be made to fail or to wait. */
    private static final class Store implements SnapshotStore {

        final Map<SnapshotKey, byte[]> stored = new ConcurrentHashMap<>();
        final List<Integer> used = new CopyOnWriteArrayList<>();
        volatile IOException failure;
        volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public Collection<SnapshotKey> keys(String model) throws IOException {
            check();
            return stored.keySet().stream().filter(key -> key.model().equals(model)).toList();
        }

        @Override
        public Optional<InputStream> load(SnapshotKey key) throws IOException {
            check();
            return Optional.ofNullable(stored.get(key)).map(ByteArrayInputStream::new);
        }

        @Override
        public void save(SnapshotKey key, long bytes, Content content) throws IOException {
            check();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            content.writeTo(out);
            assertThat(out.size()).isEqualTo((int) bytes);
            stored.put(key, out.toByteArray());
        }

        @Override
        public void used(SnapshotKey key) {
            used.add(key.tokens());
        }

        private void check() throws IOException {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final Store store = new Store();

    private SnapshotCache cache(int model) {
        return SnapshotCache.inStore("m", LARGE, store, () -> new byte[] { (byte) model, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, STATES::empty, CONTEXT);
    }

    @Test
    void anotherCacheGoesOnFromWhatTheFirstStored() throws Exception {
        int[] prompt = tokens(0, 700);
        SequenceState state = STATES.noise(500, 1);
        try (SnapshotCache first = cache(1)) {
            first.keepPoint(prompt, 300, STATES.noise(300, 2));
            first.keepEnd(prompt, 500, state);
        }
        try (SnapshotCache second = cache(1)) {
            assertThat(second.find(prompt, NEVER).snapshot()).isNull();
            assertThat(fetch(second, prompt)).isTrue();

            Found found = second.find(prompt, NEVER);
            assertThat(found.snapshot().length()).isEqualTo(500);
            assertThat(States.bytes(found.snapshot().state())).isEqualTo(States.bytes(state));
            assertThat(second.stats().loaded()).isEqualTo(1);
            assertThat(store.used).containsExactly(500);
            // What was asked for is in memory now, or is too little to wait for.
            assertThat(second.prefetch(Arrays.copyOf(prompt, 510), () -> {
            })).isFalse();
            assertThat(fetch(second, changed(prompt, 400))).isTrue();
            assertThat(second.find(changed(prompt, 400), NEVER).snapshot().length()).isEqualTo(300);
        }
        assertThat(store.stored).hasSize(2);
    }

    /** After a restart, of what was stored before. */
    @Test
    void whatIsOnlyStoredExplainsTooWhereAPromptParts() throws Exception {
        int[] earlier = tokens(0, 500);
        try (SnapshotCache first = cache(1)) {
            keep(first, earlier);
        }
        try (SnapshotCache second = cache(1)) {
            int[] prompt = changed(tokens(0, 700), 400);
            assertThat(fetch(second, prompt)).isTrue();

            Found found = second.find(prompt, NEVER);
            assertThat(found.snapshot()).isNull();
            assertThat(found.divergence().at()).isEqualTo(400);
            assertThat(found.divergence().stored()).isEqualTo(earlier);
            assertThat(found.cuts()).containsExactly(400);
            assertThat(second.stats().loaded()).isZero();
            assertThat(store.used).as("it was only looked into").isEmpty();
        }
    }

    @Test
    void anotherModelSeesNothing() throws Exception {
        try (SnapshotCache first = cache(1)) {
            keep(first, tokens(0, 500));
        }
        try (SnapshotCache second = cache(2)) {
            assertThat(fetch(second, tokens(0, 700))).isTrue();
            assertThat(second.find(tokens(0, 700), NEVER).snapshot()).isNull();
            assertThat(second.stats().failed()).isZero();
        }
    }

    @Test
    void whatIsShortIsNeitherStoredNorLookedFor() throws Exception {
        try (SnapshotCache cache = cache(1)) {
            keep(cache, tokens(0, 255));
            assertThat(cache.prefetch(tokens(5, 256), () -> {
            })).isFalse();
        }
        assertThat(store.stored).isEmpty();
    }

    /** For the same prompt again there are the logits in memory; on another day it is read. */
    @Test
    void endsOfPromptsAreNotStored() throws Exception {
        try (SnapshotCache cache = cache(1)) {
            cache.keepPrompt(tokens(0, 500), 500, STATES.noise(500, 1), new float[4], 0, 4);
        }
        assertThat(store.stored).isEmpty();
    }

    @Test
    void aDamagedSnapshotIsNamedOnceAndNeverUsed() throws Exception {
        int[] prompt = tokens(0, 700);
        try (SnapshotCache first = cache(1)) {
            first.keepPoint(prompt, 300, STATES.noise(300, 2));
            keep(first, tokens(0, 500));
        }
        store.stored.forEach((key, bytes) -> {
            if (key.tokens() == 500) {
                bytes[bytes.length / 2]++;
            }
        });
        try (SnapshotCache second = cache(1); RecordedLog log = new RecordedLog(SnapshotArchive.class)) {
            for (int i = 0; i < 3; i++) {
                fetch(second, prompt);
            }
            assertThat(second.find(prompt, NEVER).snapshot().length()).isEqualTo(300);
            assertThat(second.stats().failed()).isEqualTo(1);
            assertThat(log.warnings()).singleElement().asString().startsWith("Stored snapshot ")
                    .contains("-500-").endsWith(" is not used: its checksum is wrong");
        }
    }

    /** A file under another's name: the hash of its tokens says so. */
    @Test
    void aSnapshotUnderAWrongNameIsNotUsed() throws Exception {
        try (SnapshotCache first = cache(1)) {
            keep(first, tokens(0, 500));
            keep(first, tokens(3, 500));
        }
        List<SnapshotKey> keys = List.copyOf(store.stored.keySet());
        byte[] other = store.stored.get(keys.get(0));
        store.stored.put(keys.get(0), store.stored.put(keys.get(1), other));
        try (SnapshotCache second = cache(1); RecordedLog log = new RecordedLog(SnapshotArchive.class)) {
            fetch(second, tokens(0, 700));

            assertThat(second.find(tokens(0, 700), NEVER).snapshot()).isNull();
            assertThat(log.warnings()).singleElement().asString().endsWith("its tokens are not those of its name");
        }
    }

    @Test
    void aStoreThatFailsIsNamedOnceUntilItWorksAgain() throws Exception {
        try (SnapshotCache cache = cache(1); RecordedLog log = new RecordedLog(SnapshotCache.class)) {
            store.failure = new IOException("no route");
            for (int i = 0; i < 3; i++) {
                assertThat(fetch(cache, tokens(0, 500))).isTrue();
            }
            assertThat(log.warnings()).singleElement().asString().contains("cannot be read from their store", "no route");
            assertThat(cache.stats().failed()).isEqualTo(3);
            store.failure = null;
            keep(cache, tokens(0, 500));
            awaitStored(1);
            store.failure = new IOException("no route");
            fetch(cache, tokens(5, 500));
            assertThat(log.warnings()).hasSize(2);
        }
    }

    @Test
    void whileTheStoreIsSlowOnlyTheLatestWait() throws Exception {
        store.gate = new CountDownLatch(1);
        try (SnapshotCache cache = cache(1)) {
            for (int i = 0; i < 20; i++) {
                keep(cache, tokens(i, 300));
            }
            store.gate.countDown();
        }
        // Four, and perhaps one that was begun before the others came.
        assertThat(store.stored.size()).isBetween(4, 5);
        try (SnapshotCache second = cache(1)) {
            fetch(second, tokens(19, 400));
            assertThat(second.find(tokens(19, 400), NEVER).snapshot().length()).isEqualTo(300);
        }
    }

    @Test
    void whatMemoryLetsGoIsNotStoredAnyMore() throws Exception {
        store.gate = new CountDownLatch(1);
        long one;
        try (SnapshotCache probe = SnapshotCache.inMemory("m", LARGE)) {
            keep(probe, tokens(0, 300));
            one = probe.stats().bytes();
        }
        try (SnapshotCache cache = SnapshotCache.inStore("m", one, store, () -> new byte[32], STATES::empty, CONTEXT)) {
            for (int i = 0; i < 3; i++) {
                keep(cache, tokens(i, 300));
            }
            store.gate.countDown();
        }
        assertThat(store.stored.size()).isBetween(1, 2);
    }

    @Test
    void closingStoresWhatWaitsAndLetsGoOfEverything() {
        SnapshotCache cache = cache(1);
        for (int i = 0; i < 4; i++) {
            keep(cache, tokens(i, 300));
        }
        cache.close();

        assertThat(store.stored).hasSize(4);
        assertThat(cache.stats().bytes()).isZero();
        assertThat(cache.prefetch(tokens(0, 500), () -> {
        })).isFalse();
    }

    private void awaitStored(int count) throws InterruptedException {
        while (store.stored.size() < count) {
            Thread.sleep(1);
        }
    }

    private static boolean fetch(SnapshotCache cache, int[] prompt) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        boolean asked = cache.prefetch(prompt, done::countDown);
        return asked && done.await(30, TimeUnit.SECONDS);
    }

    private static void keep(SnapshotCache cache, int[] tokens) {
        cache.keepEnd(tokens, tokens.length, STATES.noise(tokens.length, tokens[0]));
    }

    /** Other tokens from some point on. */
    private static int[] changed(int[] tokens, int from) {
        int[] changed = tokens.clone();
        for (int i = from; i < changed.length; i++) {
            changed[i] += 100_000;
        }
        return changed;
    }

    /** Messages that end before these points. */
    private static int[] withEnds(int length, int... points) {
        int[] tokens = tokens(0, length);
        for (int point : points) {
            tokens[point - 1] = END;
        }
        return tokens;
    }
}
