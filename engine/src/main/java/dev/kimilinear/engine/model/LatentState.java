package dev.kimilinear.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

import dev.kimilinear.engine.kernel.LatentCache;

/**
 * State of an MLA layer.
 *
 * @param cache a row of {@code R + O} values for each token: the normed latent, then the shared key part
 */
record LatentState(LatentCache cache) implements LayerState {

    @Override
    public LatentState fork(int tokens) {
        return new LatentState(cache.fork(tokens));
    }

    @Override
    public void forEachPiece(int tokens, Consumer<MemorySegment> action) {
        cache.forEachPiece(tokens, action);
    }

    @Override
    public void forEachArray(ObjLongConsumer<Object> action) {
        cache.forEachArray(action);
    }

    @Override
    public long bytes() {
        return cache.bytes();
    }
}
