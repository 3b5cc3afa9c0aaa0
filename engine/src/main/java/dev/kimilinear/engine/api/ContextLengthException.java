package dev.kimilinear.engine.api;

import java.util.Locale;

/** A request that does not fit into the context. Thrown before anything is computed. */
public class ContextLengthException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final int promptTokens;
    private final int outputTokens;
    private final int contextTokens;

    /**
     * @param promptTokens tokens of the prompt
     * @param outputTokens tokens of output asked for, at least 1; 0 where only logits were asked for
     * @param contextTokens tokens that the context holds
     */
    public ContextLengthException(int promptTokens, int outputTokens, int contextTokens) {
        super(String.format(Locale.ROOT,
                "Request needs %,d tokens (%,d prompt + %,d output) but the context is %,d. Shorten the prompt or raise the context length.",
                (long) promptTokens + outputTokens, promptTokens, outputTokens, contextTokens));
        this.promptTokens = promptTokens;
        this.outputTokens = outputTokens;
        this.contextTokens = contextTokens;
    }

    public int promptTokens() {
        return promptTokens;
    }

    public int outputTokens() {
        return outputTokens;
    }

    public int contextTokens() {
        return contextTokens;
    }
}
