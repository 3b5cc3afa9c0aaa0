package dev.kimilinear.trainer.evaluation;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.model.Batch;
import dev.kimilinear.trainer.model.Batch.Sequence;
import dev.kimilinear.trainer.model.KimiLinear;
import dev.kimilinear.trainer.training.Example;
import dev.kimilinear.trainer.training.Example.Answer;

/**
 * Exact answers on a model in training: an answer counts if each of its tokens, the end token too, is the most probable one
 * behind the right ones before it. That is what greedy decoding would have said.
 */
public final class TeacherForced {

    private static final int TOKENS = 2048;

    private TeacherForced() {
    }

    /**
     * Counts the answers of dialogues, by skill.
     *
     * @param vocabulary tokens of the model
     */
    public static Tally tally(KimiLinear model, List<Example> examples, int vocabulary) {
        Tally tally = new Tally();
        List<Example> together = new ArrayList<>();
        int tokens = 0;
        for (Example example : examples) {
            together.add(example);
            tokens += example.tokens().length;
            if (tokens >= TOKENS) {
                count(model, together, vocabulary, tally);
                together.clear();
                tokens = 0;
            }
        }
        if (!together.isEmpty()) {
            count(model, together, vocabulary, tally);
        }
        return tally;
    }

    private static void count(KimiLinear model, List<Example> examples, int vocabulary, Tally tally) {
        List<Sequence> sequences = examples.stream().map(Example::sequence).toList();
        Batch batch = Batch.of(sequences);
        float[] logits = model.forward(batch);
        int target = 0;
        for (Example example : examples) {
            for (Answer answer : example.answers()) {
                boolean right = true;
                for (int t = answer.from(); t < answer.to(); t++, target++) {
                    right &= mostProbable(logits, target * vocabulary, vocabulary) == batch.targets()[target];
                }
                tally.count(answer.skill(), right);
            }
        }
    }

    private static int mostProbable(float[] logits, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (logits[from + i] > logits[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
