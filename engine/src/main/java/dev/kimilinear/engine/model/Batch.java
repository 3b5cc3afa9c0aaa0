package dev.kimilinear.engine.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * One step's rows: spans of different sequences, one after another. A sequence appears in one span at most. Who runs step
 * after step fills one batch again and again, so that a step leaves no garbage.
 */
public final class Batch {

    private final List<Span> spans = new ArrayList<>();
    private final List<Span> view = Collections.unmodifiableList(spans);
    private int[] firstRows = new int[1];
    private int rows;
    private int logitsRows;

    /** A batch of these spans. */
    public static Batch of(Span... spans) {
        Batch batch = new Batch();
        for (Span span : spans) {
            batch.add(span);
        }
        return batch;
    }

    /** Removes all spans. */
    public void clear() {
        spans.clear();
        rows = 0;
        logitsRows = 0;
    }

    /** Adds a span behind the others; it must stay as it is until the step was run. */
    public void add(Span span) {
        int index = spans.size();
        if (index == firstRows.length) {
            firstRows = Arrays.copyOf(firstRows, 2 * index);
        }
        firstRows[index] = rows;
        spans.add(span);
        rows += span.length();
        logitsRows += span.logitsAt().length;
    }

    /** The spans in the order of their rows. */
    public List<Span> spans() {
        return view;
    }

    /** The first row of each span; the array may be longer. */
    public int[] firstRows() {
        return firstRows;
    }

    /** Rows in all. */
    public int rows() {
        return rows;
    }

    /** Rows whose logits are wanted, in all. */
    public int logitsRows() {
        return logitsRows;
    }
}
