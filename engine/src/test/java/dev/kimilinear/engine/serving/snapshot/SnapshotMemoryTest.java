package dev.kimilinear.engine.serving.snapshot;

import static dev.kimilinear.engine.serving.snapshot.States.tokens;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.model.SequenceState;

class SnapshotMemoryTest {

    private static final States STATES = new States();
    private static final long LARGE = 1 << 30;

    @AfterAll
    static void close() {
        STATES.close();
    }

    @Test
    void theLongestPrefixIsFound() {
        SnapshotMemory memory = new SnapshotMemory(LARGE);
        Snapshot shorter = STATES.snapshot(1, 2);
        Snapshot longer = STATES.snapshot(1, 2, 3, 4);
        Snapshot other = STATES.snapshot(1, 2, 3, 5, 6);
        memory.add(shorter);
        memory.add(longer);
        memory.add(other);

        assertThat(memory.longestFor(new int[] { 1, 2, 3, 4, 7 })).isSameAs(longer);
        assertThat(memory.longestFor(new int[] { 1, 2, 3, 5 })).isSameAs(shorter);
        assertThat(memory.longestFor(new int[] { 1, 2, 3, 5, 6, 1 })).isSameAs(other);
        assertThat(memory.longestFor(new int[] { 1, 3, 2 })).isNull();
        assertThat(memory.longestFor(new int[] { 2, 1, 2 })).isNull();
    }

    /** Nothing would be left to read, and there would be no logits to choose from. */
    @Test
    void aWholePromptNeedsLogits() {
        SnapshotMemory memory = new SnapshotMemory(LARGE);
        Snapshot bare = STATES.snapshot(1, 2, 3);
        memory.add(bare);
        assertThat(memory.longestFor(new int[] { 1, 2, 3 })).isNull();

        Snapshot complete = new Snapshot(bare.tokens(), bare.state(), new float[] { 1 });
        assertThat(memory.add(complete)).containsExactly(bare);
        assertThat(memory.longestFor(new int[] { 1, 2, 3 })).isSameAs(complete);
        assertThat(memory.add(bare)).as("says less").containsExactly(bare);
        assertThat(memory.count()).isEqualTo(1);
    }

    @Test
    void theNearestDiffersSomewhere() {
        SnapshotMemory memory = new SnapshotMemory(LARGE);
        Snapshot far = STATES.snapshot(1, 5);
        Snapshot near = STATES.snapshot(1, 2, 3, 4);
        memory.add(far);
        memory.add(near);

        assertThat(memory.nearestTo(new int[] { 1, 2, 9 })).isSameAs(near.tokens());
        assertThat(memory.nearestTo(new int[] { 1, 5, 9 })).as("nothing of it differs").isSameAs(near.tokens());
        assertThat(memory.nearestTo(new int[] { 1, 2, 3 })).as("it goes on, but differs nowhere").isSameAs(far.tokens());
        assertThat(memory.nearestTo(new int[] { 7, 2, 3 })).isNull();
    }

    @Test
    void theOneUsedLongestAgoGoesFirst() {
        Snapshot a = STATES.snapshot(1, 2, 3);
        Snapshot b = STATES.snapshot(4, 5, 6);
        Snapshot c = STATES.snapshot(7, 8, 9);
        SnapshotMemory probe = new SnapshotMemory(LARGE);
        probe.add(a);
        SnapshotMemory memory = new SnapshotMemory(2 * probe.bytes());
        memory.add(a);
        memory.add(b);
        memory.longestFor(new int[] { 1, 2, 3, 4 });

        assertThat(memory.add(c)).containsExactly(b);
        assertThat(memory.longestFor(new int[] { 4, 5, 6, 7 })).isNull();
        assertThat(memory.longestFor(new int[] { 1, 2, 3, 4 })).isSameAs(a);
        assertThat(memory.longestFor(new int[] { 7, 8, 9, 10 })).isSameAs(c);
    }

    @Test
    void oneThatDoesNotFitAloneIsNotKept() {
        SnapshotMemory memory = new SnapshotMemory(1000);
        Snapshot large = STATES.snapshot(1, 2, 3);

        assertThat(memory.add(large)).containsExactly(large);
        assertThat(memory.bytes()).isZero();
        assertThat(memory.count()).isZero();
    }

    /** Forks of one another in any order, within a budget that only some of them fit into. */
    @Test
    void bytesAreThoseOfTheArraysHeldEachCountedOnce() {
        Random random = new Random(5);
        SnapshotMemory memory = new SnapshotMemory(3_000_000);
        Map<Snapshot, Boolean> held = new IdentityHashMap<>();
        SequenceState state = STATES.noise(1000, 1);
        int largest = 0;
        for (int i = 0; i < 200; i++) {
            int[] tokens = tokens(random.nextInt(1000), 1000);
            Snapshot snapshot = new Snapshot(tokens, random.nextInt(5) == 0 ? STATES.noise(1000, i) : state.fork(),
                    random.nextBoolean() ? new float[100] : null);
            held.put(snapshot, true);
            memory.add(snapshot).forEach(held::remove);

            Map<Object, Long> arrays = new IdentityHashMap<>();
            held.keySet().forEach(s -> s.forEachArray(arrays::put));
            long bytes = arrays.values().stream().mapToLong(Long::longValue).sum() + 32L * arrays.size();
            assertThat(memory.bytes()).isEqualTo(bytes).isLessThanOrEqualTo(3_000_000);
            assertThat(memory.count()).isEqualTo(held.size());
            largest = Math.max(largest, held.size());
        }
        assertThat(largest).isGreaterThan(5);
        memory.clear();
        assertThat(memory.bytes()).isZero();
    }

    @Test
    void forksShareTheirRows() {
        SnapshotMemory memory = new SnapshotMemory(LARGE);
        SequenceState state = STATES.noise(1024, 1);
        memory.add(new Snapshot(tokens(0, 1024), state, null));
        long one = memory.bytes();
        SequenceState fork = state.fork();
        memory.add(new Snapshot(tokens(1, 1024), fork, null));

        Set<Object> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        state.forEachArray((array, bytes) -> shared.add(array));
        Map<Object, Long> own = new HashMap<>();
        fork.forEachArray((array, bytes) -> {
            if (!shared.contains(array)) {
                own.put(System.identityHashCode(array), bytes);
            }
        });
        assertThat(memory.bytes() - one).isLessThan(one);
        assertThat(memory.bytes() - one)
                .isEqualTo(own.values().stream().mapToLong(Long::longValue).sum() + 4 * 1024 + 32L * (own.size() + 1));
    }
}
