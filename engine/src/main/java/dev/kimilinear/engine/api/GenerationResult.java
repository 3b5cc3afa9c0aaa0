package dev.kimilinear.engine.api;

import java.util.List;

/**
 * A finished generation.
 *
 * @param text the whole answer: all that {@link GenerationListener#onText} delivered, concatenated
 * @param tokenIds the generated tokens, without the one that ended the answer
 * @param usage tokens read and written
 * @param finishReason why it ended
 */
public record GenerationResult(String text, List<Integer> tokenIds, Usage usage, FinishReason finishReason) {

    public GenerationResult {
        tokenIds = List.copyOf(tokenIds);
    }
}
