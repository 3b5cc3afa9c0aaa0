package dev.kimilinear.runtime.devui;

import java.util.List;

import dev.kimilinear.engine.api.RenderedPrompt.Token;

/**
 * A conversation as the model reads it.
 *
 * @param tokens null if there is an error
 * @param error why the model cannot read it, or null
 */
public record Rendering(List<Token> tokens, String error) {
}
