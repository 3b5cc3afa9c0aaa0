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
        FAILED;

        /** Whether it stays so. */
        public boolean ended() {
            return this != QUEUED && this != RUNNING;
        }
    }

    /** Unique within the JVM, never blank. */
    String id();

    /** The number of tokens of the prompt, known from the start. */
    int promptTokens();

    /**
     * How many tokens of the prompt need not be read because a snapshot of them was there; 0 as long as the request waits. It
     * changes how soon the answer begins, and nothing else.
     */
    int restoredTokens();

    Status status();

    /**
     * Ends the generation at the next token or prefill chunk, also while it is queued or still reading its prompt. The
     * second call, and a call after the end, does nothing. Does not wait: one {@link GenerationListener#onText} that was
     * under way when this method was called may still be running after it returned, but no other begins.
     */
    void cancel();

    /**
     * Waits for the end, the listener's last call included. Not for the generation's own listener, which would wait for itself
     * and gets an {@link IllegalStateException}.
     *
     * @return the finished answer
     * @throws EngineException if the generation failed
     * @throws CancellationException if it was cancelled
     * @throws InterruptedException if the waiting thread was interrupted; the generation goes on
     */
    GenerationResult await() throws InterruptedException;
}
