package dev.kimilinear.engine.model;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Ops;

/** The layer of a block that looks back in the sequence. Holds weights only; what it remembers lies in the spans' states. */
public sealed interface Attention permits KimiDeltaAttention, LatentAttention {

    /**
     * Mixes each row with its past and advances the spans' states.
     *
     * @param h {@code [n, E]}: normed input of the step's n rows
     * @param layer index of the block: which of a sequence's layer states is ours
     * @return {@code [n, E]}, in workspace memory
     */
    float[] forward(Activations h, Batch batch, int layer, Workspace ws, Ops ops);

    /** The state before the first token. */
    LayerState newState(LatentCacheType latentCache);
}
