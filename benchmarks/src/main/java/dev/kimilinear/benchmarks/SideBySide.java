package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import dev.kimilinear.benchmarks.contender.ContenderProcess;
import dev.kimilinear.benchmarks.contender.LlamaPackage;
import dev.kimilinear.benchmarks.realshape.RealShapeModel;
import dev.kimilinear.benchmarks.realshape.WeightMix;
import dev.kimilinear.engine.gguf.GgufFile;

/**
 * Measures this engine and llama.cpp on the same files: for each file and number of threads both load it, then they take
 * turns, one running while the other waits. What is finished is in {@link Results} and not done again.
 */
final class SideBySide {

    /**
     * What to measure.
     *
     * @param depthMixes mixes that are measured behind a long sequence too, which takes minutes of reading it
     * @param chatMixes mixes with which several sequences at a time are measured
     * @param openMixes mixes whose opening is measured
     * @param pairs runs of each side for each cell
     * @param quick short runs, to see that everything works
     * @param again measure cells that are finished
     * @param discard delete each generated file when its cells are done
     */
    record Options(List<WeightMix> mixes, List<WeightMix> depthMixes, List<WeightMix> chatMixes, List<WeightMix> openMixes,
            List<Integer> threads,
            int pairs, int layers, int experts, long seed, Optional<Path> vocabulary, boolean quick, boolean again,
            boolean discard) {

        List<Integer> promptSizes() {
            return quick ? List.of(1, 16, 64) : List.of(1, 16, 64, 512);
        }

        List<Integer> depths() {
            return quick ? List.of(256) : List.of(1024, 8192);
        }

        /** Depth at which prompts are measured, besides 0. */
        int promptDepth() {
            return depths().getLast();
        }

        List<Integer> promptSizesAtDepth() {
            return quick ? List.of(64) : List.of(64, 512);
        }

        int decodedTokens() {
            return quick ? 8 : 32;
        }

        /** The least that one run of a prompt takes; short prompts are repeated. */
        double leastSeconds() {
            return quick ? 0.1 : 1;
        }

        /** Our JVM compiles while it runs: reading and decoding go on for so long before anything is measured. */
        double warmUpSeconds() {
            return quick ? 3 : 30;
        }
    }

    /** Average number of running threads above which other work is in the way. */
    private static final double QUIET_LOAD = 0.5;
    /** Longer than idle threads of either side keep spinning: ggml's poll for about 0.1 s. */
    private static final int SETTLE_MILLIS = 300;
    private static final int MAX_REPETITIONS = 64;
    /** Pairs of decoding for one of a prompt: runs are short, and a shared memory is less steady than shared cores. */
    private static final int DECODE_PAIRS = 3;
    /** Untimed tokens before each run at depth. */
    private static final int WAKING_TOKENS = 4;
    private static final int OPEN_PROMPT_TOKENS = 16;
    private static final int CHATS = 8;
    private static final int CHECKED_PROMPT_TOKENS = 64;
    /**
     * Least cosine between both sides' logits, so that a side which computes something else is not measured. Both round
     * activations in their own way, which moves a close choice of an expert now and then.
     */
    private static final double LEAST_COSINE = 0.9;

    private final Options options;
    private final Path cache;
    private final Path root;
    private final Results results;
    private final Machine machine;
    private final PrintStream log;

    SideBySide(Options options, Path root, Path cache, Results results, Machine machine, PrintStream log) {
        this.options = options;
        this.root = root;
        this.cache = cache;
        this.results = results;
        this.machine = machine;
        this.log = log;
    }

    /** Measures every cell that is not finished. */
    void run() throws IOException, InterruptedException {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        if (load > QUIET_LOAD) {
            log.printf(Locale.ROOT, "THE MACHINE IS BUSY (load %.1f): ratios measured now mean little. llama.cpp's threads spin"
                    + " while they wait for each other and lose the most.%n", load);
        }
        Path libraries = LlamaPackage.install(cache.resolve("llama.cpp"));
        for (WeightMix mix : options.mixes()) {
            runMix(mix, libraries);
        }
        if (options.vocabulary().isPresent()) {
            runTokenizer(options.vocabulary().get(), libraries);
        } else {
            log.println("No --vocab-from was given, so the tokenizer is not measured.");
        }
    }

