package dev.kimilinear.trainer.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Split;
import dev.kimilinear.trainer.data.skill.Needle;
import dev.kimilinear.trainer.evaluation.Paraphrases.Paraphrase;

/**
 * What a model file is worth: the engine's greedy answers.
 *
 * @param skills exact answers to held-out questions, by skill
 * @param answers all of them
 * @param needles exact answers about a sentence in a long text, by the text's length in tokens
 * @param paraphrases conversations in people's words that were answered rightly, by skill
 * @param failed those that were not, with what was said
 */
public record Evaluation(Tally skills, List<HeldOut.Answer> answers, Tally needles, Tally paraphrases, List<Failed> failed) {

    /** A wrong answer to a conversation in people's words. */
    public record Failed(Paraphrase paraphrase, String said) {
    }

    private static final int[] DISTANCES = { 256, 1024, 4096, 16_384 };
    private static final int NEEDLES = 40;
    /** Room for the longest needle with its question and answer, in tokens. */
    public static final int CONTEXT = 18_432;

    /**
     * Asks a model.
     *
     * @param each held-out dialogues of each skill
     */
    public static Evaluation of(Path file, DialogueGenerator generator, int each) throws InterruptedException {
        Tally skills = new Tally();
        List<HeldOut.Answer> answers = new ArrayList<>();
        Tally paraphrases = new Tally();
        List<Failed> failed = new ArrayList<>();
        try (Answering model = new Answering(file, CONTEXT)) {
            for (Skill skill : generator.skills()) {
                for (HeldOut.Answer answer : HeldOut.answers(HeldOut.dialogues(generator, skill, each), model)) {
                    skills.count(answer.skill(), answer.isRight());
                    answers.add(answer);
                }
            }
            List<Paraphrase> all = Paraphrases.all();
            List<String> said = model.answer(all.stream().map(Paraphrase::question).toList());
            for (int i = 0; i < all.size(); i++) {
                boolean right = all.get(i).accepts(said.get(i));
                paraphrases.count(all.get(i).skill(), right);
                if (!right) {
                    failed.add(new Failed(all.get(i), said.get(i)));
                }
            }
            return new Evaluation(skills, answers, needles(model), paraphrases, failed);
        }
    }

    private static Tally needles(Answering model) throws InterruptedException {
        Tally tally = new Tally();
        for (int distance : DISTANCES) {
            Needle needle = new Needle(distance);
            List<Dialogue> dialogues = new ArrayList<>();
            for (int i = 0; i < NEEDLES; i++) {
                Source source = new Source(distance * 1000L + i, Split.HELD_OUT);
                Dialogue dialogue = new Dialogue(source).shows(String.format(Locale.ROOT, "%,d", distance));
                needle.write(dialogue, source);
                dialogues.add(dialogue);
            }
            for (HeldOut.Answer answer : HeldOut.lastAnswers(dialogues, model)) {
                tally.count(answer.skill(), answer.isRight());
            }
        }
        return tally;
    }
}
