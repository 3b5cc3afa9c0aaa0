package dev.kimilinear.trainer.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.tokenizer.Tokenizer;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Rendering;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Split;
import dev.kimilinear.trainer.evaluation.Answering.Question;
import dev.kimilinear.trainer.training.Example;

/**
 * Exact answers on dialogues of the held-out split: names, words, numbers, tools, schemas and wordings that training never
 * showed. Every answer is asked for behind the right answers before it.
 */
public final class HeldOut {

    /** The seed of the dialogues: that of training is never so large. */
    private static final long SEED = 4_242_424_242L;

    /**
     * What a model said.
     *
     * @param expected the right answer
     * @param said the model's
     */
    public record Answer(String skill, Question question, String expected, String said) {

        public boolean isRight() {
            return expected.equals(said);
        }
    }

    private HeldOut() {
    }

    /** So many dialogues of one skill, always the same. */
    public static List<Dialogue> dialogues(DialogueGenerator generator, Skill skill, int count) {
        List<Dialogue> dialogues = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            dialogues.add(generator.writeOne(skill, new Source(SEED + 31L * skill.name().hashCode() + i, Split.HELD_OUT)));
        }
        return dialogues;
    }

    /** So many questions as tokens, evenly over the skills, always the same: the last question of a dialogue each. */
    public static List<int[]> prompts(DialogueGenerator generator, Tokenizer tokenizer, int count) {
        int each = (count + generator.skills().size() - 1) / generator.skills().size();
        List<int[]> prompts = new ArrayList<>();
        for (Skill skill : generator.skills()) {
            for (Dialogue dialogue : dialogues(generator, skill, each)) {
                Example example = Example.of(dialogue, tokenizer);
                prompts.add(Arrays.copyOf(example.tokens(), example.answers().getLast().from()));
            }
        }
        return prompts.subList(0, count);
    }

    /** All answers of dialogues. */
    public static List<Answer> answers(List<Dialogue> dialogues, Answering model) throws InterruptedException {
        return answers(dialogues, model, false);
    }

    /** The last answer of each dialogue. */
    public static List<Answer> lastAnswers(List<Dialogue> dialogues, Answering model) throws InterruptedException {
        return answers(dialogues, model, true);
    }

    private static List<Answer> answers(List<Dialogue> dialogues, Answering model, boolean last) throws InterruptedException {
        List<Question> questions = new ArrayList<>();
        List<String> skills = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Dialogue dialogue : dialogues) {
            List<ChatTurn> turns = new ArrayList<>();
            for (Dialogue.Message message : dialogue.messages()) {
                if (message.learned() && (!last || message == dialogue.messages().getLast())) {
                    questions.add(new Question(List.copyOf(turns), dialogue.tools()));
                    skills.add(message.skill());
                    expected.add(Rendering.answer(message.turn()));
                }
                turns.add(message.turn());
            }
        }
        List<String> said = model.answer(questions);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < said.size(); i++) {
            answers.add(new Answer(skills.get(i), questions.get(i), expected.get(i), said.get(i)));
        }
        return answers;
    }
}
