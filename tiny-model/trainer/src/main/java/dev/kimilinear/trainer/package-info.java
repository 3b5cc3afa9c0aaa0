/**
 * Makes the tiny model that the extension embeds: {@link dev.kimilinear.trainer.data} writes dialogues, {@link
 * dev.kimilinear.trainer.tokenizer} learns the vocabulary, {@link dev.kimilinear.trainer.model} and {@link
 * dev.kimilinear.trainer.optimizer} learn, {@link dev.kimilinear.trainer.export} writes GGUF files, and {@link
 * dev.kimilinear.trainer.evaluation} asks the engine what has been learned.
 */
package dev.kimilinear.trainer;
