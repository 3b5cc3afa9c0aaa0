package dev.kimilinear.engine.serving.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Snapshots in memory, within a budget of bytes: those used last stay. Arrays that several of them hold, blocks of the latent
 * cache that is, count once. Not thread-safe.
 */
final class SnapshotMemory {

    /** Beyond that the search takes longer than reading a prompt again, and nobody has so many conversations at a time. */
    private static final int MOST_SNAPSHOTS = 4096;

    /** Memory of the bookkeeping for each array: an entry of a table. */
    private static final int ENTRY_BYTES = 32;

    private static final class Entry {

        final Snapshot snapshot;
        long lastUse;

        Entry(Snapshot snapshot) {
            this.snapshot = snapshot;
        }
    }

    private static final class Holders {

        int count;
    }

    private final long budgetBytes;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Object, Holders> arrays = new IdentityHashMap<>();
    private long bytes;
    private long uses;

    SnapshotMemory(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    int count() {
        return entries.size();
    }

    /** Bytes of all arrays that are held. */
    long bytes() {
        return bytes;
    }

    /** The longest snapshot that a prompt may go on from, or null; it counts as used. */
    Snapshot longestFor(int[] prompt) {
        Entry longest = null;
        for (Entry entry : entries) {
            if ((longest == null || entry.snapshot.length() > longest.snapshot.length())
                    && entry.snapshot.isPrefixOf(prompt)) {
                longest = entry;
            }
        }
        if (longest == null) {
            return null;
        }
        longest.lastUse = ++uses;
        return longest.snapshot;
    }

    /** The tokens that have the longest beginning in common with a prompt and then differ, or null. */
    int[] nearestTo(int[] prompt) {
        int[] nearest = null;
        for (Entry entry : entries) {
            nearest = Snapshot.nearer(nearest, entry.snapshot.tokens(), prompt);
        }
        return nearest;
    }

    /**
     * Keeps a snapshot and lets go of others to make room for it.
     *
     * @return what was let go, perhaps the given one itself: because it does not fit into the budget alone, or another of the
     *         same tokens says as much
     */
    List<Snapshot> add(Snapshot snapshot) {
        List<Snapshot> gone = new ArrayList<>();
        for (Entry entry : entries) {
            if (Arrays.equals(entry.snapshot.tokens(), snapshot.tokens())) {
                if (entry.snapshot.logits() != null || snapshot.logits() == null) {
                    entry.lastUse = ++uses;
                    gone.add(snapshot);
                    return gone;
                }
                remove(entry);
                gone.add(entry.snapshot);
                break;
            }
        }
        Entry added = new Entry(snapshot);
        added.lastUse = ++uses;
        entries.add(added);
        snapshot.forEachArray(this::hold);
        while (bytes > budgetBytes || entries.size() > MOST_SNAPSHOTS) {
            Entry oldest = entries.getFirst();
            for (Entry entry : entries) {
                if (entry.lastUse < oldest.lastUse) {
                    oldest = entry;
                }
            }
            remove(oldest);
            gone.add(oldest.snapshot);
        }
        return gone;
    }

    void clear() {
        entries.clear();
        arrays.clear();
        bytes = 0;
    }

    private void remove(Entry entry) {
        entries.remove(entry);
        entry.snapshot.forEachArray(this::release);
    }

    private void hold(Object array, long arrayBytes) {
        Holders holders = arrays.computeIfAbsent(array, a -> new Holders());
        if (holders.count++ == 0) {
            bytes += arrayBytes + ENTRY_BYTES;
        }
    }

    private void release(Object array, long arrayBytes) {
        Holders holders = arrays.get(array);
        if (--holders.count == 0) {
            arrays.remove(array);
            bytes -= arrayBytes + ENTRY_BYTES;
        }
    }
}
