/** Learns the vocabulary of the tiny model: byte-pair encoding as the engine will do it. */
package dev.kimilinear.trainer.tokenizer;
