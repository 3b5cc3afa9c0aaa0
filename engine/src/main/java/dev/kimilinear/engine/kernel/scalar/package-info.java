/**
 * The scalar kernels: the executable specification of the engine's arithmetic.
 */
package dev.kimilinear.engine.kernel.scalar;
