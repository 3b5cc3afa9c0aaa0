package dev.kimilinear.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.evaluation.HeldOut;
import dev.kimilinear.trainer.evaluation.Tally;
import dev.kimilinear.trainer.evaluation.TeacherForced;
import dev.kimilinear.trainer.export.GgufExport;
import dev.kimilinear.trainer.export.WeightType;
import dev.kimilinear.trainer.export.Weights;
import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.optimizer.Schedule;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary;

class TrainingRunTest {

    /** Repeats a word: what can only be learned by looking back. */
    private static final class Repeat implements Skill {

        @Override
        public String name() {
            return "repeat";
        }

        @Override
        public void write(Dialogue dialogue, Source source) {
            String word = source
                    .owned(() -> source.pick("k", "l", "m") + source.pick("a", "e", "o") + source.pick("n", "r", "t")
                            + source.pick("a", "i", "u") + source.pick("s", "p", "d"));
            dialogue.exactUser(source.say("(Say|Repeat|Write) {0}(.|!)", word)).answer(word);
        }
    }

    private static final BpeVocabulary VOCABULARY = new BpeVocabulary(256 + BpeVocabulary.SPECIAL_TOKENS.size() + 1, List.of());
    private static final DialogueGenerator GENERATOR = new DialogueGenerator(
            List.of(new DialogueGenerator.Share(new Repeat(), 1)), message -> false);

    private static TrainingOptions options(int steps, long seed) {
        ModelShape shape = new ModelShape(VOCABULARY.size(), 64, 2, 32, "KKKM", 1, 128, 4, 2, 32, 32, 1.5f, 32, 16, 16, 32,
                1e-5f, 512);
        return new TrainingOptions(shape, seed, 2, 512, 512, 0.1, 8e-3f, 4e-3f, 3e-3f, new Schedule(steps, 10, 0.3, 0.02));
    }

    private static Examples examples(TrainingOptions options) throws IOException {
        return new Examples(GENERATOR, VOCABULARY.tokenizer(), options.seed(), options.tokensPerBatch(), options.longest(),
                options.readToo());
    }

    private static void run(TrainingOptions options, int until, Path folder) throws IOException, InterruptedException {
        try (Trainer trainer = new Trainer(options, VOCABULARY.spellings())) {
            new TrainingRun(trainer, examples(options), t -> 0, folder, line -> {
            }).run(until);
            if (trainer.steps() == options.schedule().steps()) {
                GgufExport.write(folder.resolve("model.gguf"), options.shape(), VOCABULARY, Weights.of(trainer.parameters()),
                        WeightType.F16);
            }
        }
    }

    @Test
    void aRunThatGoesOnEndsWithTheBytesOfOneThatWasNeverInterrupted(@TempDir Path folder)
            throws IOException, InterruptedException {
        TrainingOptions options = options(12, 1);
        run(options, 12, folder.resolve("straight"));
        run(options, 5, folder.resolve("interrupted"));
        run(options, 9, folder.resolve("interrupted"));
        run(options, 12, folder.resolve("interrupted"));
        assertThat(Files.mismatch(folder.resolve("straight/model.gguf"), folder.resolve("interrupted/model.gguf")))
                .isEqualTo(-1);
        assertThat(Files.readAllLines(folder.resolve("interrupted/progress.tsv")).stream().map(line -> line.split("\t")[0]))
                .containsExactly("step", "5", "9", "12");
        run(options(12, 2), 12, folder.resolve("other"));
        assertThat(Files.mismatch(folder.resolve("straight/model.gguf"), folder.resolve("other/model.gguf"))).isNotEqualTo(-1);
    }

    @Test
    void aCheckpointOfOtherOptionsIsRefused(@TempDir Path folder) throws IOException, InterruptedException {
        run(options(12, 1), 1, folder);
        assertThatThrownBy(() -> run(options(12, 2), 2, folder)).isInstanceOf(IOException.class)
                .hasMessageContaining("other options").hasMessageContaining("seed=1").hasMessageContaining("seed=2")
                .hasMessageContaining("checkpoint.bin");
    }

    @Test
    void aFileThatIsNoCheckpointIsRefused(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("checkpoint.bin"), "not one");
        assertThatThrownBy(() -> run(options(12, 1), 2, folder)).isInstanceOf(IOException.class)
                .hasMessageContaining("no checkpoint");
    }

    @Test
    void unseenWordsAreRepeatedAfterAShortRun(@TempDir Path folder) throws IOException, InterruptedException {
        TrainingOptions options = options(600, 1);
        List<Example> heldOut = new ArrayList<>();
        for (Dialogue dialogue : HeldOut.dialogues(GENERATOR, new Repeat(), 100)) {
            heldOut.add(Example.of(dialogue, VOCABULARY.tokenizer()));
        }
        try (Trainer trainer = new Trainer(options, VOCABULARY.spellings())) {
            new TrainingRun(trainer, examples(options), t -> 0, folder, line -> {
            }).run(600);
            Tally tally = TeacherForced.tally(trainer.model(0), heldOut, VOCABULARY.size());
            assertThat(tally.total().percent()).isGreaterThan(95);
        }
    }
}
