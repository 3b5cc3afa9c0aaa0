/**
 * Byte-level BPE with the {@code kimi-k2} pre-tokenizer, and the incremental way back from tokens to text. Sees {@code gguf}.
 * Immutable and thread-safe, except {@code TextDecoder}, which belongs to one sequence.
 */
package dev.kimilinear.engine.tokenizer;
