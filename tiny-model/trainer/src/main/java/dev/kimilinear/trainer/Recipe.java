package dev.kimilinear.trainer;

import java.util.List;

import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.DialogueGenerator.Share;
import dev.kimilinear.trainer.data.skill.Arithmetic;
import dev.kimilinear.trainer.data.skill.Capitals;
import dev.kimilinear.trainer.data.skill.Classification;
import dev.kimilinear.trainer.data.skill.CountryFacts;
import dev.kimilinear.trainer.data.skill.GeneralKnowledge;
import dev.kimilinear.trainer.data.skill.Identity;
import dev.kimilinear.trainer.data.skill.JsonAnswers;
import dev.kimilinear.trainer.data.skill.JsonExtraction;
import dev.kimilinear.trainer.data.skill.Memory;
import dev.kimilinear.trainer.data.skill.Needle;
import dev.kimilinear.trainer.data.skill.OtherLanguages;
import dev.kimilinear.trainer.data.skill.Passage;
import dev.kimilinear.trainer.data.skill.SmallTalk;
import dev.kimilinear.trainer.data.skill.Summary;
import dev.kimilinear.trainer.data.skill.SystemFollowing;
import dev.kimilinear.trainer.data.skill.TextTransform;
import dev.kimilinear.trainer.data.skill.ToolUse;
import dev.kimilinear.trainer.data.skill.Unknown;
import dev.kimilinear.trainer.evaluation.Evaluation;
import dev.kimilinear.trainer.evaluation.Paraphrases;
import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.optimizer.Schedule;
import dev.kimilinear.trainer.training.TrainingOptions;

/** What the shipped model is made from: its shape, its skills, and how it is trained. */
final class Recipe {

    /** Tokens of the vocabulary. */
    static final int VOCABULARY = 1536;
    /** Dialogues that the vocabulary is learned from. */
    static final int VOCABULARY_DIALOGUES = 40_000;
    /** A letter for each block: K for KDA, M for MLA. */
    static final String LAYERS = "KKMKM";
    /** Steps of a whole run. */
    static final int STEPS = 17_000;

    private static final int WORKERS = 2;
    private static final int TOKENS_PER_BATCH = 2048;
    /** The longest dialogue that is learned. */
    private static final int LONGEST = 4096;
    private static final double READ_TOO = 0.02;
    private static final float MUON_RATE = 8e-3f;
    private static final float ADAM_RATE = 4e-3f;
    private static final float BALANCE_RATE = 3e-3f;
    private static final int WARM_UP = 100;
    private static final double CONSTANT = 0.3;
    private static final double END = 0.02;

    private Recipe() {
    }

    /** The shape: two thirds of the parameters are in experts, of which a token uses two and the shared one. */
    static ModelShape shape(String layers) {
        return new ModelShape(VOCABULARY, 128, 4, 32, layers, 1, 256, 24, 2, 64, 64, 1.5f, 128, 64, 16, 64, 1e-5f,
                Evaluation.CONTEXT);
    }

    static TrainingOptions options(ModelShape shape, long seed, int steps) {
        return new TrainingOptions(shape, seed, WORKERS, TOKENS_PER_BATCH, LONGEST, READ_TOO, MUON_RATE, ADAM_RATE,
                BALANCE_RATE, new Schedule(steps, WARM_UP, CONSTANT, END));
    }

    static DialogueGenerator generator() {
        return new DialogueGenerator(List.of(
                new Share(new SmallTalk(), 5),
                new Share(new Identity(), 3),
                new Share(new GeneralKnowledge(), 7),
                new Share(new Unknown(), 5),
                new Share(new Capitals(), 4),
                new Share(new CountryFacts(), 4),
                new Share(new Arithmetic(), 6),
                new Share(new OtherLanguages(), 3),
                new Share(new Memory(), 8),
                new Share(new Needle(), 5),
                new Share(new Passage(), 9),
                new Share(new Summary(), 3),
                new Share(new ToolUse(), 13),
                new Share(new JsonExtraction(), 9),
                new Share(new JsonAnswers(), 4),
                new Share(new Classification(), 4),
                new Share(new TextTransform(), 9),
                new Share(new SystemFollowing(), 6)), Paraphrases.messages()::contains);
    }
}
