package dev.kimilinear.trainer.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.kimilinear.engine.tokenizer.Tokenizer;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Rendering;
import dev.kimilinear.trainer.model.Batch.Sequence;

/**
 * A dialogue as tokens.
 *
 * @param answers what the model shall learn to say, in order
 */
public record Example(int[] tokens, List<Answer> answers) {

    /**
     * A learned stretch of tokens, its end token included.
     *
     * @param skill the skill it shows
     * @param from first token
     * @param to behind the last token
     */
    public record Answer(String skill, int from, int to) {
    }

    /**
     * The tokens of a dialogue. Parts are encoded one by one, so that none of an answer's tokens reaches into what is given.
     */
    public static Example of(Dialogue dialogue, Tokenizer tokenizer) {
        List<int[]> parts = new ArrayList<>();
        List<Answer> answers = new ArrayList<>();
        int[] length = { 0 };
        Rendering.render(dialogue, (text, skill) -> {
            int[] tokens = tokenizer.encode(text, true);
            parts.add(tokens);
            if (skill != null) {
                answers.add(new Answer(skill, length[0], length[0] + tokens.length));
            }
            length[0] += tokens.length;
        });
        int[] all = new int[length[0]];
        int at = 0;
        for (int[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return new Example(all, List.copyOf(answers));
    }

    /** The sequence with all learned tokens as targets. */
    public Sequence sequence() {
        boolean[] counts = new boolean[tokens.length];
        for (Answer answer : answers) {
            Arrays.fill(counts, answer.from, answer.to, true);
        }
        return new Sequence(tokens, counts);
    }
}
