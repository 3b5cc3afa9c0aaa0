package dev.kimilinear.engine.serving.snapshot;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.Supplier;

import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStats;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.kimilinear.engine.model.SequenceState;

/**
 * What an engine remembers of sequences, so that none of them reads the same beginning twice. A recurrent state cannot be cut
 * back: a prompt can go on only from a point that was kept. Points are kept
 * <ul>
 * <li>at the end of each prompt, with the logits, for whoever asks the same again;
 * <li>at the end of each answer, for the next turn;
 * <li>where a prompt differs from an earlier one, for a third that begins as both do;
 * <li>at the ends of some messages of a long prompt, for whoever changes a later one.
 * </ul>
 * All but the first kind go into the store too, by a thread in the background, if they are long enough to be worth it.
 * Thread-safe.
 */
public final class SnapshotCache implements AutoCloseable {

    private static final Logger LOG = System.getLogger(SnapshotCache.class.getName());

    /** A point that saves fewer tokens is not worth a copy of the state. */
    public static final int LEAST_GAIN = 32;
    /** Between the ends of messages at which points are kept; and there are at most four of them. */
    static final int LEAST_BETWEEN = 256;
    static final int MOST_BETWEEN = 4;
    /** Fewer tokens are read in about the time that it takes to write or load a state. */
    static final int LEAST_STORED = 256;
    /**
     * Snapshots that wait to be stored: those that came last, since each turn of a conversation is worth more than the one
     * before.
     */
    private static final int MOST_WAITING = 4;
    private static final int CLOSE_SECONDS = 60;

    private static final int[] NOWHERE = {};

    private final long budgetBytes;
    private final Optional<SnapshotArchive> archive;
    private final ExecutorService reader;
    private final ExecutorService writer;

    // Guarded by this object.
    private final SnapshotMemory memory;
    private final Deque<Snapshot> waiting = new ArrayDeque<>();
    /** Tokens of snapshots that the store has. */
    private List<int[]> storedTokens = List.of();
    private boolean closed;
    private boolean storeFails;
    private long hits;
    private long requests;
    private long restoredTokens;
    private long divergences;
    private long loaded;
    private long saved;
    private long failed;

    /**
     * What a prompt finds.
     *
     * @param snapshot to go on from, or null
     * @param cuts points of the prompt, ascending, behind the snapshot and before the end, that are to be kept
     * @param divergence where an earlier request, which would have saved more, differs; or null
     */
    public record Found(Snapshot snapshot, int[] cuts, Divergence divergence) {

        static final Found NOTHING = new Found(null, NOWHERE, null);
    }

    /**
     * Two sequences that begin alike.
     *
     * @param at the first token that differs
     * @param stored the tokens of the earlier one
     */
    public record Divergence(int at, int[] stored) {
    }

    private SnapshotCache(String modelName, long budgetBytes, Optional<SnapshotArchive> archive) {
        this.budgetBytes = budgetBytes;
        this.archive = archive;
        memory = new SnapshotMemory(budgetBytes);
        reader = executor("kimi-linear-" + modelName + "-snapshot-reader");
        writer = executor("kimi-linear-" + modelName + "-snapshot-writer");
    }

    /** A cache that keeps nothing. */
    public static SnapshotCache off() {
        return new SnapshotCache("none", 0, Optional.empty());
    }

    /** A cache in memory only. */
    public static SnapshotCache inMemory(String modelName, long budgetBytes) {
        return new SnapshotCache(modelName, budgetBytes, Optional.empty());
    }

    /**
     * A cache in memory and in a store.
     *
     * @param budgetBytes more than 0: every snapshot passes through memory
     * @param modelFingerprint 32 bytes that stand for the contents of the model file and for how states are stored; asked
     *        again and again, on threads in the background
     * @param newState makes a state before its first token, on any thread
     */
    public static SnapshotCache inStore(String modelName, long budgetBytes, SnapshotStore store,
            Supplier<byte[]> modelFingerprint, Supplier<SequenceState> newState, int contextTokens) {
        return new SnapshotCache(modelName, budgetBytes,
                Optional.of(new SnapshotArchive(store, modelFingerprint, newState, contextTokens)));
    }

