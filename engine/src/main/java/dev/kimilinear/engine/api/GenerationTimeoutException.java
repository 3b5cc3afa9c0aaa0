package dev.kimilinear.engine.api;

import java.util.Locale;

/** A request took longer than it may. What was generated until then has been delivered to its listener. */
public class GenerationTimeoutException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final long timeoutMillis;

    /**
     * @param timeoutMillis the time it had
     * @param waitedMillis how long it waited in the queue
     * @param promptTokensRead tokens of the prompt that were read
     * @param usage the prompt, and what was generated
     */
    public GenerationTimeoutException(long timeoutMillis, long waitedMillis, int promptTokensRead, Usage usage) {
        super(String.format(Locale.ROOT,
                "Request is not done after %,d ms (timeout): it waited %,d ms in the queue, read %,d of %,d prompt tokens and"
                        + " generated %,d. Raise the timeout, ask for less, or run fewer requests at a time.",
                timeoutMillis, waitedMillis, promptTokensRead, usage.promptTokens(), usage.outputTokens()));
        this.timeoutMillis = timeoutMillis;
    }

    /** The time that the request had. */
    public long timeoutMillis() {
        return timeoutMillis;
    }
}