    private void runMix(WeightMix mix, Path libraries) throws IOException, InterruptedException {
        RealShapeModel model = new RealShapeModel(mix, options.layers(), options.experts(), options.seed(),
                options.vocabulary());
        Path file = cache.resolve(model.fileName());
        for (int threads : options.threads()) {
            List<Cell> steps = pending(steps(model, threads));
            List<Cell> opening = pending(options.openMixes().contains(mix)
                    ? List.of(new Cell(model.fileName(), mix.name(), threads, Cell.Kind.OPEN, OPEN_PROMPT_TOKENS, 0))
                    : List.of());
            List<Cell> chats = pending(options.chatMixes().contains(mix)
                    ? List.of(new Cell(model.fileName(), mix.name(), threads, Cell.Kind.CHATS, CHATS, 0))
                    : List.of());
            if (steps.isEmpty() && chats.isEmpty() && opening.isEmpty()) {
                continue;
            }
            generate(model, file);
            try (ResidentFiles resident = ResidentFiles.lock(List.of(file))) {
                log.printf(Locale.ROOT, "%nHolding %,d MB of %s in memory%n", resident.bytes() / 1_000_000, file);
                if (!steps.isEmpty()) {
                    runSteps(file, threads, steps, libraries);
                }
                for (Cell cell : chats) {
                    runChats(file, cell, libraries);
                }
                for (Cell cell : opening) {
                    runOpen(file, cell, libraries);
                }
            }
        }
        for (Path derived : files(cache.resolve("derived"))) {
            Files.delete(derived);
        }
        if (options.discard() && Files.deleteIfExists(file)) {
            log.println("Deleted " + file);
        }
    }

    /** Cells of steps on a loaded model, those of one depth together. */
    private List<Cell> steps(RealShapeModel model, int threads) {
        List<Cell> cells = new ArrayList<>();
        String mix = model.mix().name();
        for (int tokens : options.promptSizes()) {
            cells.add(new Cell(model.fileName(), mix, threads, Cell.Kind.PREFILL, tokens, 0));
        }
        cells.add(new Cell(model.fileName(), mix, threads, Cell.Kind.DECODE, options.decodedTokens(), 0));
        if (options.depthMixes().contains(model.mix())) {
            for (int depth : options.depths()) {
                cells.add(new Cell(model.fileName(), mix, threads, Cell.Kind.DECODE, options.decodedTokens(), depth));
            }
            for (int tokens : options.promptSizesAtDepth()) {
                cells.add(new Cell(model.fileName(), mix, threads, Cell.Kind.PREFILL, tokens, options.promptDepth()));
            }
        }
        return cells;
    }

    private List<Cell> pending(List<Cell> cells) {
        return cells.stream().filter(cell -> options.again() || results.of(cell).isEmpty()).toList();
    }

    private void generate(RealShapeModel model, Path file) throws IOException {
        if (!Files.exists(file)) {
            log.println("Generating " + file + " ...");
            model.write(file);
        }
    }

    private void runSteps(Path file, int threads, List<Cell> cells, Path libraries) throws IOException, InterruptedException {
        announce(file.getFileName().toString(), threads);
        try (ContenderProcess ours = ContenderProcess.ours(cache);
                ContenderProcess peer = ContenderProcess.llama(cache, libraries)) {
            Turns turns = new Turns(ours, peer, threads);
            turns.ourSettings = ours.open(file, threads, 1, contextTokens());
            turns.peerSettings = peer.open(file, threads, 1, contextTokens());
            checkLogits(ours, peer);
            warmUp(ours);
            warmUp(peer);
            long bytesPerToken;
            try (GgufFile opened = GgufFile.open(file)) {
                bytesPerToken = DecodeTraffic.bytesPerToken(opened);
            }
            int depth = 0;
            for (Cell cell : cells) {
                if (cell.depth() != depth) {
                    depth = cell.depth();
                    for (ContenderProcess side : List.of(ours, peer)) {
                        log.printf(Locale.ROOT, "  %s reads %d tokens ...%n", side.name(), depth);
                        side.reset();
                        side.prefill(depth, depth);
                        side.decode(options.decodedTokens(), depth + 1);
                    }
                }
                turns.measure(cell, bytesPerToken);
            }
        }
    }

