package dev.kimilinear.trainer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;

import dev.kimilinear.engine.tokenizer.Tokenizer;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Rendering;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Split;
import dev.kimilinear.trainer.evaluation.Curve;
import dev.kimilinear.trainer.evaluation.Evaluation;
import dev.kimilinear.trainer.evaluation.HeldOut;
import dev.kimilinear.trainer.evaluation.ModelCard;
import dev.kimilinear.trainer.evaluation.Report;
import dev.kimilinear.trainer.evaluation.Tally;
import dev.kimilinear.trainer.evaluation.TeacherForced;
import dev.kimilinear.trainer.export.GgufExport;
import dev.kimilinear.trainer.export.WeightType;
import dev.kimilinear.trainer.export.Weights;
import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.model.Parameters;
import dev.kimilinear.trainer.tokenizer.BpeTrainer;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary;
import dev.kimilinear.trainer.training.Example;
import dev.kimilinear.trainer.training.Examples;
import dev.kimilinear.trainer.training.Progress;
import dev.kimilinear.trainer.training.Trainer;
import dev.kimilinear.trainer.training.TrainingOptions;
import dev.kimilinear.trainer.training.TrainingRun;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes the tiny model: vocabulary, training, files, evaluation. */
@Command(name = "train", mixinStandardHelpOptions = true, showDefaultValues = true, description = {
        "Trains the tiny Kimi-Linear from nothing and writes its files.",
        "A run that was interrupted goes on where it stood: give it the same folder." })
final class Train implements Callable<Integer> {

    private static final String NAME = "kimi-linear-tiny";
    /** Held-out dialogues of each skill that are measured during training. */
    private static final int MEASURED = 12;
    /** Held-out questions that are written down for a comparison with another engine. */
    private static final int COMPARED = 200;

    @Option(names = "--out", paramLabel = "FOLDER", defaultValue = "tiny-model/trainer/target/run", description = "where checkpoint and results go")
    private Path out;

    @Option(names = "--seed", defaultValue = "1", description = "decides everything random")
    private long seed;

    @Option(names = "--steps", defaultValue = "" + Recipe.STEPS, description = "length of the run")
    private int steps;

    @Option(names = "--layers", defaultValue = Recipe.LAYERS, description = "a letter for each block: K for KDA, M for MLA")
    private String layers;

    @Option(names = "--evaluated", defaultValue = "200", description = "held-out dialogues of each skill in the evaluation")
    private int evaluated;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Train()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Files.createDirectories(out);
        DialogueGenerator generator = Recipe.generator();
        BpeVocabulary vocabulary = vocabulary(generator);
        Tokenizer tokenizer = vocabulary.tokenizer();
        ModelShape shape = Recipe.shape(layers);
        TrainingOptions options = Recipe.options(shape, seed, steps);
        try (Trainer trainer = new Trainer(options, vocabulary.spellings())) {
            say(String.format("%,d parameters, %s, %,d tokens in the vocabulary.", trainer.parameters().count(), layers,
                    shape.vocabulary()));
            List<Example> measured = measured(generator, tokenizer);
            Examples examples = new Examples(generator, tokenizer, seed, options.tokensPerBatch(), options.longest(),
                    options.readToo());
            new TrainingRun(trainer, examples, t -> exact(t, measured), out, Train::say).run(steps);
            List<Path> files = write(trainer.parameters(), vocabulary);
            evaluate(trainer, generator, tokenizer, files);
        }
        return 0;
    }

    private void evaluate(Trainer trainer, DialogueGenerator generator, Tokenizer tokenizer, List<Path> files)
            throws IOException, InterruptedException {
        say("Asking the model ...");
        Evaluation evaluation = Evaluation.of(out.resolve(NAME + ".gguf"), generator, evaluated);
        Files.writeString(out.resolve("evaluation.md"), Report.page(evaluation));
        Files.write(out.resolve("prompts.jsonl"), HeldOut.prompts(generator, tokenizer, COMPARED).stream()
                .map(Arrays::toString).toList());
        List<Progress> progress = Progress.read(out.resolve("progress.tsv"));
        Files.writeString(out.resolve("curve.svg"), Curve.svg(progress));
        Files.writeString(out.resolve(NAME + ".md"),
                ModelCard.of(NAME, trainer.parameters(), trainer.options(), progress, evaluation, command(), files));
        say(Report.tables(evaluation));
    }

    private String command() {
        return "tiny-model/trainer/train --layers " + layers + " --steps " + steps;
    }

    private BpeVocabulary vocabulary(DialogueGenerator generator) throws IOException {
        Path file = out.resolve("vocabulary.txt");
        if (!Files.exists(file)) {
            say("Learning the vocabulary ...");
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < Recipe.VOCABULARY_DIALOGUES; i++) {
                texts.add(Rendering.text(generator.write(new Source(~seed * 7919 + i, Split.TRAINING))));
            }
            BpeTrainer.train(texts, Recipe.VOCABULARY).save(file);
        }
        return BpeVocabulary.load(file);
    }

    private static List<Example> measured(DialogueGenerator generator, Tokenizer tokenizer) {
        List<Example> examples = new ArrayList<>();
        for (Skill skill : generator.skills()) {
            for (Dialogue dialogue : HeldOut.dialogues(generator, skill, MEASURED)) {
                examples.add(Example.of(dialogue, tokenizer));
            }
        }
        return examples;
    }

    private static double exact(Trainer trainer, List<Example> examples) {
        Tally tally = TeacherForced.tally(trainer.model(0), examples, trainer.options().shape().vocabulary());
        StringBuilder line = new StringBuilder(" ");
        tally.scores().forEach((skill, score) -> line.append(' ').append(skill).append(' ').append(score.right()).append('/')
                .append(score.all()));
        say(line.toString());
        return tally.total().percent();
    }

    private List<Path> write(Parameters parameters, BpeVocabulary vocabulary) throws IOException {
        List<Path> files = new ArrayList<>();
        for (WeightType type : List.of(WeightType.F16, WeightType.Q8_0, WeightType.Q4_K_M)) {
            String suffix = type == WeightType.F16 ? "" : "-" + type.name().toLowerCase(Locale.ROOT);
            Path file = out.resolve(NAME + suffix + ".gguf");
            GgufExport.write(file, parameters.shape(), vocabulary, Weights.of(parameters), type);
            say(String.format("%s: %,d bytes", file.getFileName(), Files.size(file)));
            files.add(file);
        }
        return files;
    }

    private static void say(String line) {
        IO.println(line);
    }
}
