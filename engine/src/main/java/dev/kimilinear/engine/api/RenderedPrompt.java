package dev.kimilinear.engine.api;

import java.util.List;

/** What exactly the model reads of a prompt, token by token. */
public record RenderedPrompt(List<Token> tokens) {

    public RenderedPrompt {
        tokens = List.copyOf(tokens);
    }

    /**
     * A token of a prompt.
     *
     * @param text the characters that it completes: none where it ends within a character, which then belongs to a later one
     * @param control whether it is structure, such as the end of a turn, and not text
     */
    public record Token(int id, String text, boolean control) {
    }

    /** The whole prompt, control tokens included. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Token token : tokens) {
            text.append(token.text());
        }
        return text.toString();
    }
}
