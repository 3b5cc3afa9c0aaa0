package dev.kimilinear.engine.model;

import java.util.List;

/**
 * One step's rows: spans of different sequences, one after another. A sequence appears in one span at most.
 *
 * @param spans in the order of their rows
 * @param firstRows the first row of each span
 * @param rows rows in all
 * @param logitsRows rows whose logits are wanted, in all
 */
public record Batch(List<Span> spans, int[] firstRows, int rows, int logitsRows) {

    public static Batch of(Span... spans) {
        return of(List.of(spans));
    }

    public static Batch of(List<Span> spans) {
        int[] firstRows = new int[spans.size()];
        int rows = 0;
        int logitsRows = 0;
        for (int i = 0; i < firstRows.length; i++) {
            firstRows[i] = rows;
            rows += spans.get(i).length();
            logitsRows += spans.get(i).logitsAt().length;
        }
        if (rows == 0) {
            throw new IllegalArgumentException("A batch has no rows, expected at least one span");
        }
        return new Batch(List.copyOf(spans), firstRows, rows, logitsRows);
    }
}
