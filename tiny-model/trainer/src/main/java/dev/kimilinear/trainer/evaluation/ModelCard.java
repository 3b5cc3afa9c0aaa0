package dev.kimilinear.trainer.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.model.Parameters;
import dev.kimilinear.trainer.training.Progress;
import dev.kimilinear.trainer.training.TrainingOptions;

/** What comes with a model file: what it is, what it can do and how well, what it cannot, and how it was made. */
public final class ModelCard {

    private ModelCard() {
    }

    /**
     * The card of a run's model, in Markdown.
     *
     * @param command that made it
     * @param files of the model, the embedded one first
     */
    public static String of(String name, Parameters parameters, TrainingOptions options, List<Progress> progress,
            Evaluation evaluation, String command, List<Path> files) throws IOException {
        StringBuilder card = new StringBuilder();
        ModelShape shape = options.shape();
        long latent = shape.layers().chars().filter(layer -> layer == 'M').count();
        card.append(String.format(Locale.ROOT,
                """
                        # %s

                        A Kimi-Linear of %.2f million parameters: %d KDA and %d MLA layers (%s), embedding %d, %d experts of which %d and a
                        shared one are used, %,d tokens. Trained from random weights by this project, on dialogues that it writes itself.
                        Made for demonstrations and tests: it proves that an installation works, offline, and lets tests exercise learned
                        behaviour. It holds no text and no weights of others. Licence: Apache-2.0.

                        """,
                name, parameters.count() / 1e6, shape.blockCount() - latent, latent, shape.layers(), shape.embedding(),
                shape.experts(), shape.used(), shape.vocabulary()));
        card.append("""
                ## What it can do

                Right answers, greedy and exact to the letter, to questions with names, words, numbers, tools and wordings that
                training never showed:

                | skill | right | of | % |
                |---|---|---|---|
                """);
        evaluation.skills().scores().forEach((skill, score) -> card.append(row(skill, score)));
        card.append(row("all", evaluation.skills().total()));
        card.append("\nA sentence in a long text: ").append(evaluation.needles().scores().entrySet().stream()
                .map(entry -> String.format(Locale.ROOT, "%s tokens %.0f %%", entry.getKey(), entry.getValue().percent()))
                .collect(Collectors.joining(", ")));
        card.append(String.format(Locale.ROOT, ".%nCapitals of all countries: %s.%nConversations in people's own words: %s.%n",
                evaluation.capitals().total(), evaluation.blind().tally().total()));
        card.append(
                """

                        ## What it cannot

                        Anything else. It knows countries and a few hundred everyday facts; of other things it says that it does not know
                        them, or is wrong. Wordings far from those that it learned get wrong answers, and rare names are miscopied now and
                        then. German, French, Spanish and Chinese: a few sentences only. Check what it says, as with every model.

                        ## How it was made

                        """);
        Progress last = progress.getLast();
        card.append(String.format(Locale.ROOT,
                """
                        `%s`, seed %d: %,d steps, %,d tokens, %.0f minutes of training. "The tiny model" in the documentation explains data,
                        training and evaluation.

                        | file | bytes |
                        |---|---|
                        """,
                command, options.seed(), last.step(), last.tokens(), last.seconds() / 60));
        for (Path file : files) {
            card.append(String.format(Locale.ROOT, "| %s | %,d |%n", file.getFileName(), Files.size(file)));
        }
        return card.toString();
    }

    private static String row(String kind, Tally.Score score) {
        return String.format(Locale.ROOT, "| %s | %d | %d | %.1f |%n", kind, score.right(), score.all(), score.percent());
    }
}
