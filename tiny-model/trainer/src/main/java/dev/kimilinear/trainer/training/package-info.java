/** A run: examples, steps, checkpoints. */
package dev.kimilinear.trainer.training;
