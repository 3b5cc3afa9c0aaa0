package dev.kimilinear.engine;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ContextLengthException;
import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineHealth;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.EngineOverloadedException;
import dev.kimilinear.engine.api.EngineSpeed;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.InsufficientMemoryException;
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.ModelDetails;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.ModelInfo;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.RenderedPrompt;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.SnapshotMiss;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.kimilinear.engine.api.ToolChoice;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.api.UnsupportedSchemaException;
import dev.kimilinear.engine.chat.ChatTemplate;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.TensorInfo;
import dev.kimilinear.engine.host.Cores;
import dev.kimilinear.engine.host.PageLoader;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.model.KimiConfig;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.serving.AnswerForms;
import dev.kimilinear.engine.serving.EngineLoop;
import dev.kimilinear.engine.serving.Submissions;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.serving.snapshot.SnapshotFiles;
import dev.kimilinear.engine.tokenizer.TextDecoder;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * One opened model. Thread-safe: requests from any thread are queued for the one thread that owns the model. It
 * works at several of them at a time: a step of the model takes each of them further. Holds the mapped file, the threads
 * that compute, and the memory of the sequences in work, until {@link #close}.
 *
 * <pre>{@code
 * try (Engine engine = Engine.open(Path.of("kimi.gguf"), EngineOptions.defaults())) {
 *     Prompt prompt = Prompt.chat(ChatTurn.user("What is the capital of France?"));
 *     GenerationResult answer = engine.submit(GenerationRequest.of(prompt), listener).await();
 * }
 * }</pre>
 */
public final class Engine implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Engine.class.getName());

    private final ModelInfo info;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final EngineLoop loop;
    private final LoadedModel loaded;
    private final String kernelsReason;
    private final ModelFingerprint fingerprint;
    private final Submissions submissions;

    private Engine(ModelInfo info, Tokenizer tokenizer, ChatTemplate template, EngineLoop loop, LoadedModel loaded,
            String kernelsReason, ModelFingerprint fingerprint, Runnable release) {
        this.info = info;
        this.tokenizer = tokenizer;
        this.template = template;
        this.loop = loop;
        this.loaded = loaded;
        this.kernelsReason = kernelsReason;
        this.fingerprint = fingerprint;
        submissions = new Submissions(info.name(), loop, release);
    }

    /**
     * This engine for one of several who have it together: what this one submits and closes is not that of the others.
     *
     * @param release called by the first {@link #close}, in place of closing the model
     */
    Engine sharedWith(Runnable release) {
        return new Engine(info, tokenizer, template, loop, loaded, kernelsReason, fingerprint, release);
    }

    /**
     * Opens a model and logs one line that says what it is and how it runs. Weights stay in mapped files, the model's
     * or its panels' (see {@link PanelMode}): a step reads the pages that it needs, and a thread in the background the
     * others, if all fit into memory. Making a panel file, once for a model, takes as long as writing it.
     *
     * @param model a GGUF file; of a split model its first part
     * @throws ModelFormatException if the file cannot be read, is damaged, or is not a model that this engine runs
     * @throws IllegalArgumentException if a longer context is asked for than the model has
     * @throws InsufficientMemoryException if state, workspace and panels in memory do not fit into the heap or into memory
     * @throws EngineException if the kernels asked for cannot run on this JVM, or a panel file was asked for and cannot be
     *         written
     */
    public static Engine open(Path model, EngineOptions options) {
        GgufFile file = GgufFile.open(model);
        List<AutoCloseable> resources = new ArrayList<>();
        resources.add(file);
        try {
            LoadedModel loaded = LoadedModel.plan(file, KernelSelector.select(options.kernels()), options);
            resources.addFirst(loaded);
            KimiConfig config = loaded.config();
            // After the shapes were checked: a damaged size must not pass for a lack of memory.
            String name = name(file);
            int contextTokens = contextTokens(options, config);
            int threads = options.threads() > 0 ? options.threads() : Cores.physical();
            MemoryBudget budget = MemoryBudget.ofThisProcess();
            MemoryPlan memory = budget.plan(config, file.bytes(), loaded.panelMemoryBytes(), contextTokens, threads, options);
            MemoryBudget.check(name, memory);
            Tokenizer tokenizer = Tokenizer.of(file.metadata());
            if (tokenizer.size() != config.vocabularySize()) {
                throw file.metadata().refusal("the tokenizer has " + tokenizer.size() + " tokens, expected "
                        + config.vocabularySize() + " as in the embedding");
            }
            ChatTemplate template = ChatTemplate.of(file.metadata(), tokenizer);
            WorkerPool pool = new WorkerPool(threads, "kimi-linear-" + name);
            resources.addFirst(pool);
            loaded.load(pool, memory.memoryLimitBytes() - memory.privateBytes());
            // Panels that could not be kept in a file may be in memory now.
            memory = budget.plan(config, file.bytes(), loaded.panelMemoryBytes(), contextTokens, threads, options);
            if (memory.weightsFit()) {
                resources.addFirst(PageLoader.start("kimi-linear-" + name, loaded.mapped()));
            }
            ModelInfo info = new ModelInfo(name, file.path(), parameters(file), file.bytes(), weightTypes(file),
                    config.blockCount(), config.vocabularySize(), contextTokens, config.contextLength(), threads,
                    loaded.kernels().name());
            KimiLinear kimi = loaded.model(pool);
            String kernelsReason = KernelSelector.reason(options.kernels());
            ModelFingerprint fingerprint = new ModelFingerprint(file, options.latentCache());
            EngineLoop loop = EngineLoop.start(name, kimi, tokenizer,
                    new AnswerForms(tokenizer, template.argumentWriting()), memory, options,
                    snapshots(name, fingerprint, kimi, memory, options), resources);
            LOG.log(Level.INFO, summary(info, memory));
            return new Engine(info, tokenizer, template, loop, loaded, kernelsReason, fingerprint, loop::close);
        } catch (Throwable failure) {
            closeAll(resources, failure);
            throw failure;
        }
    }

    /**
     * Queues a request. Its prompt is turned into tokens here, on the caller's thread, so that what is wrong with it is
     * thrown here.
     *
     * @param listener hears the answer on a thread of its own
     * @throws IllegalArgumentException if the prompt has no tokens, or ids that are not in the vocabulary; if a schema, a
     *         grammar or a logit bias is none
     * @throws UnsupportedSchemaException if a schema asks for what an answer cannot be held to
     * @throws EngineException if the model's chat template refuses the conversation, or the model cannot call tools
     * @throws ContextLengthException if prompt and output do not fit into the context
     * @throws EngineOverloadedException if too many requests wait already
     * @throws EngineClosedException after {@link #close}
     */
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        return submissions.submit(tokens(request.prompt(), request.toolChoice()), request, listener);
    }

    /**
     * Reads what all conversations begin with whose turns are these, the last one going on in any way, and keeps a snapshot of
     * it. This happens in the background, when there is nothing else to do, and at every start of an engine again; where the
     * snapshot is stored there is nothing to read. Without snapshots it does nothing.
     *
     * @param turns at least one; of the last one perhaps only the beginning
     * @throws EngineException if the model's chat template refuses the conversation
     */
    public void prepare(List<ChatTurn> turns, List<ToolSpec> tools) {
        int[] beginning = template.encodeBeginning(turns, tools);
        if (beginning.length > 0) {
            loop.prepare(beginning);
        }
    }

    /**
     * Compiles what answers of this form, and calls of these tools, are held to, so that the first request need not wait for
     * it. What was used longest ago is forgotten when much else was compiled since.
     *
     * @throws IllegalArgumentException if a schema or a grammar is none
     * @throws UnsupportedSchemaException if a schema asks for what an answer cannot be held to
     * @throws EngineException if there are tools and the model cannot call any
     */
    public void prepare(AnswerFormat format, List<ToolSpec> tools) {
        loop.prepare(GenerationRequest.of(new Prompt.Chat(List.of(), tools)).withFormat(format));
    }

    /** What is loaded and how it runs. */
    public ModelInfo model() {
        return info;
    }

    /**
     * What the model consists of and how its weights are read. The first call may take a second in a large model, for its
     * fingerprint.
     *
     * @throws EngineClosedException if the engine was closed before the fingerprint was known
     */
    public ModelDetails details() {
        try {
            return loaded.details(kernelsReason, HexFormat.of().formatHex(fingerprint.bytes()));
        } catch (IllegalStateException e) {
            // The file is no longer mapped.
            throw new EngineClosedException(info.name());
        }
    }

    /** A snapshot of load and memory. */
    public EngineStats stats() {
        return loop.stats();
    }

    /** How fast it works. */
    public EngineSpeed speed() {
        return loop.speed();
    }

    /** Whether it can answer. */
    public EngineHealth health() {
        EngineHealth health = loop.health();
        return submissions.isClosed() ? new EngineHealth(false, health.failure(), 0) : health;
    }

    /** How far each request is that was submitted and whose listener has not heard the end: the oldest first. */
    public List<RequestActivity> activity() {
        return loop.activity();
    }

    /** How much each expert has worked. */
    public ExpertLoad expertLoad() {
        return loop.expertLoad();
    }

    /** The last 20 prompts of which more was read than they seem to need, the newest first. */
    public List<SnapshotMiss> misses() {
        return loop.misses();
    }

    /** What exactly the model reads of a prompt. Refuses what {@link #submit} refuses in a conversation. */
    public RenderedPrompt render(Prompt prompt) {
        int[] ids = tokens(prompt, ToolChoice.AUTO);
        TextDecoder decoder = tokenizer.decoder(true);
        List<RenderedPrompt.Token> tokens = new ArrayList<>(ids.length);
        for (int i = 0; i < ids.length; i++) {
            String text = decoder.accept(ids[i]);
            String rest = i == ids.length - 1 ? decoder.finish() : "";
            tokens.add(new RenderedPrompt.Token(ids[i], text + rest, tokenizer.isControl(ids[i])));
        }
        return new RenderedPrompt(tokens);
    }

    /** The tokens that a prompt takes of the context. Refuses what {@link #submit} refuses in a conversation. */
    public int countTokens(Prompt prompt) {
        return tokens(prompt, ToolChoice.AUTO).length;
    }

    /**
     * Computes logits without generating anything, for whoever checks or measures a model. Waits for them; other requests
     * go on in between.
     *
     * @param tokens token ids
     * @param positions ascending: a row of logits after {@code tokens[0..position]} is wanted for each
     * @param chunkTokens the most tokens of one step, which does not change the result; 0 means the engine's own choice
     * @param sink takes the rows in order, one float a token of the vocabulary, on the calling thread; a row is its to keep
     * @throws IllegalArgumentException if there are no tokens or positions, or one is out of range
     * @throws ContextLengthException if the tokens up to the last position do not fit into the context
     * @throws EngineClosedException if the engine is closed
     * @throws InterruptedException if the calling thread was interrupted while it waited
     */
    public void logits(int[] tokens, int[] positions, int chunkTokens, Consumer<float[]> sink) throws InterruptedException {
        submissions.checkOpen();
        loop.logits(tokens, positions, chunkTokens, sink);
    }

    /** Cancels all requests, queued and running. Others may come. Those of others who share the engine go on. */
    public void cancelAll() {
        submissions.cancelAll();
    }

    /**
     * Ends all requests with an {@link EngineClosedException}, waits for the step in work to end, and releases the file,
     * the threads and the memory; but as long as others share the engine, it cancels the requests made here and nothing else.
     * Further calls do nothing.
     */
    @Override
    public void close() {
        submissions.close();
    }

    private int[] tokens(Prompt prompt, ToolChoice choice) {
        return switch (prompt) {
            case Prompt.Chat chat -> template.encode(chat.turns(), choice == ToolChoice.NONE ? List.of() : chat.tools());
            case Prompt.Text text -> tokenizer.encode(text.text(), true);
            case Prompt.Tokens tokens -> tokens.ids().clone();
        };
    }

    private static SnapshotCache snapshots(String name, ModelFingerprint fingerprint, KimiLinear model, MemoryPlan memory,
            EngineOptions options) {
        long bytes = memory.snapshotBytes();
        SnapshotOptions asked = options.snapshots();
        if (bytes == 0) {
            return SnapshotCache.off();
        }
        if (asked.diskBytes() == 0 && asked.store().isEmpty()) {
            return SnapshotCache.inMemory(name, bytes);
        }
        SnapshotStore store = asked.store().orElseGet(
                () -> new SnapshotFiles(options.cacheDirectory().resolve("snapshots"), asked.diskBytes()));
        return SnapshotCache.inStore(name, bytes, store, fingerprint::bytes, model::newState, memory.contextTokens());
    }

    private static int contextTokens(EngineOptions options, KimiConfig config) {
        int longest = config.contextLength();
        if (options.contextTokens() == 0) {
            return Math.min(longest, EngineOptions.DEFAULT_CONTEXT_TOKENS);
        }
        if (options.contextTokens() > longest) {
            throw new IllegalArgumentException(String.format(Locale.ROOT,
                    "A context of %,d tokens was asked for but the model has %,d (context_length). Ask for at most that.",
                    options.contextTokens(), longest));
        }
        return options.contextTokens();
    }

    /** {@code general.name}, or the file's name without its ending and part numbers. */
    private static String name(GgufFile file) {
        return file.metadata().optionalString("general.name").filter(name -> !name.isBlank())
                .orElseGet(() -> file.path().getFileName().toString().replaceFirst("(-\\d{5}-of-\\d{5})?\\.gguf$", ""));
    }

    private static long parameters(GgufFile file) {
        long parameters = 0;
        for (TensorInfo tensor : file.tensors()) {
            parameters += tensor.elements();
        }
        return parameters;
    }

    /** The types of the tensors of rank 2 and more, with the share of each in bytes. */
    private static String weightTypes(GgufFile file) {
        Map<GgmlType, Long> bytes = new EnumMap<>(GgmlType.class);
        long total = 0;
        for (TensorInfo tensor : file.tensors()) {
            if (tensor.rank() > 1) {
                bytes.merge(tensor.type(), tensor.bytes(), Long::sum);
                total += tensor.bytes();
            }
        }
        List<Map.Entry<GgmlType, Long>> largestFirst = new ArrayList<>(bytes.entrySet());
        largestFirst.sort(Map.Entry.<GgmlType, Long> comparingByValue().reversed());
        StringBuilder text = new StringBuilder();
        for (Map.Entry<GgmlType, Long> entry : largestFirst) {
            long percent = Math.round(100.0 * entry.getValue() / total);
            text.append(text.isEmpty() ? "" : ", ").append(entry.getKey()).append(percent == 0 ? " <1" : " " + percent)
                    .append(" %");
        }
        return text.toString();
    }

    private static String summary(ModelInfo info, MemoryPlan memory) {
        return String.format(Locale.ROOT,
                "Model \"%s\" from %s: %s, %d layers, context of %,d tokens (file: %,d), %d %s, %s kernels, up to %s of heap",
                info.name(), info.file(), info.weightTypes(), info.layers(), info.contextTokens(), info.fileContextTokens(),
                info.threads(), info.threads() == 1 ? "thread" : "threads", info.kernels(),
                MemoryPlan.text(memory.heapBytes()));
    }

    private static void closeAll(List<AutoCloseable> resources, Throwable failure) {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }
}
