/**
 * The command that measures this engine beside llama.cpp, and what it writes. It sees {@code contender}, {@code realshape}
 * and the engine; nothing depends on it. Measuring happens in child processes, one side at a time.
 */
package dev.kimilinear.benchmarks;
