package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

import dev.kimilinear.benchmarks.contender.LlamaPackage;
import dev.kimilinear.benchmarks.realshape.RealShapeModel;
import dev.kimilinear.benchmarks.realshape.WeightMix;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry: exit code 0, 2 for bad options, 1 with a stack trace for everything that goes wrong later. */
@Command(name = "compare", mixinStandardHelpOptions = true, subcommands = { Compare.Generate.class,
        Conversations.class, Schemas.class,
        Answers.class }, description = "Measures this engine beside llama.cpp and writes the table and the plot of the documentation.")
public final class Compare implements Callable<Integer> {

    private static final int LEAST_LAYERS = 4;

    @Option(names = "--types", split = ",", paramLabel = "TYPE", description = "Mixes of weight types: ${COMPLETION-CANDIDATES}. Default: all.")
    private List<WeightMix> mixes = List.of(WeightMix.values());

    @Option(names = "--depth-types", split = ",", paramLabel = "TYPE", description = "Those of them that are measured at depth too. Default: ${DEFAULT-VALUE}.", defaultValue = "Q4_K_M")
    private List<WeightMix> depthMixes;

    @Option(names = "--chat-types", split = ",", paramLabel = "TYPE", description = "Those of them with which eight chats at a time are measured. Default: ${DEFAULT-VALUE}.", defaultValue = "Q4_K_M")
    private List<WeightMix> chatMixes;

    @Option(names = "--open-types", split = ",", paramLabel = "TYPE", description = "Those of them whose opening is measured. Default: ${DEFAULT-VALUE}.", defaultValue = "Q4_K_M")
    private List<WeightMix> openMixes;

    @Option(names = "--threads", split = ",", paramLabel = "N", description = "Numbers of threads. Default: ${DEFAULT-VALUE}.", defaultValue = "1,2")
    private List<Integer> threads;

    @Option(names = "--pairs", paramLabel = "N", description = "Runs of each side for each cell. Default: ${DEFAULT-VALUE}.", defaultValue = "5")
    private int pairs;

    @Option(names = "--quick", description = "Short runs, to see that everything works. Results are kept apart; the report goes to the cache.")
    private boolean quick;

    @Option(names = "--again", description = "Measure what is finished too.")
    private boolean again;

    @Option(names = "--report-only", description = "Measure nothing; write the report from what is finished.")
    private boolean reportOnly;

    @Option(names = "--discard", description = "Delete each generated file when it is done with. All of them together take 45 GB.")
    private boolean discard;

    @Option(names = "--root", required = true, hidden = true)
    private Path root;

    @Option(names = "--cache", paramLabel = "FOLDER", description = "Generated files, llama.cpp, results. Default: .cache/benchmarks in the project.")
    private Path cache;

    @CommandLine.Mixin
    private Shape shape;

    @Spec
    private CommandSpec spec;

    /** Options of a generated file. */
    static final class Shape {

        @Option(names = "--layers", paramLabel = "N", description = "Decoder blocks, the first of 27. Default: ${DEFAULT-VALUE}.", defaultValue = "5")
        int layers;

        @Option(names = "--experts", paramLabel = "N", description = "Experts of a block. Default: 256; for F16, BF16 and Q8_0 64, which reads the same bytes for a token.", defaultValue = "0")
        int experts;

        @Option(names = "--seed", paramLabel = "N", description = "Seed of the random weights. Default: ${DEFAULT-VALUE}.", defaultValue = "1")
        long seed;

        @Option(names = "--vocab-from", paramLabel = "FILE", description = "GGUF file whose vocabulary is used, filled up to the real size. Without it a synthetic one is used and the tokenizer is not measured.")
        Optional<Path> vocabulary = Optional.empty();

        /** The file of this shape in a folder, generated if it is not there. */
        Path file(WeightMix mix, Path folder) throws IOException {
            RealShapeModel model = new RealShapeModel(mix, layers, experts, seed, vocabulary);
            Path file = folder.resolve(model.fileName());
            Files.createDirectories(folder);
            if (!Files.exists(file)) {
                System.out.println("Generating " + file + " ...");
                model.write(file);
            }
            return file;
        }
    }

    @Command(name = "generate", mixinStandardHelpOptions = true, description = "Writes one file with the shapes of Kimi-Linear-48B-A3B and random weights.")
    static final class Generate implements Callable<Integer> {

        @Option(names = "--type", required = true, paramLabel = "TYPE", description = "Mix of weight types: ${COMPLETION-CANDIDATES}.")
        private WeightMix mix;

        @Option(names = "--out", required = true, paramLabel = "FILE", description = "The file to write.")
        private Path out;

        @CommandLine.Mixin
        private Shape shape;

        @Override
        public Integer call() throws IOException {
            new RealShapeModel(mix, shape.layers, shape.experts, shape.seed, shape.vocabulary).write(out);
            return 0;
        }
    }

    public static void main(String[] args) {
        System.exit(new CommandLine(new Compare()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (pairs < 1 || threads.stream().anyMatch(n -> n < 1 || n > Runtime.getRuntime().availableProcessors())) {
            throw new ParameterException(spec.commandLine(), "--pairs is " + pairs + " and --threads " + threads
                    + ", expected 1 or more, and at most the " + Runtime.getRuntime().availableProcessors()
                    + " processors of this machine");
        }
        if (shape.layers < LEAST_LAYERS) {
            throw new ParameterException(spec.commandLine(), "--layers is " + shape.layers + ", expected " + LEAST_LAYERS
                    + " or more: the fourth layer is the first with a latent cache, without which llama.cpp aborts");
        }
        Path folder = cache == null ? root.resolve(".cache/benchmarks") : cache;
        Files.createDirectories(folder);
        Machine machine = Machine.current();
        Results results = Results.open(folder.resolve("results.jsonl"), machine, LlamaPackage.NAME, quick);
        if (!reportOnly) {
            SideBySide.Options options = new SideBySide.Options(mixes, depthMixes, chatMixes, openMixes, threads, pairs,
                    shape.layers,
                    shape.experts, shape.seed, shape.vocabulary, quick, again, discard);
            new SideBySide(options, root, folder, results, machine, System.out).run();
        }
        Path documentation = quick ? folder.resolve("quick") : root.resolve("docs/modules/ROOT");
        new Report(results.all().stream().filter(m -> models().contains(m.cell().model())).toList(), machine)
                .write(documentation);
        System.out.println("\nWrote the report below " + documentation);
        return 0;
    }

    /** What the report is about: files of the shape asked for, and the tokenizer of its vocabulary. */
    private Set<String> models() {
        Set<String> names = new HashSet<>();
        for (WeightMix mix : WeightMix.values()) {
            names.add(new RealShapeModel(mix, shape.layers, shape.experts, shape.seed, shape.vocabulary).fileName());
        }
        shape.vocabulary.ifPresent(file -> names.add(file.getFileName().toString()));
        return names;
    }
}
