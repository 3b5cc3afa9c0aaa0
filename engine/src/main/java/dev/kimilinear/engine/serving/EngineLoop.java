package dev.kimilinear.engine.serving;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

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
import dev.kimilinear.engine.api.MemoryPlan;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.SnapshotMiss;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Span;
import dev.kimilinear.engine.serving.snapshot.SnapshotCache;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * The owner thread: the only one that touches the model and the state of sequences. Everybody else puts requests into a
 * bounded queue and listens. Each turn it takes the sequences in work one step further, all in one batch: schedule (who
 * reads what, see {@link Scheduler}), forward (the model), accept (token, text, perhaps the end). Before the first request it
 * warms up. No code of a caller runs on it.
 */
public final class EngineLoop implements AutoCloseable {

    /** Before the warm-up begins: longer than it takes to open an engine and submit a request. */
    private static final long WARM_UP_DELAY_NANOS = 100_000_000;

    /** Tokens of either side that an explanation quotes. */
    private static final int EXPLAINED_TOKENS = 12;

    private static final Logger LOG = System.getLogger(EngineLoop.class.getName());

    private final String modelName;
    private final StepModel model;
    private final Tokenizer tokenizer;
    private final int contextTokens;
    private final EngineOptions options;
    private final List<? extends AutoCloseable> resources;
    private final Thread owner;

    private final Inbox inbox;

    /** From their submission until the last call of their listener. */
    private final Set<Outbox> requests = ConcurrentHashMap.newKeySet();
    private final Misses misses = new Misses();

    /** What stopped the owner thread, if not {@link #close}. */
    private volatile Throwable failure;
    /** Whether it has something to do, and the point of {@link System#nanoTime} at which that last moved. */
    private volatile boolean busy;
    private volatile long progressAt;

    // Owner thread only. What runs in every step makes no garbage: no iterators, no capturing lambdas, one batch.
    private final Scheduler scheduler;
    private final Batch batch = new Batch();
    private final BooleanSupplier unwanted = this::isUnwanted;
    private final WarmUp warmUp;
    private final Preparation preparation;

    private final SnapshotCache snapshots;
    private final LoadCounters counters;
    private final AnswerForms forms;

    /**
     * Starts an owner thread.
     *
     * @param forms what answers are held to
     * @param memory what the model was opened for: the most sequences in work and the most tokens of one
     * @param options the most tokens of a step and the most requests that wait
     * @param snapshots closed when the owner thread has ended, before the resources
     * @param resources what the model stands on (threads, mapped files): closed in this order when the owner thread has
     *        ended, and never before
     */
    public static EngineLoop start(String modelName, KimiLinear model, Tokenizer tokenizer, AnswerForms forms,
            MemoryPlan memory, EngineOptions options, SnapshotCache snapshots, List<? extends AutoCloseable> resources) {
        StepModel steps = new KimiStepModel(model);
        return new EngineLoop(modelName, steps, tokenizer, forms, memory, options,
                new WarmUp(steps, memory.contextTokens(), System::nanoTime), snapshots, resources);
    }

    EngineLoop(String modelName, StepModel model, Tokenizer tokenizer, AnswerForms forms, MemoryPlan memory,
            EngineOptions options, WarmUp warmUp, SnapshotCache snapshots, List<? extends AutoCloseable> resources) {
        this.modelName = modelName;
        this.model = model;
        this.tokenizer = tokenizer;
        this.forms = forms;
        contextTokens = memory.contextTokens();
        counters = new LoadCounters(memory);
        this.options = options;
        inbox = new Inbox(modelName, options.maxQueuedRequests());
        scheduler = new Scheduler(memory.sequences(), options.stepTokens());
        this.warmUp = warmUp;
        this.snapshots = snapshots;
        preparation = new Preparation(model, snapshots);
        this.resources = List.copyOf(resources);
        // It outlives the caller, whose class loader and request context it must not keep alive.
        owner = Thread.ofPlatform().daemon().name("kimi-linear-" + modelName + "-owner")
                .inheritInheritableThreadLocals(false).unstarted(this::run);
        progressAt = System.nanoTime();
        owner.start();
        Thread.ofVirtual().name("kimi-linear-" + modelName + "-forms").start(forms::warmUp);
    }

