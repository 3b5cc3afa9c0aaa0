package dev.kimilinear.engine.api;

import java.util.List;
import java.util.Objects;

/**
 * One request to generate text.
 *
 * @param prompt what the model reads
 * @param sampling how tokens are chosen
 * @param maxOutputTokens the most tokens to generate; 0 means as many as the context holds
 * @param stop texts that end the answer when they appear in it; neither they nor what follows is delivered, also when
 *        they span several tokens; never empty strings
 * @param ignoreEndOfGeneration go on after an end-of-generation token, which is then a token like others
 * @param renderControlTokens whether control tokens (tool markers and the like) appear in the text; the token that ends
 *        the answer never does
 * @param timeoutMillis the request fails with a {@link GenerationTimeoutException} if it is not done so long after it was
 *        submitted, waiting in the queue included; 0 means never
 */
public record GenerationRequest(Prompt prompt, SamplingParams sampling, int maxOutputTokens, List<String> stop,
        boolean ignoreEndOfGeneration, boolean renderControlTokens, long timeoutMillis) {

    public GenerationRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(sampling, "sampling");
        stop = List.copyOf(stop);
        if (maxOutputTokens < 0) {
            throw new IllegalArgumentException(
                    "maxOutputTokens is " + maxOutputTokens + ", expected 0 (as many as fit) or more");
        }
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeoutMillis is " + timeoutMillis + ", expected 0 (never) or more");
        }
        if (stop.contains("")) {
            throw new IllegalArgumentException("A stop sequence is empty, expected at least one character");
        }
    }

    /** A greedy request without an output limit of its own. */
    public static GenerationRequest of(Prompt prompt) {
        return new GenerationRequest(prompt, SamplingParams.greedy(), 0, List.of(), false, false, 0);
    }

    public GenerationRequest withSampling(SamplingParams sampling) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, ignoreEndOfGeneration, renderControlTokens,
                timeoutMillis);
    }

    public GenerationRequest withMaxOutputTokens(int maxOutputTokens) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, ignoreEndOfGeneration, renderControlTokens,
                timeoutMillis);
    }

    public GenerationRequest withStop(List<String> stop) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, ignoreEndOfGeneration, renderControlTokens,
                timeoutMillis);
    }

    public GenerationRequest withIgnoreEndOfGeneration(boolean ignoreEndOfGeneration) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, ignoreEndOfGeneration, renderControlTokens,
                timeoutMillis);
    }

    public GenerationRequest withRenderControlTokens(boolean renderControlTokens) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, ignoreEndOfGeneration, renderControlTokens,
                timeoutMillis);
    }

    public GenerationRequest withTimeoutMillis(long timeoutMillis) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, ignoreEndOfGeneration, renderControlTokens,
                timeoutMillis);
    }
}
