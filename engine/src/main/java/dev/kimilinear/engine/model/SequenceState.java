package dev.kimilinear.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.kernel.LatentCache;

/**
 * What the model remembers of one sequence: a state for each layer, and how many tokens it has read. It only moves
 * forward: a recurrent state cannot be cut back. Whoever may want to go back to a point keeps a {@link #fork} of it. A state
 * in work is confined to the owner thread; one that nobody takes further may be read by any thread.
 */
public final class SequenceState {

    private final List<LayerState> layers;
    private int position;

    SequenceState(List<LayerState> layers) {
        this.layers = List.copyOf(layers);
    }

    /**
     * Another state that is as this one is now; neither hears of what the other reads from here on. Of the rows of the latent
     * caches they share whole blocks, the rest is copied.
     */
    public SequenceState fork() {
        List<LayerState> forks = new ArrayList<>(layers.size());
        for (LayerState layer : layers) {
            forks.add(layer.fork(position));
        }
        SequenceState fork = new SequenceState(forks);
        fork.position = position;
        return fork;
    }

    /**
     * Makes a state before its first token one that has read so many.
     *
     * @param source fills each piece in order, with what {@link #forEachPiece} gave it for such a state
     */
    public void fill(int tokens, Consumer<MemorySegment> source) {
        assert position == 0;
        for (LayerState layer : layers) {
            layer.forEachPiece(tokens, source);
        }
        position = tokens;
    }

    /**
     * Hands out all that the state says, in a fixed order of pieces whose sizes depend on the model, the type of its latent
     * cache and {@link #position} only: arrays of the state, native byte order, to be read only.
     */
    public void forEachPiece(Consumer<MemorySegment> action) {
        for (LayerState layer : layers) {
            layer.forEachPiece(position, action);
        }
    }

    /** Hands out the arrays that the state holds, each with its bytes. Forks may hold the same ones. */
    public void forEachArray(ObjLongConsumer<Object> action) {
        for (LayerState layer : layers) {
            layer.forEachArray(action);
        }
    }

    /** Tokens read so far. */
    public int position() {
        return position;
    }

    /** Heap bytes that the state of a sequence holds once it has read the given number of tokens. */
    public static long bytes(KimiConfig config, int tokens, LatentCacheType latentCache) {
        long sum = 0;
        for (boolean latent : config.latentLayers()) {
            sum += latent ? LatentCache.bytes(config.latentWidth(), tokens, latentCache)
                    : KdaState.bytes(config.headCount(), config.kdaHeadDim(), config.convKernel());
        }
        return sum;
    }

    /** Heap bytes held now. */
    public long bytes() {
        long sum = 0;
        for (int i = 0; i < layers.size(); i++) {
            sum += layers.get(i).bytes();
        }
        return sum;
    }

    KdaState kda(int layer) {
        return (KdaState) layers.get(layer);
    }

    LatentState latent(int layer) {
        return (LatentState) layers.get(layer);
    }

    void advance(int tokens) {
        position += tokens;
    }
}
