package dev.kimilinear.engine.api;

/**
 * Hears one generation. All calls come in order on one thread that belongs to this request alone: never on the caller's
 * thread, never on the engine's owner thread, so a slow listener slows only itself. Exactly one of {@link #onComplete},
 * {@link #onError} and {@link #onCancelled} comes, and nothing after it.
 *
 * <p>
 * A listener that throws before the last call ends its generation with {@link #onError}; what the last call throws is
 * logged.
 */
public interface GenerationListener {

    /** Hears nothing, for callers that only {@linkplain Generation#await wait} for the result. */
    static GenerationListener silent() {
        return new GenerationListener() {
            @Override
            public void onText(String text) {
            }

            @Override
            public void onComplete(GenerationResult result) {
            }

            @Override
            public void onError(Throwable error) {
            }
        };
    }

    /** A piece of the answer: one or more whole characters, never part of one. */
    void onText(String text);

    /**
     * A token of the answer, the one that ends it too, before the text that it completes. Only where the request asks for
     * {@linkplain GenerationRequest#alternatives alternatives}.
     */
    default void onToken(TokenChoice choice) {
    }

    /** A piece of the thinking in front of the answer, like one of {@link #onText}. */
    default void onThinking(String text) {
    }

    /**
     * A piece of the arguments of a tool call.
     *
     * @param index the number of the call in this answer, from 0
     * @param id the call's id, as in {@link #onToolCall}
     */
    default void onToolCallArguments(int index, String id, String name, String piece) {
    }

    /** A tool call is complete: its arguments are the pieces that came before, concatenated. */
    default void onToolCall(int index, ToolCall call) {
    }

    /** The generation ended by itself. */
    void onComplete(GenerationResult result);

    /** The generation failed: an {@link EngineException}, or what the listener threw. */
    void onError(Throwable error);

    /** The generation ended because {@link Generation#cancel} was called first. */
    default void onCancelled(Usage usage) {
    }
}