    private static ExecutorService executor(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).inheritInheritableThreadLocals(false).factory());
    }

    /** Whether anything is kept at all. */
    public boolean isOn() {
        return budgetBytes > 0;
    }

    /**
     * Looks whether the store has more for a prompt than memory, and fetches it in the background.
     *
     * @param done called on another thread when that is over, however it ended
     * @return whether it will be called; if not, there is nothing to wait for
     */
    public boolean prefetch(int[] prompt, Runnable done) {
        if (archive.isEmpty() || prompt.length <= LEAST_STORED || inMemory(prompt) >= prompt.length - LEAST_GAIN) {
            return false;
        }
        return fetch(prompt, LEAST_STORED - 1, done);
    }

    /** The same for all of a beginning that is to be prepared, however short it is. */
    public boolean prefetchBeginning(int[] beginning, Runnable done) {
        return archive.isPresent() && fetch(behind(beginning), 0, done);
    }

    private boolean fetch(int[] prompt, int longerThan, Runnable done) {
        try {
            reader.execute(() -> {
                try {
                    fetch(prompt, Math.max(longerThan, inMemory(prompt) + LEAST_GAIN));
                } finally {
                    done.run();
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            // It is closing.
            return false;
        }
    }

    /** Tokens that a snapshot in memory saves. */
    private synchronized int inMemory(int[] prompt) {
        Snapshot longest = memory.longestFor(prompt);
        return longest == null ? 0 : longest.length();
    }

    private void fetch(int[] prompt, int longerThan) {
        try {
            Collection<SnapshotKey> keys = archive.get().keys();
            Optional<Snapshot> stored = archive.get().load(prompt, keys, longerThan);
            if (stored.isPresent()) {
                loaded(stored.get());
            } else {
                // Nothing of it is there: perhaps something nearly is.
                know(archive.get().tokens(keys));
            }
        } catch (SnapshotFormat.Unusable e) {
            // Named in the log already.
            failed();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            storeFails("read", e);
        }
    }

    private synchronized void loaded(Snapshot snapshot) {
        loaded++;
        storeFails = false;
        keep(snapshot);
    }

    private synchronized void know(List<int[]> tokens) {
        storedTokens = tokens;
    }

    private synchronized void failed() {
        failed++;
    }

    /** One line when it begins to fail, none while it goes on failing. */
    private synchronized void storeFails(String what, Throwable error) {
        failed++;
        if (!storeFails) {
            storeFails = true;
            LOG.log(Level.WARNING, "Snapshots cannot be " + what + (what.equals("read") ? " from" : " to")
                    + " their store, and prompts that they would have saved are read again: " + error, error);
        }
    }

    /**
     * What a prompt can go on from, and what of it should be kept.
     *
     * @param endsMessage whether a token is the last one of a message
     */
    public Found find(int[] prompt, IntPredicate endsMessage) {
        if (!isOn()) {
            return Found.NOTHING;
        }
        Snapshot longest;
        int[] nearest;
        synchronized (this) {
            longest = memory.longestFor(prompt);
            nearest = memory.nearestTo(prompt);
            for (int[] stored : storedTokens) {
                nearest = Snapshot.nearer(nearest, stored, prompt);
            }
        }
        int restored = longest == null ? 0 : longest.length();
        Divergence divergence = null;
        if (nearest != null && Snapshot.commonPrefix(nearest, prompt) >= restored + LEAST_GAIN) {
            divergence = new Divergence(Snapshot.commonPrefix(nearest, prompt), nearest);
        }
        synchronized (this) {
            requests++;
            hits += longest == null ? 0 : 1;
            restoredTokens += restored;
            divergences += divergence == null ? 0 : 1;
        }
        return new Found(longest, cuts(prompt, restored, divergence, endsMessage), divergence);
    }

    /** The longest snapshot of a beginning, perhaps of all of it, or null. Nobody asked for it. */
    public Snapshot longestOf(int[] beginning) {
        int[] prompt = behind(beginning);
        synchronized (this) {
            return memory.longestFor(prompt);
        }
    }

    /** Any prompt that begins so and goes on: with a token that does not exist. */
    private static int[] behind(int[] beginning) {
        int[] prompt = Arrays.copyOf(beginning, beginning.length + 1);
        prompt[beginning.length] = -1;
        return prompt;
    }

    private static int[] cuts(int[] prompt, int restored, Divergence divergence, IntPredicate endsMessage) {
        List<Integer> cuts = new ArrayList<>();
        int between = Math.max(LEAST_BETWEEN, (prompt.length - restored) / MOST_BETWEEN);
        int last = restored;
        for (int i = restored; i < prompt.length - 1; i++) {
            int point = i + 1;
            if (divergence != null && point == divergence.at() || endsMessage.test(prompt[i]) && point - last >= between
                    && prompt.length - point >= LEAST_GAIN) {
                cuts.add(point);
                last = point;
            }
        }
        return cuts.isEmpty() ? NOWHERE : cuts.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Keeps the state at the end of a prompt, and the logits there, which are a row at offset. */
    public void keepPrompt(int[] tokens, int length, SequenceState state, float[] logits, int offset, int vocabularySize) {
        if (isOn()) {
            attempt(() -> keep(new Snapshot(Arrays.copyOf(tokens, length), state.fork(),
                    Arrays.copyOfRange(logits, offset, offset + vocabularySize))));
        }
    }

    /** Keeps the state at another point of a prompt, and stores it too. */
    public void keepPoint(int[] tokens, int length, SequenceState state) {
        attempt(() -> keepAndStore(new Snapshot(Arrays.copyOf(tokens, length), state.fork(), null), LEAST_STORED));
    }

    /**
     * Keeps the state at the end of a beginning that was prepared, and stores it however short it is.
     *
     * @param state never to be taken further by anybody
     */
    public void keepBeginning(int[] beginning, SequenceState state) {
        attempt(() -> keepAndStore(new Snapshot(beginning, state, null), 1));
    }

    /**
     * Keeps the state at the end of an answer, and stores it too.
     *
     * @param state never to be taken further by anybody
     */
    public void keepEnd(int[] tokens, int length, SequenceState state) {
        attempt(() -> keepAndStore(new Snapshot(Arrays.copyOf(tokens, length), state, null), LEAST_STORED));
    }

    /** No request fails because there is no memory to remember it. */
    private static void attempt(Runnable keep) {
        try {
            keep.run();
        } catch (OutOfMemoryError e) {
            LOG.log(Level.WARNING, "There is no memory for a snapshot (" + e.getMessage()
                    + "). Give Java more heap (-Xmx), or snapshots less of it.");
        }
    }

    private void keepAndStore(Snapshot snapshot, int leastStored) {
        synchronized (this) {
            if (!keep(snapshot) || archive.isEmpty() || snapshot.length() < leastStored || closed) {
                return;
            }
            waiting.add(snapshot);
            if (waiting.size() > MOST_WAITING) {
                waiting.remove();
            }
            writer.execute(this::saveNext);
        }
    }

    /** @return whether it was kept */
    private synchronized boolean keep(Snapshot snapshot) {
        if (closed) {
            return false;
        }
        List<Snapshot> gone = memory.add(snapshot);
        // What waits is within the budget too.
        waiting.removeAll(gone);
        return !gone.contains(snapshot);
    }

    private void saveNext() {
        Snapshot next;
        synchronized (this) {
            next = waiting.poll();
        }
        if (next == null) {
            return;
        }
        try {
            archive.get().save(next);
            synchronized (this) {
                saved++;
                storeFails = false;
            }
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            storeFails("written", e);
        }
    }

    /** What it did and holds. */
    public synchronized SnapshotStats stats() {
        return new SnapshotStats(memory.count(), memory.bytes(), hits, requests, restoredTokens, divergences, loaded, saved,
                failed);
    }

    /** Stores what waits for it, and lets go of everything. */
    @Override
    public void close() {
        reader.shutdown();
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
                    || !reader.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(Level.WARNING, "The store of snapshots has not answered for " + CLOSE_SECONDS
                        + " seconds; what was to be stored is lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            closed = true;
            waiting.clear();
            memory.clear();
        }
    }
}
