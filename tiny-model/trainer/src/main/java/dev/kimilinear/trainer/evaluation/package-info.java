/** How good a model is: on held-out dialogues, at distances, and on conversations that people wrote. */
package dev.kimilinear.trainer.evaluation;