    // Any thread.

    /**
     * Queues a request.
     *
     * @param prompt token ids; not changed here, and not to be changed by the caller
     * @throws IllegalArgumentException if the prompt is empty or has an id that is not in the vocabulary; if a schema, grammar
     *         or logit bias is none
     * @throws ContextLengthException if prompt and output do not fit into the context
     * @throws EngineException if there are tools and the model cannot call any
     * @throws EngineOverloadedException if the queue is full
     * @throws EngineClosedException after {@link #close}
     */
    public Generation submit(int[] prompt, GenerationRequest request, GenerationListener listener) {
        Objects.requireNonNull(listener, "listener");
        checkTokens(prompt);
        int output = Math.max(1, request.maxOutputTokens());
        if ((long) prompt.length + output > contextTokens) {
            throw new ContextLengthException(prompt.length, output, contextTokens);
        }
        int outputLimit = request.maxOutputTokens() > 0 ? output : contextTokens - prompt.length;
        AnswerForm form = forms.of(request);
        Outbox outbox = new Outbox(this::withdraw, requests::remove, counters, listener, prompt.length);
        Sequence sequence = new Sequence(outbox, counters, request, form, tokenizer, prompt, outputLimit);
        inbox.add(sequence, ready -> snapshots.prefetch(prompt, ready));
        requests.add(outbox);
        outbox.open();
        return outbox;
    }

    /**
     * Computes logits, chunk by chunk between the steps of other requests, and waits for them.
     *
     * @param tokens token ids
     * @param positions ascending: a row of logits after {@code tokens[0..position]} is wanted for each
     * @param chunkTokens the most tokens of one step; the bits do not depend on it, the memory for logits does. 0 means the
     *        engine's own {@link EngineOptions#stepTokens}
     * @param sink takes the rows in order, on the calling thread; a row is its to keep
     * @throws IllegalArgumentException if there is nothing to do or an argument is out of range
     * @throws ContextLengthException if the tokens up to the last position do not fit into the context
     * @throws EngineClosedException if the engine is closed
     * @throws InterruptedException if the calling thread was interrupted while it waited
     */
    public void logits(int[] tokens, int[] positions, int chunkTokens, Consumer<float[]> sink) throws InterruptedException {
        checkTokens(tokens);
        checkPositions(positions, tokens.length);
        if (chunkTokens < 0) {
            throw new IllegalArgumentException("chunkTokens is " + chunkTokens + ", expected 0 (default) or more");
        }
        int end = positions[positions.length - 1] + 1;
        if (end > contextTokens) {
            throw new ContextLengthException(end, 0, contextTokens);
        }
        int[] read = Arrays.copyOf(tokens, end);
        int chunk = chunkTokens == 0 ? options.stepTokens() : chunkTokens;
        int mostRows = Integer.MAX_VALUE / model.vocabularySize();
        if (Math.min(chunk, positions.length) > mostRows) {
            throw new IllegalArgumentException("chunkTokens is " + chunkTokens + ", expected at most " + mostRows
                    + " for so many positions (the logits of a step are one array)");
        }
        SequenceState state = call(model::newState);
        int next = 0;
        for (int from = 0; from < end;) {
            int start = from;
            int to = (int) Math.min(end, (long) from + chunk);
            int rows = 0;
            while (next + rows < positions.length && positions[next + rows] < to) {
                rows++;
            }
            int[] at = new int[rows];
            for (int i = 0; i < rows; i++) {
                at[i] = positions[next++] - from;
            }
            for (float[] row : call(() -> rows(new Span(state).of(read, start, to, at)))) {
                sink.accept(row);
            }
            from = to;
        }
    }

