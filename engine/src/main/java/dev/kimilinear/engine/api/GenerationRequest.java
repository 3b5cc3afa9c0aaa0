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
 *        they span several tokens; never empty strings. Tool calls and thinking are not searched
 * @param format the form that the answer must have where it is not tool calls
 * @param toolChoice whether the tools of the prompt are called
 * @param parallelToolCalls whether one answer may be several calls
 * @param splitThinking whether {@code <think>} and what stands in it, at the beginning of an answer, is told apart from the
 *        answer; otherwise it is text
 * @param ignoreEndOfGeneration go on after an end-of-generation token, which is then a token like others; not together with a
 *        form or with tools
 * @param renderControlTokens whether control tokens (tool markers and the like) appear in the text; the token that ends
 *        the answer never does
 * @param timeoutMillis the request fails with a {@link GenerationTimeoutException} if it is not done so long after it was
 *        submitted, waiting in the queue included; 0 means never
 * @param alternatives how many of the most probable tokens {@link GenerationListener#onToken} hears with each token, at most
 *        {@value #MOST_ALTERNATIVES}; 0 means that it hears nothing. The answer is the same, but with a large vocabulary each
 *        token takes a few milliseconds more
 */
public record GenerationRequest(Prompt prompt, SamplingParams sampling, int maxOutputTokens, List<String> stop,
        AnswerFormat format, ToolChoice toolChoice, boolean parallelToolCalls, boolean splitThinking,
        boolean ignoreEndOfGeneration, boolean renderControlTokens, long timeoutMillis, int alternatives) {

    /** Of a token. */
    public static final int MOST_ALTERNATIVES = 20;

    public GenerationRequest {
        Objects.requireNonNull(prompt, "prompt");
        Objects.requireNonNull(sampling, "sampling");
        Objects.requireNonNull(format, "format");
        Objects.requireNonNull(toolChoice, "toolChoice");
        stop = List.copyOf(stop);
        if (maxOutputTokens < 0) {
            throw new IllegalArgumentException(
                    "maxOutputTokens is " + maxOutputTokens + ", expected 0 (as many as fit) or more");
        }
        if (timeoutMillis < 0) {
            throw new IllegalArgumentException("timeoutMillis is " + timeoutMillis + ", expected 0 (never) or more");
        }
        if (alternatives < 0 || alternatives > MOST_ALTERNATIVES) {
            throw new IllegalArgumentException(
                    "alternatives is " + alternatives + ", expected 0 (none) to " + MOST_ALTERNATIVES);
        }
        if (stop.contains("")) {
            throw new IllegalArgumentException("A stop sequence is empty, expected at least one character");
        }
        boolean tools = prompt instanceof Prompt.Chat chat && !chat.tools().isEmpty() && toolChoice != ToolChoice.NONE;
        if (ignoreEndOfGeneration && (tools || !(format instanceof AnswerFormat.Text))) {
            throw new IllegalArgumentException("ignoreEndOfGeneration is set together with "
                    + (tools ? "tools" : "a format") + ", which say where an answer ends; leave one of them out");
        }
        if (toolChoice == ToolChoice.REQUIRED && !tools) {
            throw new IllegalArgumentException("toolChoice is REQUIRED and the prompt has no tools, expected at least one");
        }
    }

    /** A greedy request without an output limit of its own. */
    public static GenerationRequest of(Prompt prompt) {
        return new GenerationRequest(prompt, SamplingParams.greedy(), 0, List.of(), AnswerFormat.text(), ToolChoice.AUTO, true,
                false, false, false, 0, 0);
    }

    public GenerationRequest withSampling(SamplingParams sampling) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withMaxOutputTokens(int maxOutputTokens) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withStop(List<String> stop) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withFormat(AnswerFormat format) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withToolChoice(ToolChoice toolChoice) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withParallelToolCalls(boolean parallelToolCalls) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withSplitThinking(boolean splitThinking) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withIgnoreEndOfGeneration(boolean ignoreEndOfGeneration) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withRenderControlTokens(boolean renderControlTokens) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withTimeoutMillis(long timeoutMillis) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }

    public GenerationRequest withAlternatives(int alternatives) {
        return new GenerationRequest(prompt, sampling, maxOutputTokens, stop, format, toolChoice, parallelToolCalls,
                splitThinking,
                ignoreEndOfGeneration, renderControlTokens, timeoutMillis, alternatives);
    }
}
