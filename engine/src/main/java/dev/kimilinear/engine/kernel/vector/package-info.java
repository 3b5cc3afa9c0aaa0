/**
 * The vector kernels: the only package that imports {@code jdk.incubator.vector}.
 */
package dev.kimilinear.engine.kernel.vector;
