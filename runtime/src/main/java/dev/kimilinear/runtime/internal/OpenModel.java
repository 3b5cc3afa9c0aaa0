package dev.kimilinear.runtime.internal;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jboss.logging.Logger;

import dev.kimilinear.ModelLoadingException;
import dev.kimilinear.engine.Engine;
import dev.langchain4j.exception.ModelNotFoundException;

/**
 * A model of the application: how it is configured, and its engine, which is open when the application starts, or as soon as
 * the model's file is fetched. Thread-safe.
 */
public final class OpenModel {

    private static final Logger LOG = Logger.getLogger("dev.kimilinear");

    private final ChatModelSettings settings;
    private final ModelDownload download;
    private final CompletableFuture<Engine> engine = new CompletableFuture<>();
    private boolean abandoned;

    private OpenModel(ChatModelSettings settings, ModelDownload download) {
        this.settings = settings;
        this.download = download;
    }

    /** A model whose engine is open. */
    public static OpenModel of(ChatModelSettings settings, Engine engine) {
        OpenModel model = new OpenModel(settings, null);
        model.engine.complete(engine);
        return model;
    }

    /** @param opener opens the file when it is there, on the thread that has fetched it */
    static OpenModel fetched(ChatModelSettings settings, ModelDownload download, Function<Path, Engine> opener) {
        OpenModel model = new OpenModel(settings, download);
        download.file().thenAccept(file -> model.open(file, opener));
        return model;
    }

    private synchronized void open(Path file, Function<Path, Engine> opener) {
        if (abandoned) {
            return;
        }
        try {
            engine.complete(opener.apply(file));
        } catch (RuntimeException e) {
            LOG.error(e.getMessage(), e);
            engine.completeExceptionally(e);
        }
    }

    /** The application stops: what is fetched from now on is not opened for it. */
    synchronized void abandon() {
        abandoned = true;
    }

    public ChatModelSettings settings() {
        return settings;
    }

    /** What fetches its file, if that was missing when the application started. */
    public Optional<ModelDownload> download() {
        return Optional.ofNullable(download);
    }

    /** Whether there is an engine; it may have been closed. */
    public boolean isOpen() {
        return engine.isDone() && !engine.isCompletedExceptionally();
    }

    /**
     * @throws ModelLoadingException if the file is not there yet
     * @throws ModelNotFoundException if it could not be fetched or opened
     */
    public Engine engine() {
        if (isOpen()) {
            return engine.join();
        }
        if (isLoading()) {
            throw new ModelLoadingException("Model " + download.source() + " is " + state() + ". Ask again then.");
        }
        throw new ModelNotFoundException("Model " + download.source() + " is not there: " + state());
    }

    /** Whether there may soon be an engine. */
    private boolean isLoading() {
        return !engine.isDone() && switch (download.status().state()) {
            case FETCHING, DONE -> true;
            case FAILED, CANCELLED -> false;
        };
    }

    /** What there is in place of an engine, as {@code loading, 43 %, 2 min left}. */
    public String state() {
        if (engine.isCompletedExceptionally()) {
            return engine.exceptionNow().getMessage();
        }
        return switch (download.status().state()) {
            case FETCHING -> "loading, " + download.progressText();
            case DONE -> "being opened";
            case FAILED, CANCELLED -> download.status().message().orElse("");
        };
    }

    /** Gives the engine to the caller, now or when it is open; never if it cannot be opened. */
    void whenOpen(Consumer<Engine> then) {
        engine.thenAccept(then);
    }
}
