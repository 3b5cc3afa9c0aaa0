/** Writes a trained model as a GGUF file that this engine and llama.cpp read. */
package dev.kimilinear.trainer.export;