    /**
     * Reads a beginning of prompts when there is nothing else to do, and keeps a snapshot of it. Without snapshots it does
     * nothing; a beginning of so few tokens that it is not worth a snapshot, or one that leaves no room in the context, is
     * left out.
     *
     * @param beginning token ids; not changed here, and not to be changed by the caller
     * @throws IllegalArgumentException if it is empty or has an id that is not in the vocabulary
     */
    public void prepare(int[] beginning) {
        checkTokens(beginning);
        if (!snapshots.isOn() || beginning.length < SnapshotCache.LEAST_GAIN || beginning.length >= contextTokens) {
            return;
        }
        Runnable add = () -> inbox.add(new FutureTask<>(() -> preparation.add(beginning), null));
        if (!snapshots.prefetchBeginning(beginning, add)) {
            add.run();
        }
    }

    /** Compiles what the answer to a request is held to. Fails as {@link #submit} does. */
    public void prepare(GenerationRequest request) {
        forms.of(request);
    }

    /** The most rows of a step. */
    public static int mostRows(EngineOptions options) {
        return Scheduler.mostRows(options.parallelSequences(), options.stepTokens());
    }

    /** How fast it works. */
    public EngineSpeed speed() {
        return counters.speed();
    }

    /** Whether it can answer. */
    public EngineHealth health() {
        Throwable error = failure;
        boolean running = owner.isAlive() && !inbox.isClosing() && error == null;
        long stalled = running && busy ? Math.max(0, System.nanoTime() - progressAt) / 1_000_000 : 0;
        return new EngineHealth(running, error == null ? null : error.toString(), stalled);
    }

    /** A snapshot of the load. */
    public EngineStats stats() {
        return counters.snapshot(inbox.waiting(), snapshots.stats());
    }

    /** How far each request is, the oldest first: from its submission until the last call of its listener. */
    public List<RequestActivity> activity() {
        List<Outbox> oldestFirst = new ArrayList<>(requests);
        long now = System.nanoTime();
        oldestFirst.sort(Comparator.comparingLong(request -> request.submitted() - now));
        return oldestFirst.stream().map(request -> request.activity(now)).toList();
    }

    /** How much each expert has worked. */
    public ExpertLoad expertLoad() {
        return model.expertLoad();
    }

    /** The last prompts that were read though an earlier request had most of them, the newest first. */
    public List<SnapshotMiss> misses() {
        return misses.newestFirst();
    }

