package dev.kimilinear.engine.api;

import java.util.concurrent.CancellationException;

/** The handle of a submitted request. Thread-safe. */
public interface Generation {

    /** Where a generation stands. */
    enum Status {
        QUEUED,
        RUNNING,
        COMPLETED,
        CANCELLED,
        FAILED
    }

    /** Unique within the JVM, never blank. */
    String id();

    /** The number of tokens of the prompt, known from the start. */
    int promptTokens();

    Status status();

    /**
     * Ends the generation at the next token or prefill chunk, also while it is queued or still reading its prompt. The
     * second call, and a call after the end, does nothing. No {@link GenerationListener#onText} begins after this method
     * returned.
     */
    void cancel();

    /**
     * Waits for the end, which includes the listener's last call.
     *
     * @return the finished answer
     * @throws EngineException if the generation failed
     * @throws CancellationException if it was cancelled
     * @throws InterruptedException if the waiting thread was interrupted; the generation goes on
     */
    GenerationResult await() throws InterruptedException;
}