    /** Several sequences, each a token further in a step. */
    private void runChats(Path file, Cell cell, Path libraries) throws IOException, InterruptedException {
        announce(file.getFileName() + ", " + cell.tokens() + " chats", cell.threads());
        int tokens = cell.tokens() * options.decodedTokens();
        try (ContenderProcess ours = ContenderProcess.ours(cache);
                ContenderProcess peer = ContenderProcess.llama(cache, libraries)) {
            Map<String, String> ourSettings = ours.open(file, cell.threads(), cell.tokens(), options.decodedTokens());
            Map<String, String> peerSettings = peer.open(file, cell.threads(), cell.tokens(), options.decodedTokens());
            List<float[]> logits = new ArrayList<>();
            for (ContenderProcess side : List.of(ours, peer)) {
                side.decodeTogether(tokens, 0);
                logits.add(side.logits());
            }
            checkLogits(logits, options.decodedTokens());
            for (ContenderProcess side : List.of(ours, peer)) {
                for (double spent = 0; spent < options.warmUpSeconds();) {
                    spent += side.decodeTogether(tokens, 1);
                }
            }
            List<Measurement.Pair> pairs = new ArrayList<>();
            for (int i = 0; i < options.pairs(); i++) {
                int seed = i;
                pairs.add(pair(i, () -> again(ours, tokens, seed), () -> again(peer, tokens, seed), 0));
            }
            record(cell, tokens, 0, pairs, ourSettings, peerSettings);
        }
    }

    private static double again(ContenderProcess side, int tokens, int seed) {
        side.decodeTogether(tokens, seed);
        return side.decodeTogether(tokens, seed);
    }

    private void announce(String what, int threads) {
        log.printf(Locale.ROOT, "%n%s, %d %s%n", what, threads, threads == 1 ? "thread" : "threads");
    }

    private int contextTokens() {
        int runs = options.pairs() + 2;
        int perRun = options.decodedTokens() + WAKING_TOKENS;
        for (int tokens : options.promptSizesAtDepth()) {
            perRun += tokens + WAKING_TOKENS;
        }
        return options.promptDepth() + runs * perRun;
    }

    private void checkLogits(ContenderProcess ours, ContenderProcess peer) {
        List<float[]> logits = new ArrayList<>();
        for (ContenderProcess side : List.of(ours, peer)) {
            side.prefillFromEmpty(CHECKED_PROMPT_TOKENS, 1, 1);
            logits.add(side.logits());
        }
        checkLogits(logits, CHECKED_PROMPT_TOKENS);
    }

    private void checkLogits(List<float[]> logits, int tokens) {
        double cosine = cosine(logits.get(0), logits.get(1));
        log.printf(Locale.ROOT, "  cosine of both sides' logits after %d tokens: %.5f%n", tokens, cosine);
        if (!(cosine >= LEAST_COSINE)) {
            throw new IllegalStateException("The cosine of both sides' logits is " + cosine + ", expected " + LEAST_COSINE
                    + " or more: they do not compute the same. Nothing was measured.");
        }
    }

