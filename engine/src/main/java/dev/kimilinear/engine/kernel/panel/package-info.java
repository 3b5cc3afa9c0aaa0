/**
 * Weights in row-interleaved panels: the order in which the vector kernels read quantised matrices at the speed of memory.
 * What a panel is ({@link dev.kimilinear.engine.kernel.panel.PanelLayout}), and how a model's matrices are brought into that
 * order. Knows the formats of {@code kernel.quant}; no vectors, no threads.
 */
package dev.kimilinear.engine.kernel.panel;
