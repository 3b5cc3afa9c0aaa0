package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

import dev.kimilinear.benchmarks.realshape.WeightMix;
import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SnapshotOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What it costs to hold answers to a JSON schema: the time of a token with and without, and what the first answer by a schema
 * takes longer than the next one. Weights are random, so a schema forces nearly every token.
 */
@Command(name = "schemas", mixinStandardHelpOptions = true, description = "Measures what it costs to hold answers to a JSON schema.")
final class Schemas implements Callable<Integer> {

    private static final int PROMPT_TOKENS = 32;
    /** An array that does not end before the answer does, of objects with a text, a number, a word of a list and a list. */
    private static final String SCHEMA = """
            {"type": "object", "required": ["#s"], "properties": {"#s": {"type": "array", "minItems": 1000, "items":
              {"type": "object", "required": ["#name", "#age", "#kind", "#tags"], "properties": {
                "#name": {"type": "string", "minLength": 5, "maxLength": 40}, "#age": {"type": "integer", "minimum": 0},
                "#kind": {"enum": ["hotel", "hostel", "camping"]},
                "#tags": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 10}}}}}}}""";

    @Option(names = "--type", paramLabel = "TYPE", description = "Mix of weight types: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.", defaultValue = "Q4_K_M")
    private WeightMix mix;

    @Option(names = "--threads", paramLabel = "N", description = "Number of threads. Default: ${DEFAULT-VALUE}.", defaultValue = "2")
    private int threads;

    @Option(names = "--tokens", paramLabel = "N", description = "Tokens of an answer. Default: ${DEFAULT-VALUE}.", defaultValue = "128")
    private int tokens;

    @Option(names = "--runs", paramLabel = "N", description = "Answers of each kind; medians count. Default: ${DEFAULT-VALUE}.", defaultValue = "7")
    private int runs;

    @Option(names = "--cache", required = true, paramLabel = "FOLDER", description = "Generated file and panels.")
    private Path cache;

    @CommandLine.Mixin
    private Compare.Shape shape;

    /**
     * @param beginMillis from the submission to the first token
     * @param tokenMillis of each later token
     */
    private record Asked(double beginMillis, double tokenMillis) {

        double millis(int tokens) {
            return beginMillis + (tokens - 1) * tokenMillis;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = shape.file(mix, cache);
        EngineOptions options = EngineOptions.defaults().withThreads(threads).withParallelSequences(1)
                .withSnapshots(SnapshotOptions.off()).withCacheDirectory(cache.resolve("schemas"));
        try (Engine engine = Engine.open(file, options)) {
            System.out.printf(Locale.ROOT, "%s, %d layers, %,d tokens in the vocabulary, %d threads, answers of %d tokens%n",
                    mix,
                    shape.layers, engine.model().vocabularySize(), threads, tokens);
            ask(engine, AnswerFormat.text());
            report("first schema of a process, the whole answer", List.of(ask(engine, schema("warm")).millis(tokens)),
                    List.of(ask(engine, AnswerFormat.text()).millis(tokens)));
            costOfAToken(engine);
            costOfTheFirstUse(engine);
        }
        return 0;
    }

    private void costOfAToken(Engine engine) throws InterruptedException {
        List<Double> free = new ArrayList<>();
        List<Double> held = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            free.add(ask(engine, AnswerFormat.text()).tokenMillis());
            held.add(ask(engine, schema("warm")).tokenMillis());
        }
        report("a token by a known schema, and without", held, free);
    }

    private void costOfTheFirstUse(Engine engine) throws InterruptedException {
        List<Asked> first = new ArrayList<>();
        List<Asked> again = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            first.add(ask(engine, schema("key" + run)));
            again.add(ask(engine, schema("key" + run)));
        }
        report("first use of a schema, until the first token", first.stream().map(Asked::beginMillis).toList(),
                again.stream().map(Asked::beginMillis).toList());
        report("first use of a schema, the whole answer", first.stream().map(asked -> asked.millis(tokens)).toList(),
                again.stream().map(asked -> asked.millis(tokens)).toList());
    }

    /** The medians, and the median of the differences of pairs. */
    private static void report(String what, List<Double> with, List<Double> without) {
        double[] more = new double[with.size()];
        Arrays.setAll(more, i -> with.get(i) - without.get(i));
        double base = Conversations.median(without.stream().mapToDouble(Double::doubleValue).toArray());
        double difference = Conversations.median(more);
        System.out.printf(Locale.ROOT, "  %-46s %8.2f ms against %.2f: %+.2f (%+.1f %%)%n", what,
                Conversations.median(with.stream().mapToDouble(Double::doubleValue).toArray()), base, difference,
                100 * difference / base);
    }

    private Asked ask(Engine engine, AnswerFormat format) throws InterruptedException {
        int[] prompt = new SplittableRandom(1).ints(PROMPT_TOKENS, 0, 256).toArray();
        boolean free = format instanceof AnswerFormat.Text;
        long first = engine.speed().firstTokenNanos();
        long start = System.nanoTime();
        GenerationResult result = engine.submit(GenerationRequest.of(new Prompt.Tokens(prompt)).withMaxOutputTokens(tokens)
                .withFormat(format).withIgnoreEndOfGeneration(free), GenerationListener.silent()).await();
        long all = System.nanoTime() - start;
        if (result.tokenIds().size() != tokens) {
            throw new IllegalStateException("An answer has " + result.tokenIds().size() + " tokens, expected " + tokens + ": "
                    + result.text());
        }
        long begin = engine.speed().firstTokenNanos() - first;
        return new Asked(begin / 1e6, (all - begin) / 1e6 / (tokens - 1));
    }

    private static AnswerFormat schema(String word) {
        return new AnswerFormat.JsonSchema(SCHEMA.replace("#", word));
    }
}