    static double cosine(float[] a, float[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }

    private void warmUp(ContenderProcess side) {
        double spent = 0;
        for (int i = 0; spent < options.warmUpSeconds(); i++) {
            for (int tokens : options.promptSizes()) {
                spent += side.prefillFromEmpty(tokens, i, 1);
            }
            spent += side.decode(options.decodedTokens(), i);
        }
    }

    /** Both sides, taking turns. */
    private final class Turns {

        private final ContenderProcess ours;
        private final ContenderProcess peer;
        private final int threads;
        private Map<String, String> ourSettings = Map.of();
        private Map<String, String> peerSettings = Map.of();

        Turns(ContenderProcess ours, ContenderProcess peer, int threads) {
            this.ours = ours;
            this.peer = peer;
            this.threads = threads;
        }

        void measure(Cell cell, long weightBytesPerToken) throws IOException, InterruptedException {
            boolean share = cell.kind() == Cell.Kind.DECODE;
            List<Measurement.Pair> pairs = new ArrayList<>();
            int ourTimes = repetitions(ours, cell);
            int peerTimes = repetitions(peer, cell);
            int count = share && cell.depth() == 0 ? DECODE_PAIRS * options.pairs() : options.pairs();
            for (int i = 0; i < count; i++) {
                int seed = i;
                pairs.add(pair(i, () -> run(ours, cell, seed, ourTimes), () -> run(peer, cell, seed, peerTimes),
                        share ? ours.readBytesPerSecond(threads) : 0));
            }
            record(cell, cell.tokens(), share ? weightBytesPerToken : 0, pairs, ourSettings, peerSettings);
        }

        /** How often a prompt must be read from the start to take long enough; everything else runs once. */
        private int repetitions(ContenderProcess side, Cell cell) {
            if (cell.kind() != Cell.Kind.PREFILL || cell.depth() > 0) {
                return 1;
            }
            double once = side.prefillFromEmpty(cell.tokens(), 0, 1);
            return (int) Math.clamp(Math.ceil(options.leastSeconds() / once), 1, MAX_REPETITIONS);
        }

        /**
         * Seconds of one run. At depth 0 a run begins with an empty sequence and comes after the same run untimed; deeper, runs
         * follow one another, each after a few tokens untimed. Otherwise the first one would pay for what the other side's turn
         * took away: caches, and on some systems the mapping of memory that was idle.
         */
        private double run(ContenderProcess side, Cell cell, int seed, int times) {
            boolean prefill = cell.kind() == Cell.Kind.PREFILL;
            if (cell.depth() > 0) {
                side.decode(WAKING_TOKENS, seed);
                return prefill ? side.prefill(cell.tokens(), seed) : side.decode(cell.tokens(), seed);
            }
            if (prefill) {
                side.prefillFromEmpty(cell.tokens(), seed, 1);
                return side.prefillFromEmpty(cell.tokens(), seed, times) / times;
            }
            side.reset();
            side.decode(cell.tokens(), seed);
            side.reset();
            return side.decode(cell.tokens(), seed);
        }
    }

    @FunctionalInterface
    private interface Run {
        double seconds() throws IOException, InterruptedException;
    }

    /** One run of each side; who begins changes from pair to pair. */
    private static Measurement.Pair pair(int index, Run ours, Run peer, double readBytesPerSecond)
            throws IOException, InterruptedException {
        double ourSeconds = 0;
        double peerSeconds = 0;
        for (int turn = 0; turn < 2; turn++) {
            Thread.sleep(SETTLE_MILLIS);
            if ((index + turn) % 2 == 0) {
                ourSeconds = ours.seconds();
            } else {
                peerSeconds = peer.seconds();
            }
        }
        return new Measurement.Pair(ourSeconds, peerSeconds, readBytesPerSecond);
    }

    private void runOpen(Path file, Cell cell, Path libraries) throws IOException, InterruptedException {
        announce(file.getFileName() + " from closed", cell.threads());
        int vocabularySize;
        try (GgufFile opened = GgufFile.open(file)) {
            vocabularySize = opened.metadata().integer("kimi-linear.vocab_size");
        }
        Path derived = cache.resolve("derived");
        double first = open(ContenderProcess.ours(cache), file, derived, cell, 0, vocabularySize);
        List<Measurement.Pair> pairs = new ArrayList<>();
        try (ResidentFiles panels = ResidentFiles.lock(files(derived))) {
            log.printf(Locale.ROOT,
                    "  an opening before the timed ones, which makes panels if there are none: %.2f s (%,d MB)%n",
                    first, panels.bytes() / 1_000_000);
            for (int i = 0; i < options.pairs(); i++) {
                int seed = i;
                pairs.add(pair(i, () -> open(ContenderProcess.ours(cache), file, derived, cell, seed, vocabularySize),
                        () -> open(ContenderProcess.llama(cache, libraries), file, derived, cell, seed, vocabularySize), 0));
            }
        }
        record(cell, 1, 0, pairs, Map.of(), Map.of());
    }

    private static double open(ContenderProcess side, Path file, Path derived, Cell cell, int seed, int vocabularySize) {
        try (side) {
            return side.firstToken(file, derived, cell.threads(), cell.tokens(), seed, vocabularySize);
        }
    }

    /** All files below a folder, which need not exist. */
    private static List<Path> files(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private void runTokenizer(Path vocabulary, Path libraries) throws IOException, InterruptedException {
        Cell cell = new Cell(vocabulary.getFileName().toString(), "", 1, Cell.Kind.TOKENIZE, MixedText.BYTES, 0);
        if (pending(List.of(cell)).isEmpty()) {
            return;
        }
        Path text = cache.resolve("text.txt");
        Files.writeString(text, MixedText.of(root));
        log.printf(Locale.ROOT, "%nTokenizer of %s%n", vocabulary);
        try (ContenderProcess ours = ContenderProcess.ours(cache);
                ContenderProcess peer = ContenderProcess.llama(cache, libraries)) {
            ours.loadText(vocabulary, text);
            peer.loadText(vocabulary, text);
            int ids = checkIds(ours.encode().ids(), peer.encode().ids());
            double spent = 0;
            while (spent < options.warmUpSeconds() / 3) {
                spent += ours.encode().seconds();
            }
            List<Measurement.Pair> pairs = new ArrayList<>();
            for (int i = 0; i < options.pairs(); i++) {
                pairs.add(pair(i, () -> ours.encode().seconds(), () -> peer.encode().seconds(), 0));
            }
            record(cell, ids, 0, pairs, Map.of(), Map.of());
        }
    }

    /** Their number. */
    private static int checkIds(int[] ours, int[] peer) {
        int at = Arrays.mismatch(ours, peer);
        if (at >= 0) {
            throw new IllegalStateException("Token " + at + " of the text is " + id(ours, at) + ", llama.cpp says "
                    + id(peer, at) + ": the tokenizers do not do the same. Nothing was measured.");
        }
        return ours.length;
    }

    private static String id(int[] ids, int at) {
        return at < ids.length ? "id " + ids[at] : "missing";
    }

    private void record(Cell cell, int units, long weightBytesPerToken, List<Measurement.Pair> pairs,
            Map<String, String> ourSettings, Map<String, String> peerSettings) throws IOException {
        Measurement measurement = new Measurement(cell, machine, options.quick(), units, weightBytesPerToken, pairs,
                LocalDate.now().toString(), System.getProperty("java.vm.name") + " " + Runtime.version(), LlamaPackage.NAME,
                ourSettings, peerSettings);
        results.add(measurement);
        ToDoubleFunction<Measurement.Pair> ourSeconds = Measurement.Pair::ourSeconds;
        log.printf(Locale.ROOT, "  %-32s ours %8.2f/s  llama.cpp %8.2f/s  ratio %.2f (%.2f..%.2f)%s%n", cell.label(),
                measurement.ourSpeed(), measurement.peerSpeed(), measurement.ratio(), measurement.smallestRatio(),
                measurement.largestRatio(), measurement.knowsReadShare()
                        ? String.format(Locale.ROOT, "  %.0f %% of read bandwidth", 100 * measurement.readShare(ourSeconds))
                        : "");
    }
}
