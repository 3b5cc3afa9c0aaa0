package dev.kimilinear.engine.model;

import dev.kimilinear.engine.kernel.LatentCache;

/**
 * State of an MLA layer.
 *
 * @param cache a row of {@code R + O} values for each token: the normed latent, then the shared key part
 */
record LatentState(LatentCache cache) implements LayerState {

    @Override
    public long bytes() {
        return cache.bytes();
    }
}
