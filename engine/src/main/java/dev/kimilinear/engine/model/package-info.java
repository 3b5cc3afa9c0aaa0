/**
 * Kimi-Linear itself: configuration, weights, layers, the forward pass, the state of a sequence. Sees {@code kernel},
 * {@code gguf} and {@code api}; confined to the engine's owner thread.
 */
package dev.kimilinear.engine.model;
