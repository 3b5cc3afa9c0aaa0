/**
 * Model files with the tensor shapes of Kimi-Linear-48B-A3B, fewer layers, and random weights. It sees the engine's
 * {@code gguf} package only.
 */
package dev.kimilinear.benchmarks.realshape;
