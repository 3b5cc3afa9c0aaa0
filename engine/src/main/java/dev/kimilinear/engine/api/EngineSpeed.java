package dev.kimilinear.engine.api;

/**
 * How fast an engine works. Sums are since it was opened: the difference of two of them over the time between is a rate.
 *
 * @param steps steps of the model for requests
 * @param stepTokens tokens that these read, those of prompts and answers together
 * @param sequences requests that took part in the last step
 * @param firstTokens answers that have begun
 * @param firstTokenNanos time from the submission of these to their first token, waiting in the queue included, added up
 * @param tokensPerSecond tokens of answers, all requests together, over the last {@value #WINDOW_SECONDS} seconds
 */
public record EngineSpeed(long steps, long stepTokens, int sequences, long firstTokens, long firstTokenNanos,
        double tokensPerSecond) {

    /** What a rate is taken over. */
    public static final int WINDOW_SECONDS = 10;
}
