package dev.kimilinear.engine.serving;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import dev.kimilinear.engine.api.SnapshotMiss;

/** The last few prompts that were read from an earlier point on than an earlier request would have saved. Thread-safe. */
final class Misses {

    static final int MOST = 20;

    private final Deque<SnapshotMiss> newestFirst = new ArrayDeque<>();

    synchronized void add(SnapshotMiss miss) {
        if (newestFirst.size() == MOST) {
            newestFirst.removeLast();
        }
        newestFirst.addFirst(miss);
    }

    synchronized List<SnapshotMiss> newestFirst() {
        return List.copyOf(newestFirst);
    }
}
