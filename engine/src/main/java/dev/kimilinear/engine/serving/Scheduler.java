package dev.kimilinear.engine.serving;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.engine.model.Batch;

/**
 * The sequences in work, and what each of them reads in the next step. Every answer gets its next token. What is left of the
 * budget goes to prompts: half of it to the oldest, so that none waits for ever; the rest to the others, the one with the
 * fewest tokens left first, so that a short question does not wait for the end of a long document. What one side does not
 * need the other gets. The result of a sequence does not depend on any of this. Owner thread only; a step leaves no garbage.
 */
final class Scheduler {

    /**
     * Prompts take so much less of a step in which there are answers too. An answer waits for the whole step, and prompts in
     * pieces of 64 are read about as fast as in pieces of 512.
     */
    static final int FEWER_BESIDE_ANSWERS = 8;

    private final int parallelSequences;
    private final int stepTokens;
    /** In the order in which they came. */
    private final List<Sequence> running;
    private final List<Sequence> scheduled;

    /**
     * @param parallelSequences the most sequences in work, at least 1
     * @param stepTokens the most tokens of a step, at least 1; answers get theirs even if there are more
     */
    Scheduler(int parallelSequences, int stepTokens) {
        this.parallelSequences = parallelSequences;
        this.stepTokens = stepTokens;
        running = new ArrayList<>(parallelSequences);
        scheduled = new ArrayList<>(parallelSequences);
    }

    /** The most rows of a step. */
    static int mostRows(int parallelSequences, int stepTokens) {
        return Math.max(parallelSequences, stepTokens);
    }

    /** The sequences in work, in the order in which they came; not to be changed. */
    List<Sequence> running() {
        return running;
    }

    /** Those of them that the last step was for, in the order of its spans; not to be changed. */
    List<Sequence> scheduled() {
        return scheduled;
    }

    /** Whether one more sequence may come into work. */
    boolean hasRoom() {
        return running.size() < parallelSequences;
    }

    void add(Sequence sequence) {
        running.add(sequence);
    }

    void removeEnded() {
        running.removeIf(Sequence::ended);
    }

    /** Fills a batch with the next step; none of the sequences in work may have ended. It stays empty if there are none. */
    void schedule(Batch batch) {
        batch.clear();
        scheduled.clear();
        int answers = 0;
        long promptTokens = 0;
        Sequence oldest = null;
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            int unread = sequence.unread();
            sequence.take(unread == 1 ? 1 : 0);
            if (unread == 1) {
                answers++;
            } else {
                promptTokens += unread;
                oldest = oldest == null ? sequence : oldest;
            }
        }
        if (oldest != null) {
            sharePrompts(oldest, promptTokens, answers);
        }
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.scheduled()) {
                scheduled.add(sequence);
                batch.add(sequence.span());
            }
        }
    }

    /** @param promptTokens tokens of prompts that are not read yet, those of the oldest one too */
    private void sharePrompts(Sequence oldest, long promptTokens, int answers) {
        int most = answers == 0 ? stepTokens : Math.min(stepTokens / FEWER_BESIDE_ANSWERS, stepTokens - answers);
        int budget = Math.max(1, most);
        long others = promptTokens - oldest.unread();
        int forOldest = (int) Math.min(oldest.unread(), Math.max(budget - others, (budget + 1) / 2));
        int left = budget - oldest.take(forOldest);
        while (left > 0) {
            Sequence shortest = null;
            for (int i = 0; i < running.size(); i++) {
                Sequence sequence = running.get(i);
                if (!sequence.scheduled() && (shortest == null || sequence.unread() < shortest.unread())) {
                    shortest = sequence;
                }
            }
            if (shortest == null) {
                return;
            }
            left -= shortest.take(Math.min(left, shortest.unread()));
        }
    }
}
