package dev.kimilinear.trainer.model;

import java.util.List;

/**
 * Sequences that go through the model together, one behind the other.
 *
 * @param tokens of all sequences
 * @param starts where each sequence begins, and behind the last one, where it ends
 * @param targetRows the rows whose next token counts, ascending
 * @param targets the next tokens of those rows
 */
public record Batch(int[] tokens, int[] starts, int[] targetRows, int[] targets) {

    public int rows() {
        return tokens.length;
    }

    public int sequences() {
        return starts.length - 1;
    }

    public int length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    /**
     * A sequence, and what counts in it.
     *
     * @param tokens at least two
     * @param counts for each token, whether the model shall predict it
     */
    public record Sequence(int[] tokens, boolean[] counts) {
    }

    /** A batch of sequences. The last token of each is only predicted. */
    public static Batch of(List<Sequence> sequences) {
        int rows = 0;
        int targets = 0;
        for (Sequence sequence : sequences) {
            rows += sequence.tokens.length - 1;
            for (int t = 1; t < sequence.tokens.length; t++) {
                targets += sequence.counts[t] ? 1 : 0;
            }
        }
        Batch batch = new Batch(new int[rows], new int[sequences.size() + 1], new int[targets], new int[targets]);
        int row = 0;
        int target = 0;
        for (int s = 0; s < sequences.size(); s++) {
            Sequence sequence = sequences.get(s);
            batch.starts[s] = row;
            for (int t = 0; t + 1 < sequence.tokens.length; t++, row++) {
                batch.tokens[row] = sequence.tokens[t];
                if (sequence.counts[t + 1]) {
                    batch.targetRows[target] = row;
                    batch.targets[target++] = sequence.tokens[t + 1];
                }
            }
        }
        batch.starts[sequences.size()] = row;
        return batch;
    }
}