    /**
     * Ends all requests, queued and running, with an {@link EngineClosedException}, waits for the owner thread to end, and
     * closes what the model stands on. Further calls only wait. Not interruptible, because the model must not vanish under
     * a running step.
     */
    @Override
    public void close() {
        assert !isOwner();
        inbox.close();
        boolean interrupted = false;
        while (true) {
            try {
                owner.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkTokens(int[] tokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("The prompt has no tokens, expected at least one");
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= model.vocabularySize()) {
                throw new IllegalArgumentException("tokens[" + i + "] is " + tokens[i] + ", expected 0 to "
                        + (model.vocabularySize() - 1) + " (vocabulary of " + model.vocabularySize() + " tokens)");
            }
        }
    }

    private static void checkPositions(int[] positions, int tokens) {
        if (positions.length == 0) {
            throw new IllegalArgumentException("positions is empty, expected at least one");
        }
        int previous = -1;
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] <= previous || positions[i] >= tokens) {
                throw new IllegalArgumentException("positions[" + i + "] is " + positions[i] + ", expected "
                        + (previous + 1) + " to " + (tokens - 1) + " (ascending, within " + tokens + " tokens)");
            }
            previous = positions[i];
        }
    }

    /** Runs work on the owner thread and waits for it. */
    private <T> T call(Callable<T> work) throws InterruptedException {
        assert !isOwner();
        FutureTask<T> task = new FutureTask<>(work);
        if (!inbox.add(task)) {
            throw new EngineClosedException(modelName);
        }
        try {
            return task.get();
        } catch (CancellationException e) {
            throw new EngineClosedException(modelName);
        } catch (ExecutionException e) {
            throw failure("Computing logits", e.getCause());
        } finally {
            // Interrupted: a task that has not begun does nothing any more.
            task.cancel(false);
        }
    }

    /** Takes a cancelled request out of the queue and ends it. One in work is seen to by the owner thread. */
    private void withdraw(Outbox outbox) {
        Sequence withdrawn = inbox.withdraw(outbox);
        if (withdrawn != null) {
            withdrawn.letGo();
        }
    }

    // The owner thread.

    private boolean isOwner() {
        return Thread.currentThread() == owner;
    }

    private void run() {
        try {
            // Whoever opens an engine for a request of his own should not wait for a step of the warm-up.
            inbox.awaitWork(WARM_UP_DELAY_NANOS);
            while (awaitWork()) {
                progressAt = System.nanoTime();
                if (idle()) {
                    useIdleTime();
                } else {
                    runTask();
                    step();
                }
            }
        } catch (Throwable error) {
            failure = error;
            LOG.log(Level.ERROR, "The engine of model \"" + modelName + "\" stops after an error in its own loop", error);
        } finally {
            endEverything();
            closeResources();
        }
    }

    /** Waits until there is something to do, be it the warm-up; false when the engine is closing. */
    private boolean awaitWork() {
        if (scheduler.running().isEmpty() && warmUp.isOver() && preparation.isOver()) {
            busy = false;
            inbox.awaitWork();
            progressAt = System.nanoTime();
        }
        busy = true;
        return !inbox.isClosing();
    }

    private boolean idle() {
        return scheduler.running().isEmpty() && !inbox.hasWork();
    }

    private void useIdleTime() {
        if (preparation.isOver()) {
            warmUp();
        } else {
            prepare();
        }
    }

    /** What reads prompts warms up, too. */
    private void prepare() {
        try {
            preparation.step();
        } catch (Throwable error) {
            preparation.next();
            LOG.log(Level.WARNING, "Preparing model \"" + modelName + "\" for its first requests failed; they will read all of"
                    + " their prompts", error);
        }
    }

    private void warmUp() {
        assert isOwner();
        try {
            warmUp.step();
        } catch (Throwable error) {
            warmUp.end();
            LOG.log(Level.WARNING, "The warm-up of model \"" + modelName + "\" failed; the first requests will be slow", error);
        }
    }

    private void runTask() {
        FutureTask<?> task = inbox.nextTask();
        if (task != null) {
            task.run();
        }
    }

    private void step() {
        assert isOwner();
        letGo();
        admit();
        if (!scheduler.running().isEmpty()) {
            preparation.pause();
            warmUp.end();
            scheduler.schedule(batch);
            float[] logits = forward();
            if (logits != null) {
                counters.stepRun(batch.spans().size(), batch.rows());
                model.countExperts();
                accept(logits);
            }
            scheduler.removeEnded();
        }
        countStates();
    }

    private void countStates() {
        long bytes = 0;
        for (int i = 0; i < scheduler.running().size(); i++) {
            bytes += scheduler.running().get(i).stateBytes();
        }
        counters.statesHold(bytes);
    }

    /** Ends sequences in work that nobody wants any more. */
    private void letGo() {
        long now = System.nanoTime();
        for (int i = 0; i < scheduler.running().size(); i++) {
            Sequence sequence = scheduler.running().get(i);
            if (sequence.outbox().abandoned()) {
                sequence.letGo();
            } else if (sequence.isLate(now)) {
                sequence.failLate(now);
            }
        }
        scheduler.removeEnded();
    }

    /** Takes waiting sequences into work, as many as there is room for. */
    private void admit() {
        endLateOnes();
        Sequence next = nextWaiting();
        while (next != null) {
            try {
                start(next);
            } catch (Throwable error) {
                fail(next, error);
            }
            next = nextWaiting();
        }
    }

    private void start(Sequence sequence) {
        int[] prompt = sequence.prompt();
        SnapshotCache.Found found = snapshots.find(prompt, tokenizer::isEndOfGeneration);
        if (found.divergence() != null) {
            explain(prompt, found);
        }
        sequence.start(model, found, snapshots);
        if (!sequence.ended()) {
            scheduler.add(sequence);
        }
    }

    /** Says why a prompt is read from an earlier point on than an earlier request would have saved. */
    private void explain(int[] prompt, SnapshotCache.Found found) {
        int at = found.divergence().at();
        int restored = found.snapshot() == null ? 0 : found.snapshot().length();
        String explanation = String.format(Locale.ROOT,
                "A prompt of %,d tokens is read from token %,d on. It is that of an earlier request up to token %,d, where it has"
                        + " \"%s\" in place of \"%s\", after \"%s\". From there on both are kept apart.",
                prompt.length, restored, at, text(prompt, at, at + EXPLAINED_TOKENS),
                text(found.divergence().stored(), at, at + EXPLAINED_TOKENS), text(prompt, at - EXPLAINED_TOKENS, at));
        LOG.log(Level.DEBUG, explanation);
        misses.add(new SnapshotMiss(Instant.now(), prompt.length, restored, explanation));
    }

    private String text(int[] tokens, int from, int to) {
        return tokenizer.decode(Arrays.copyOfRange(tokens, Math.max(0, from), Math.min(tokens.length, to)), true);
    }

    /** The next request that comes into work, or null: there is none, or no room for it. */
    private Sequence nextWaiting() {
        return scheduler.hasRoom() ? inbox.nextRequest() : null;
    }

    /** Ends requests that have waited in the queue beyond their time. */
    private void endLateOnes() {
        long now = System.nanoTime();
        List<Sequence> late = inbox.takeLate(now);
        for (int i = 0; i < late.size(); i++) {
            late.get(i).failLate(now);
        }
    }

    /** The logits of a step, or null if it was given up, or failed: then its sequences did too, and others may follow. */
    private float[] forward() {
        try {
            return model.forward(batch, unwanted);
        } catch (Throwable error) {
            for (Sequence sequence : scheduler.scheduled()) {
                fail(sequence, error);
            }
            return null;
        }
    }

    private void accept(float[] logits) {
        int row = 0;
        for (int i = 0; i < scheduler.scheduled().size(); i++) {
            Sequence sequence = scheduler.scheduled().get(i);
            int offset = row * model.vocabularySize();
            row += sequence.logitsRows();
            try {
                sequence.accept(logits, offset, model.vocabularySize());
            } catch (Throwable error) {
                fail(sequence, error);
            }
        }
    }

    /** What goes wrong with one sequence ends that sequence only. */
    private static void fail(Sequence sequence, Throwable error) {
        sequence.fail(failure("Generation", error));
    }

    /** Whether the step in work has lost its purpose. */
    private boolean isUnwanted() {
        // A step may take long, and nothing else runs meanwhile.
        endLateOnes();
        long now = System.nanoTime();
        progressAt = now;
        for (int i = 0; i < scheduler.scheduled().size(); i++) {
            Sequence sequence = scheduler.scheduled().get(i);
            if (!sequence.outbox().abandoned() && !sequence.isLate(now)) {
                return inbox.isClosing();
            }
        }
        return true;
    }

    private float[][] rows(Span span) {
        assert isOwner();
        warmUp.end();
        float[] logits = model.forward(Batch.of(span), () -> {
            progressAt = System.nanoTime();
            return inbox.isClosing();
        });
        if (logits == null) {
            throw new EngineClosedException(modelName);
        }
        model.countExperts();
        int width = model.vocabularySize();
        float[][] rows = new float[span.logitsAt().length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(logits, i * width, (i + 1) * width);
        }
        return rows;
    }

    private static EngineException failure(String what, Throwable error) {
        return switch (error) {
            case EngineException e -> e;
            case OutOfMemoryError e -> new EngineException(what + " ran out of memory (" + e.getMessage()
                    + "). Give Java more heap (-Xmx) or ask for a smaller context.", e);
            default -> new EngineException(what + " failed: " + error, error);
        };
    }

    private void endEverything() {
        List<Sequence> sequences = new ArrayList<>(scheduler.running());
        sequences.addAll(inbox.drain());
        for (Sequence sequence : sequences) {
            sequence.fail(new EngineClosedException(modelName));
        }
    }

    private void closeResources() {
        // It may be reading from the file.
        snapshots.close();
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Throwable error) {
                LOG.log(Level.WARNING, "Closing the engine of model \"" + modelName + "\" failed", error);
            }
        }
    }
}
