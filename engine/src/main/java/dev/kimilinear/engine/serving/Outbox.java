package dev.kimilinear.engine.serving;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.RequestActivity.Phase;
import dev.kimilinear.engine.api.Usage;

/**
 * The way of one generation's text to its listener, and the handle that the caller holds. The owner thread puts pieces and
 * one ending in; a virtual thread of this outbox alone calls the listener, so the owner thread never waits for anybody's
 * code.
 *
 * <p>
 * Three sides may decide how the generation ends: the owner thread with its ending, a caller with {@link #cancel}, the
 * listener by throwing. The first to set {@link #outcome} wins, and only the delivering thread acts on it. Text that waits
 * when a cancellation or a throwing listener came first is dropped; a call of the listener that had begun by then is not
 * waited for, because it may itself wait for the caller. The last call comes when the owner thread has let go of the
 * sequence, so its usage is exact.
 */
final class Outbox implements Generation {

    private static final Logger LOG = System.getLogger(Outbox.class.getName());

    private sealed interface Event {
    }

    private record Piece(Consumer<GenerationListener> call) implements Event {
    }

    private record Ending(Outcome outcome, Usage usage) implements Event {
    }

    private sealed interface Outcome {
    }

    private record Completed(GenerationResult result) implements Outcome {
    }

    private record Failed(Throwable error) implements Outcome {
    }

    private record Cancelled() implements Outcome {
    }

    private final String id = UUID.randomUUID().toString();
    private final long submitted = System.nanoTime();
    private final Consumer<Outbox> withdraw;
    private final Consumer<Outbox> gone;
    private final LoadCounters counters;
    private final GenerationListener listener;
    private final int promptTokens;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicReference<Outcome> outcome = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean running;
    private volatile int restoredTokens;
    private volatile int readTokens;
    private volatile int outputTokens;

    /**
     * @param withdraw takes the request out of the queue if it still waits there, and ends it
     * @param gone hears of the end of the last call of the listener
     */
    Outbox(Consumer<Outbox> withdraw, Consumer<Outbox> gone, LoadCounters counters, GenerationListener listener,
            int promptTokens) {
        this.withdraw = withdraw;
        this.gone = gone;
        this.counters = counters;
        this.listener = listener;
        this.promptTokens = promptTokens;
        thread = Thread.ofVirtual().name("kimi-linear-listener-" + id).unstarted(this::deliver);
    }

    // For the loop.

    /** The point of {@link System#nanoTime} at which the request was made. */
    long submitted() {
        return submitted;
    }

    /** Begins to deliver. Once, when the request was accepted; events may have come before. */
    void open() {
        thread.start();
    }

    /** The request left the queue, and so many tokens of its prompt need not be read. Owner thread only. */
    void running(int restoredTokens) {
        this.restoredTokens = restoredTokens;
        readTokens = restoredTokens;
        running = true;
    }

    /** So many tokens of the prompt are done. Owner thread only. */
    void promptRead(int tokens) {
        readTokens = tokens;
    }

    /** The answer has so many tokens. Owner thread only. */
    void written(int tokens) {
        outputTokens = tokens;
    }

    /** Whether nobody wants more text, because of a cancellation or a listener that threw. The ending is still due. */
    boolean abandoned() {
        return outcome.get() != null;
    }

    /** Delivers a piece of the answer: a call of the listener. */
    void piece(Consumer<GenerationListener> call) {
        events.add(new Piece(call));
    }

    /** The ending of a generation that ended by itself. */
    void complete(GenerationResult result) {
        events.add(new Ending(new Completed(result), result.usage()));
    }

    /** The ending of a generation that failed. */
    void fail(EngineException error, Usage usage) {
        events.add(new Ending(new Failed(error), usage));
    }

    /** The ending of an abandoned generation. */
    void letGo(Usage usage) {
        assert abandoned();
        events.add(new Ending(new Cancelled(), usage));
    }

    // For the caller, on any thread.

    /** How far the request is at a point of {@link System#nanoTime}. */
    RequestActivity activity(long now) {
        long ageMillis = (now - submitted) / 1_000_000;
        if (!running) {
            return new RequestActivity(id, Phase.WAITING, promptTokens, 0, 0, 0, ageMillis);
        }
        // In the opposite order to that of the owner thread: an answer has no tokens while its prompt is read.
        int written = outputTokens;
        int read = readTokens;
        Phase phase = read < promptTokens ? Phase.READING : Phase.WRITING;
        return new RequestActivity(id, phase, promptTokens, restoredTokens, read, written, ageMillis);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int promptTokens() {
        return promptTokens;
    }

    @Override
    public int restoredTokens() {
        return restoredTokens;
    }

    @Override
    public Status status() {
        return switch (outcome.get()) {
            case null -> running ? Status.RUNNING : Status.QUEUED;
            case Completed _ -> Status.COMPLETED;
            case Failed _ -> Status.FAILED;
            case Cancelled _ -> Status.CANCELLED;
        };
    }

    @Override
    public void cancel() {
        if (outcome.compareAndSet(null, new Cancelled())) {
            withdraw.accept(this);
        }
    }

    /** {@inheritDoc} The end includes the last call of the listener. */
    @Override
    public GenerationResult await() throws InterruptedException {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("await() was called by the generation's own listener and would wait for itself");
        }
        ended.await();
        return switch (outcome.get()) {
            case Completed(GenerationResult result) -> result;
            case Cancelled _ -> throw new CancellationException("Generation " + id + " was cancelled");
            case Failed(EngineException error) -> throw error;
            case Failed(Throwable error) -> throw new EngineException("The listener of generation " + id + " failed: " + error,
                    error);
        };
    }

    // The delivering thread.

    private void deliver() {
        while (true) {
            switch (nextEvent()) {
                case Piece(Consumer<GenerationListener> call) -> deliver(call);
                case Ending ending -> {
                    deliver(ending);
                    return;
                }
            }
        }
    }

    private Event nextEvent() {
        while (true) {
            try {
                return events.take();
            } catch (InterruptedException e) {
                // The listener interrupted its own thread, which means nothing here.
            }
        }
    }

    private void deliver(Consumer<GenerationListener> call) {
        if (abandoned()) {
            return;
        }
        try {
            call.accept(listener);
        } catch (Throwable error) {
            if (!outcome.compareAndSet(null, new Failed(error))) {
                LOG.log(Level.WARNING, "The listener of cancelled generation " + id + " failed", error);
            }
        }
    }

    private void deliver(Ending ending) {
        outcome.compareAndSet(null, ending.outcome());
        counters.ended(status());
        try {
            switch (outcome.get()) {
                case Completed(GenerationResult result) -> listener.onComplete(result);
                case Failed(Throwable error) -> listener.onError(error);
                case Cancelled _ -> listener.onCancelled(ending.usage());
            }
        } catch (Throwable error) {
            LOG.log(Level.WARNING, "The listener of generation " + id + " failed in its last call", error);
        } finally {
            gone.accept(this);
            ended.countDown();
        }
    }
}
