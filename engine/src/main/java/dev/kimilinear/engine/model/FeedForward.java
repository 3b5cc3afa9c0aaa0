package dev.kimilinear.engine.model;

import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Ops;

/** The layer of a block that treats each row by itself. */
public sealed interface FeedForward permits DenseFfn, MixtureOfExperts {

    /**
     * @param h {@code [n, E]}: normed input
     * @return {@code [n, E]}, in workspace memory
     */
    float[] forward(Activations h, Workspace ws, Ops ops);
}
