package dev.kimilinear.trainer.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Split;
import dev.kimilinear.trainer.data.skill.Capitals;
import dev.kimilinear.trainer.data.skill.Needle;
import dev.kimilinear.trainer.evaluation.Paraphrases.Paraphrase;

/**
 * What a model file is worth: the engine's greedy answers.
 *
 * @param skills exact answers to held-out questions, by skill
 * @param answers all of them
 * @param needles exact answers about a sentence in a long text, by the text's length in tokens
 * @param capitals of every country, asked for in one of the plainest ways
 * @param blind conversations in people's words
 * @param development those by which the data was improved
 */
public record Evaluation(Tally skills, List<HeldOut.Answer> answers, Tally needles, Tally capitals,
        Conversations blind, Conversations development) {

    /**
     * Answers to a set of conversations.
     *
     * @param tally right ones, by skill
     * @param failed wrong ones
     */
    public record Conversations(Tally tally, List<Failed> failed) {
    }

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
        try (Answering model = new Answering(file, CONTEXT)) {
            for (Skill skill : generator.skills()) {
                for (HeldOut.Answer answer : HeldOut.answers(HeldOut.dialogues(generator, skill, each), model)) {
                    skills.count(answer.skill(), answer.isRight());
                    answers.add(answer);
                }
            }
            return new Evaluation(skills, answers, needles(model), capitals(model), conversations(Paraphrases.Set.BLIND, model),
                    conversations(Paraphrases.Set.DEVELOPMENT, model));
        }
    }

    private static Tally capitals(Answering model) throws InterruptedException {
        Tally tally = new Tally();
        List<Capitals.Exchange> all = Capitals.ofAllCountries();
        List<String> said = model.answer(all.stream()
                .map(exchange -> new Answering.Question(List.of(ChatTurn.user(exchange.question())), List.of())).toList());
        for (int i = 0; i < all.size(); i++) {
            tally.count(all.get(i).country(), said.get(i).equals(all.get(i).answer()));
        }
        return tally;
    }

    private static Conversations conversations(Paraphrases.Set set, Answering model) throws InterruptedException {
        Conversations result = new Conversations(new Tally(), new ArrayList<>());
        List<Paraphrase> all = Paraphrases.of(set);
        List<String> said = model.answer(all.stream().map(Paraphrase::question).toList());
        for (int i = 0; i < all.size(); i++) {
            boolean right = all.get(i).accepts(said.get(i));
            result.tally.count(all.get(i).skill(), right);
            if (!right) {
                result.failed.add(new Failed(all.get(i), said.get(i)));
            }
        }
        return result;
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
