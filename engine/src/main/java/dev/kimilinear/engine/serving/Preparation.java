package dev.kimilinear.engine.serving;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.serving.snapshot.Snapshot;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;

/**
 * Reads beginnings of prompts that will come, when there is nothing else to do: a few tokens at a time, so that a request
 * waits for a short step at most. What it has read when one comes is kept, so that the request may go on from there. Owner
 * thread only.
 */
final class Preparation {

    static final int STEP_TOKENS = 32;

    private final StepModel model;
    private final SnapshotCache snapshots;
    private final Deque<int[]> beginnings = new ArrayDeque<>();
    /** Of the first of them; null before it is begun. */
    private SequenceState state;
    private int read;
    /** Tokens that a snapshot has. */
    private int kept;

    Preparation(StepModel model, SnapshotCache snapshots) {
        this.model = model;
        this.snapshots = snapshots;
    }

    void add(int[] beginning) {
        beginnings.add(beginning);
    }

    /** Whether there is nothing to do. */
    boolean isOver() {
        return beginnings.isEmpty();
    }

    /** Reads a few tokens. */
    void step() {
        int[] tokens = beginnings.getFirst();
        if (state == null) {
            begin(tokens);
        }
        if (read < tokens.length) {
            int next = Math.min(tokens.length, read + STEP_TOKENS);
            model.forward(Batch.of(Span.quiet(state, tokens, read, next)), () -> false);
            read = next;
        }
        if (read == tokens.length) {
            if (kept < read) {
                snapshots.keepBeginning(tokens, state);
            }
            next();
        }
    }

    private void begin(int[] tokens) {
        Snapshot longest = snapshots.longestOf(tokens);
        kept = longest == null ? 0 : longest.length();
        read = kept;
        if (kept < tokens.length) {
            state = longest == null ? model.newState() : longest.state().fork();
        }
    }

    /** There is something else to do: keeps what was read. */
    void pause() {
        if (state != null) {
            if (read > kept) {
                snapshots.keepPoint(beginnings.getFirst(), read, state);
            }
            state = null;
        }
    }

    /** Leaves the first one. */
    void next() {
        beginnings.removeFirst();
        state = null;
    }
}
