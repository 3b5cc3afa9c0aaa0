/** How gradients change parameters. */
package dev.kimilinear.trainer.optimizer;
