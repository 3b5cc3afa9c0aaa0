/**
 * The model in training: the engine's formulas and names, with a hand-written derivative for each. A forward pass keeps what
 * its backward pass needs.
 */
package dev.kimilinear.trainer.model;
