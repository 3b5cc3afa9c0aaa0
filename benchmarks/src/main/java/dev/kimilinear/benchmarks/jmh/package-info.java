/**
 * JMH benchmarks of single operations, through the engine's {@code Ops}, from memory larger than the caches where weights
 * are read. Work is counted beside each operation: per nanosecond, bytes are GB/s and floating-point operations GFLOP/s.
 */
package dev.kimilinear.benchmarks.jmh;
