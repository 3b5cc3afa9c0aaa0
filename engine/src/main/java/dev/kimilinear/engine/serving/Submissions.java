package dev.kimilinear.engine.serving;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.Generation;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.GenerationRequest;

/**
 * What one of perhaps several users of a loop submits, so that it can be cancelled without what the others submit.
 * Thread-safe.
 */
public final class Submissions {

    private final String modelName;
    private final EngineLoop loop;
    /** Those that may not be at their end yet. */
    private final Set<Generation> open = ConcurrentHashMap.newKeySet();
    private final Runnable release;
    private volatile boolean closed;

    /** @param release called once, when this user needs the loop no more: closes the loop if nobody else does */
    public Submissions(String modelName, EngineLoop loop, Runnable release) {
        this.modelName = modelName;
        this.loop = loop;
        this.release = release;
    }

    /** Does and throws what {@link EngineLoop#submit} does. */
    public Generation submit(int[] prompt, GenerationRequest request, GenerationListener listener) {
        checkOpen();
        Generation generation = loop.submit(prompt, request, listener);
        open.removeIf(earlier -> earlier.status().ended());
        open.add(generation);
        if (closed) {
            generation.cancel();
        }
        return generation;
    }

    /** Cancels all that was submitted here. More may be. */
    public void cancelAll() {
        for (Generation generation : open) {
            generation.cancel();
            open.remove(generation);
        }
    }

    /**
     * Ends everything that was submitted here, with an {@link EngineClosedException} if that closes the loop, otherwise by
     * cancelling it. Further calls only wait for the first.
     */
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release.run();
            cancelAll();
        }
    }

    public boolean isClosed() {
        return closed;
    }

    /** @throws EngineClosedException after {@link #close} */
    public void checkOpen() {
        if (closed) {
            throw new EngineClosedException(modelName);
        }
    }
}
