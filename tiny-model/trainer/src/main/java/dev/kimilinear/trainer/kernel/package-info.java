/**
 * The arithmetic of training: matrix products, and everything else with its derivative, on plain arrays with the Vector API.
 */
package dev.kimilinear.trainer.kernel;
