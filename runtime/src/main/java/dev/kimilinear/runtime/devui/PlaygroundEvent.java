package dev.kimilinear.runtime.devui;

import dev.kimilinear.engine.api.RequestActivity;
import dev.kimilinear.engine.api.TokenChoice;
import dev.kimilinear.engine.api.ToolCall;

/**
 * What happens in a generation: one of these, the others are null and left out of the JSON. First comes {@code started},
 * unless the request was refused; last comes {@code end} or {@code error}.
 *
 * @param started the request was accepted
 * @param progress where it stands, once a second
 * @param token the next token: of the text, the thinking, a tool call, or the one that ends the answer
 * @param text a piece of the answer
 * @param thinking a piece of the thinking in front of it
 * @param toolCall a complete call
 * @param end it ended, by itself or because it was stopped
 * @param error why it failed or was refused
 */
public record PlaygroundEvent(Started started, RequestActivity progress, TokenChoice token, String text, String thinking,
        ToolCall toolCall, End end, String error) {

    /**
     * @param id for {@link KimiLinearJsonRpcService#stop}
     * @param promptTokens tokens of the prompt
     */
    public record Started(String id, int promptTokens) {
    }

    /**
     * @param reason the name of a {@link dev.kimilinear.engine.api.FinishReason}, or {@value #STOPPED}
     * @param restoredTokens tokens of the prompt that were not read because a snapshot had them
     * @param firstTokenMillis from the submission to the first token; null if there was none
     * @param millis from the submission to the end
     * @param tokensPerSecond from the first token on; 0 if it was the only one
     */
    public record End(String reason, int promptTokens, int outputTokens, int restoredTokens, Long firstTokenMillis,
            long millis, double tokensPerSecond) {

        /** The generation was stopped. */
        public static final String STOPPED = "STOPPED";
    }

    static PlaygroundEvent started(String id, int promptTokens) {
        return new PlaygroundEvent(new Started(id, promptTokens), null, null, null, null, null, null, null);
    }

    static PlaygroundEvent progress(RequestActivity activity) {
        return new PlaygroundEvent(null, activity, null, null, null, null, null, null);
    }

    static PlaygroundEvent token(TokenChoice choice) {
        return new PlaygroundEvent(null, null, choice, null, null, null, null, null);
    }

    static PlaygroundEvent text(String piece) {
        return new PlaygroundEvent(null, null, null, piece, null, null, null, null);
    }

    static PlaygroundEvent thinking(String piece) {
        return new PlaygroundEvent(null, null, null, null, piece, null, null, null);
    }

    static PlaygroundEvent toolCall(ToolCall call) {
        return new PlaygroundEvent(null, null, null, null, null, call, null, null);
    }

    static PlaygroundEvent end(End end) {
        return new PlaygroundEvent(null, null, null, null, null, null, end, null);
    }

    static PlaygroundEvent error(String message) {
        return new PlaygroundEvent(null, null, null, null, null, null, null, message);
    }
}
