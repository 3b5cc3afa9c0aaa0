package dev.kimilinear.engine.model;

import java.util.List;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.kernel.LatentCache;

/**
 * What the model remembers of one sequence: a state for each layer, and how many tokens it has read. It only moves
 * forward: a recurrent state cannot be cut back. Confined to the owner thread.
 */
public final class SequenceState {

    private final List<LayerState> layers;
    private int position;

    SequenceState(List<LayerState> layers) {
        this.layers = List.copyOf(layers);
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
