package dev.kimilinear.engine.api;

import java.util.List;

/**
 * A finished generation.
 *
 * @param text the whole answer: all that {@link GenerationListener#onText} delivered, concatenated
 * @param thinking all that {@link GenerationListener#onThinking} delivered, concatenated; "" if nothing
 * @param toolCalls the complete calls, in their order
 * @param tokenIds the generated tokens, without the one that ended the answer
 * @param usage tokens read and written
 * @param finishReason why it ended
 */
public record GenerationResult(String text, String thinking, List<ToolCall> toolCalls, List<Integer> tokenIds, Usage usage,
        FinishReason finishReason) {

    public GenerationResult {
        toolCalls = List.copyOf(toolCalls);
        tokenIds = List.copyOf(tokenIds);
    }
}
