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
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SnapshotOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How much sooner the next turn of a conversation begins: its first token when the whole of it is read, when a snapshot in
 * memory has the turns before, and when one on the disk has them after a restart. All three must give the same answer.
 */
@Command(name = "conversations", mixinStandardHelpOptions = true, description = "Measures how soon the next turn of a conversation begins, with snapshots and without.")
final class Conversations implements Callable<Integer> {

    private static final int ANSWER_TOKENS = 16;
    /** Java compiles, and a restarted engine warms up, for no longer than that. */
    private static final int SETTLE_MILLIS = 10_000;

    @Option(names = "--type", paramLabel = "TYPE", description = "Mix of weight types: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.", defaultValue = "Q4_K_M")
    private WeightMix mix;

    @Option(names = "--threads", paramLabel = "N", description = "Number of threads. Default: ${DEFAULT-VALUE}.", defaultValue = "2")
    private int threads;

    @Option(names = "--tokens", paramLabel = "N", description = "Tokens of the first prompt. Default: ${DEFAULT-VALUE}.", defaultValue = "2000")
    private int firstTokens;

    @Option(names = "--message", paramLabel = "N", description = "Tokens of the next message. Default: ${DEFAULT-VALUE}.", defaultValue = "8")
    private int messageTokens;

    @Option(names = "--runs", paramLabel = "N", description = "Conversations; the median counts. Default: ${DEFAULT-VALUE}.", defaultValue = "3")
    private int runs;

    @Option(names = "--cache", required = true, paramLabel = "FOLDER", description = "Generated file, panels, snapshots.")
    private Path cache;

    @CommandLine.Mixin
    private Compare.Shape shape;

    /** A request: its answer, what of its prompt was restored, and the time to its first token. */
    private record Asked(List<Integer> answer, int restored, double seconds) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = shape.file(mix, cache);
        EngineOptions options = EngineOptions.defaults().withThreads(threads).withParallelSequences(1)
                .withCacheDirectory(cache.resolve("conversations"));
        List<int[]> second = new ArrayList<>();
        List<Asked> read = new ArrayList<>();
        List<Asked> fromMemory = new ArrayList<>();
        List<Asked> fromDisk = new ArrayList<>();
        try (Engine engine = Engine.open(file, options)) {
            for (int run = 0; run < runs; run++) {
                int[] first = tokens(firstTokens, run, engine.model().vocabularySize());
                Asked asked = ask(engine, first);
                second.add(concat(first, asked.answer(), tokens(messageTokens, 1000 + run, engine.model().vocabularySize())));
                fromMemory.add(ask(engine, second.getLast()));
            }
        }
        try (Engine engine = Engine.open(file, options.withSnapshots(SnapshotOptions.off()))) {
            ask(engine, Arrays.copyOf(second.getFirst(), firstTokens / 2));
            for (int[] prompt : second) {
                read.add(ask(engine, prompt));
            }
        }
        for (int[] prompt : second) {
            try (Engine engine = Engine.open(file, options)) {
                Thread.sleep(SETTLE_MILLIS);
                fromDisk.add(ask(engine, prompt));
            }
        }
        for (int i = 0; i < runs; i++) {
            if (!read.get(i).answer().equals(fromMemory.get(i).answer())
                    || !read.get(i).answer().equals(fromDisk.get(i).answer())) {
                throw new IllegalStateException("Answers differ: " + read.get(i) + ", " + fromMemory.get(i) + ", "
                        + fromDisk.get(i));
            }
        }
        System.out.printf(Locale.ROOT, "%s, %d threads: first token of a turn of %d tokens behind %d%n", mix, threads,
                messageTokens, firstTokens + ANSWER_TOKENS);
        report("all of it read", read, read);
        report("from memory", fromMemory, read);
        report("from the disk, after a restart", fromDisk, read);
        return 0;
    }

    private static void report(String what, List<Asked> asked, List<Asked> read) {
        double[] ratios = new double[asked.size()];
        Arrays.setAll(ratios, i -> read.get(i).seconds() / asked.get(i).seconds());
        System.out.printf(Locale.ROOT, "  %-32s %7.3f s, %6.1f times as soon, %d tokens restored%n", what,
                median(asked.stream().mapToDouble(Asked::seconds).toArray()), median(ratios), asked.getFirst().restored());
    }

    static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static Asked ask(Engine engine, int[] prompt) throws InterruptedException {
        long before = engine.speed().firstTokenNanos();
        Generation generation = engine.submit(GenerationRequest.of(new Prompt.Tokens(prompt)).withMaxOutputTokens(ANSWER_TOKENS)
                .withIgnoreEndOfGeneration(true), GenerationListener.silent());
        GenerationResult result = generation.await();
        return new Asked(result.tokenIds(), generation.restoredTokens(), (engine.speed().firstTokenNanos() - before) / 1e9);
    }

    private static int[] tokens(int count, long seed, int vocabularySize) {
        return new SplittableRandom(seed).ints(count, 0, vocabularySize).toArray();
    }

    private static int[] concat(int[] prompt, List<Integer> answer, int[] message) {
        int[] all = Arrays.copyOf(prompt, prompt.length + answer.size() + message.length);
        for (int i = 0; i < answer.size(); i++) {
            all[prompt.length + i] = answer.get(i);
        }
        System.arraycopy(message, 0, all, prompt.length + answer.size(), message.length);
        return all;
    }
}
