/**
 * Tensors and the operations on them. {@code Ops} says on which cores, {@code Kernels} says how. Sees {@code gguf}.
 */
package dev.kimilinear.engine.kernel;
