package dev.kimilinear.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.trainer.evaluation.Evaluation.Conversations;
import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.model.Parameters;
import dev.kimilinear.trainer.optimizer.Schedule;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary.Spelling;
import dev.kimilinear.trainer.training.Progress;
import dev.kimilinear.trainer.training.TrainingOptions;

class ModelCardTest {

    private static Tally tally(String kind, int right, int all) {
        Tally tally = new Tally();
        for (int i = 0; i < all; i++) {
            tally.count(kind, i < right);
        }
        return tally;
    }

    @Test
    void theCardSaysWhatTheRunMadeAndMeasured(@TempDir Path folder) throws IOException {
        ModelShape shape = new ModelShape(300, 64, 2, 32, "KKM", 1, 128, 4, 2, 32, 32, 1.5f, 32, 16, 16, 32, 1e-5f, 512);
        Parameters parameters = new Parameters(shape, Collections.nCopies(300, new Spelling(0, 0)), 1, 1);
        TrainingOptions options = new TrainingOptions(shape, 7, 1, 512, 512, 0, 1, 1, 1, new Schedule(90, 10, 0.3, 0.02));
        Evaluation evaluation = new Evaluation(tally("memory", 39, 40), List.of(), tally("1,024", 3, 4), tally("Peru", 1, 1),
                new Conversations(tally("tools", 8, 10), List.of()), new Conversations(new Tally(), List.of()));
        Path file = Files.write(folder.resolve("tiny.gguf"), new byte[1234]);

        String card = ModelCard.of("tiny", parameters, options,
                List.of(new Progress(40, 20_000, 300, 1, 2), new Progress(90, 45_000, 660, 1, 2)), evaluation, "train it",
                List.of(file));

        assertThat(card).startsWith("# tiny\n").contains("2 KDA and 1 MLA layers", "| memory | 39 | 40 | 97.5 |",
                "1,024 tokens 75 %", "Capitals of all countries: 1 of 1 (100.0 %)",
                "Conversations in people's own words: 8 of 10 (80.0 %)",
                "`train it`, seed 7: 90 steps, 45,000 tokens, 11 minutes", "| tiny.gguf | 1,234 |").doesNotContain("  ");
    }
}
