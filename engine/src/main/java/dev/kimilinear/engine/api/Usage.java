package dev.kimilinear.engine.api;

/**
 * Tokens read and written by one generation.
 *
 * @param promptTokens tokens of the prompt
 * @param outputTokens tokens generated, the end-of-generation token not counted
 */
public record Usage(int promptTokens, int outputTokens) {
}
