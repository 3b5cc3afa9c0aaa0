/**
 * The GGUF container: memory-mapped file, typed metadata, tensor directory. Sees only {@code api}. Everything here
 * distrusts the file: counts are checked against the bytes that remain before anything is allocated.
 */
package dev.kimilinear.engine.gguf;
