/**
 * The two sides of a comparison, each in a child process of its own behind the same line protocol: this engine, and
 * llama.cpp by its C API. It sees the engine. One thread a process owns everything.
 */
package dev.kimilinear.benchmarks.contender;
