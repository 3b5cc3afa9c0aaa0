package dev.kimilinear.runtime.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jboss.logging.Logger;

import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.DownloadListener;
import dev.kimilinear.engine.supply.DownloadProgress;
import dev.kimilinear.engine.supply.ModelSource;
import dev.kimilinear.engine.supply.ModelSupply;

/**
 * A model that is fetched while the application runs, on a thread of its own. What has arrived when it ends early is kept,
 * and the next try goes on from there. Thread-safe.
 */
public final class ModelDownload implements DownloadListener {

    /** Where a download stands. */
    public enum State {
        /** Bytes arrive, or are waited for. */
        FETCHING,
        /** Everything is there and verified. */
        DONE,
        /** It ended with an error. */
        FAILED,
        /** Somebody ended it. */
        CANCELLED
    }

    /**
     * @param progress empty before anything has arrived
     * @param message why it ended early, or what it waits for; empty if there is nothing to say
     */
    public record Status(State state, Optional<DownloadProgress> progress, Optional<String> message) {
    }

    private static final Logger LOG = Logger.getLogger("dev.kimilinear");
    private static final long LOG_PERIOD_NANOS = Duration.ofSeconds(5).toNanos();

    private final ModelSource.Remote source;
    private final ModelSupply supply;
    private final CompletableFuture<Path> file = new CompletableFuture<>();

    private volatile Status status = new Status(State.FETCHING, Optional.empty(), Optional.empty());
    private Thread thread;
    private long loggedAt;

    private ModelDownload(ModelSource.Remote source, ModelSupply supply) {
        this.source = source;
        this.supply = supply;
    }

    static ModelDownload start(ModelSource.Remote source, ModelSupply supply) {
        ModelDownload download = new ModelDownload(source, supply);
        download.begin();
        return download;
    }

    /** The first file of the model, once all of it is there. Never completes exceptionally: whoever wants can try again. */
    CompletableFuture<Path> file() {
        return file;
    }

    /** Waits until it ends; empty if that is too early. */
    Optional<Path> await() {
        Thread running;
        synchronized (this) {
            running = thread;
        }
        try {
            if (running != null) {
                running.join();
            }
        } catch (InterruptedException e) {
            cancel();
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(file.getNow(null));
    }

    public ModelSource.Remote source() {
        return source;
    }

    public Status status() {
        return status;
    }

    /** Ends it if it goes on; returns at once. */
    public synchronized void cancel() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Tries again what failed or was cancelled. */
    public synchronized void retry() {
        if (status.state() == State.FAILED || status.state() == State.CANCELLED) {
            begin();
        }
    }

    private synchronized void begin() {
        status = new Status(State.FETCHING, Optional.empty(), Optional.empty());
        loggedAt = System.nanoTime();
        LOG.infof("Fetching model %s", source);
        // It outlives the caller, whose class loader it must not keep alive.
        thread = Thread.ofPlatform().daemon().name("kimi-linear-download").inheritInheritableThreadLocals(false)
                .start(this::run);
    }

    private void run() {
        Path fetched = null;
        try {
            fetched = supply.fetch(source, this);
            LOG.infof("Model %s is there: %s", source, fetched);
            status = new Status(State.DONE, status.progress(), Optional.empty());
        } catch (ModelSupplyException.Cancelled e) {
            LOG.info(e.getMessage());
            status = new Status(State.CANCELLED, status.progress(), Optional.of(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.errorf(e instanceof ModelSupplyException ? null : e, "Model %s cannot be fetched: %s", source, e.getMessage());
            status = new Status(State.FAILED, status.progress(), Optional.of(String.valueOf(e.getMessage())));
        } finally {
            synchronized (this) {
                thread = null;
            }
        }
        if (fetched != null) {
            file.complete(fetched);
        }
    }

    @Override
    public void progress(DownloadProgress progress) {
        status = new Status(State.FETCHING, Optional.of(progress), Optional.empty());
        long now = System.nanoTime();
        if (now - loggedAt >= LOG_PERIOD_NANOS) {
            loggedAt = now;
            LOG.infof("Fetching model %s: %s, %s a second", source, text(progress),
                    DownloadText.bytes(Math.round(progress.bytesPerSecond())));
        }
    }

    @Override
    public void waiting(String name) {
        say("another process fetches " + name);
    }

    @Override
    public void retrying(String reason, Duration delay) {
        say("trying again" + (delay.isZero() ? "" : " in " + DownloadText.duration(delay)) + ": " + reason);
    }

    private void say(String message) {
        status = new Status(State.FETCHING, status.progress(), Optional.of(message));
        LOG.infof("Fetching model %s: %s", source, message);
    }

    /** As a reader wants to know it: {@code 43 %, 2 min left}. */
    String progressText() {
        Status now = status;
        return now.progress().map(ModelDownload::text).orElse("just begun")
                + now.message().map(message -> ", " + message).orElse("");
    }

    private static String text(DownloadProgress progress) {
        StringBuilder text = new StringBuilder();
        if (progress.bytesTotal() > 0) {
            text.append(100 * progress.bytesDone() / progress.bytesTotal()).append(" %");
        } else {
            text.append(DownloadText.bytes(progress.bytesDone()));
        }
        progress.timeLeft().ifPresent(left -> text.append(", ").append(DownloadText.duration(left)).append(" left"));
        return text.toString();
    }
}
