package dev.kimilinear.runtime.devui;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.GenerationResult;
import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.Usage;
import dev.kimilinear.runtime.chat.ErrorMapper;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.MultiEmitter;

/**
 * One answer of the playground as a stream of events. The engine waits for no page: events that are not taken yet wait
 * here, and a page that leaves too many of them ends the generation.
 */
final class PlaygroundAnswer implements GenerationListener {

    private static final Duration PROGRESS_PERIOD = Duration.ofSeconds(1);

    private final Engine engine;
    private final Map<String, Generation> running;
    private final int mostWaiting;
    private final AtomicInteger waiting;
    private final MultiEmitter<? super PlaygroundEvent> events;
    private final Cancellable progress;
    /** Completed when the first event is out: what the engine says can come before. */
    private final CompletableFuture<Generation> generation = new CompletableFuture<>();
    private final long submittedAt = System.nanoTime();

    // The listener's thread only.
    private boolean begun;
    private long firstTokenAt;

    private PlaygroundAnswer(Engine engine, Map<String, Generation> running, int mostWaiting, AtomicInteger waiting,
            MultiEmitter<? super PlaygroundEvent> events) {
        this.engine = engine;
        this.running = running;
        this.mostWaiting = mostWaiting;
        this.waiting = waiting;
        this.events = events;
        progress = Multi.createFrom().ticks().startingAfter(PROGRESS_PERIOD).every(PROGRESS_PERIOD).onOverflow().drop()
                .subscribe().with(tick -> sayProgress());
    }

    /**
     * Submits the request when somebody subscribes; cancelling the subscription cancels the generation. What is wrong with
     * the request is an event and no failure.
     *
     * @param request called once, not on the subscriber's thread
     * @param running holds the generation, by its id, as long as it goes on
     * @param mostWaiting how many events may wait to be taken
     */
    static Multi<PlaygroundEvent> stream(Engine engine, Supplier<GenerationRequest> request,
            Map<String, Generation> running, int mostWaiting) {
        return Multi.createFrom().deferred(() -> {
            AtomicInteger waiting = new AtomicInteger();
            Multi<PlaygroundEvent> events = Multi.createFrom().emitter(
                    emitter -> new PlaygroundAnswer(engine, running, mostWaiting, waiting, emitter).submit(request));
            return events.onItem().invoke(waiting::decrementAndGet);
        }).runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private void submit(Supplier<GenerationRequest> request) {
        events.onTermination(this::release);
        try {
            Generation started = engine.submit(request.get(), this);
            running.put(started.id(), started);
            put(PlaygroundEvent.started(started.id(), started.promptTokens()));
            generation.complete(started);
        } catch (RuntimeException e) {
            finish(error(e));
        }
    }

    @Override
    public void onToken(TokenChoice choice) {
        say(PlaygroundEvent.token(choice));
    }

    @Override
    public void onText(String text) {
        say(PlaygroundEvent.text(text));
    }

    @Override
    public void onThinking(String text) {
        say(PlaygroundEvent.thinking(text));
    }

    @Override
    public void onToolCall(int index, ToolCall call) {
        say(PlaygroundEvent.toolCall(call));
    }

    @Override
    public void onComplete(GenerationResult result) {
        finish(end(result.finishReason().name(), result.usage()));
    }

    @Override
    public void onError(Throwable error) {
        generation.join();
        finish(error(error));
    }

    @Override
    public void onCancelled(Usage usage) {
        finish(end(PlaygroundEvent.End.STOPPED, usage));
    }

    private void say(PlaygroundEvent event) {
        Generation current = generation.join();
        if (!begun) {
            begun = true;
            firstTokenAt = System.nanoTime();
        }
        if (waiting.get() < mostWaiting) {
            put(event);
        } else {
            current.cancel();
            finish(PlaygroundEvent.error("The answer was stopped: the page has not taken its last " + mostWaiting
                    + " events. Keep the page open, or ask for fewer tokens."));
        }
    }

    private void sayProgress() {
        Generation current = generation.getNow(null);
        if (current != null) {
            for (RequestActivity activity : engine.activity()) {
                if (activity.id().equals(current.id())) {
                    put(PlaygroundEvent.progress(activity));
                }
            }
        }
    }

    private void put(PlaygroundEvent event) {
        waiting.incrementAndGet();
        events.emit(event);
    }

    private void finish(PlaygroundEvent last) {
        release();
        events.emit(last).complete();
    }

    /** The end of the events, or of the interest in them. */
    private void release() {
        progress.cancel();
        generation.thenAccept(current -> {
            running.remove(current.id());
            current.cancel();
        });
    }

    private PlaygroundEvent end(String reason, Usage usage) {
        int restored = generation.join().restoredTokens();
        long now = System.nanoTime();
        Long firstTokenMillis = begun ? (firstTokenAt - submittedAt) / 1_000_000 : null;
        double seconds = (now - firstTokenAt) / 1e9;
        double rate = begun && usage.outputTokens() > 1 && seconds > 0 ? (usage.outputTokens() - 1) / seconds : 0;
        return PlaygroundEvent.end(new PlaygroundEvent.End(reason, usage.promptTokens(), usage.outputTokens(), restored,
                firstTokenMillis, (now - submittedAt) / 1_000_000, rate));
    }

    /** The message names the configuration keys that cure it. */
    private static PlaygroundEvent error(Throwable error) {
        String message = ErrorMapper.map(error).getMessage();
        return PlaygroundEvent.error(message == null ? error.toString() : message);
    }
}
