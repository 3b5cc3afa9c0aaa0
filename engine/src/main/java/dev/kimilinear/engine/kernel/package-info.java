/**
 * Tensors and the operations on them. {@code Ops} says on which cores, {@code Kernels} says how. Sees {@code gguf}
 * and {@code api}.
 */
package dev.kimilinear.engine.kernel;
