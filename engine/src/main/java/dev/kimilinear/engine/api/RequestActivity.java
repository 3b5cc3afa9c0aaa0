package dev.kimilinear.engine.api;

/**
 * How far a request is.
 *
 * @param id {@link Generation#id}
 * @param promptTokens tokens of its prompt
 * @param restoredTokens tokens of the prompt that a snapshot had, so that they need not be read; 0 as long as it waits
 * @param readTokens tokens of the prompt that are done, restored or read; 0 as long as it waits
 * @param outputTokens tokens generated
 * @param ageMillis since it was submitted
 */
public record RequestActivity(String id, Phase phase, int promptTokens, int restoredTokens, int readTokens, int outputTokens,
        long ageMillis) {

    /** What is done for a request. */
    public enum Phase {
        /** Nothing yet: it is in the queue. */
        WAITING,
        /** Its prompt is read. */
        READING,
        /** Its answer is written, or its listener has not heard the end of it yet. */
        WRITING
    }
}
