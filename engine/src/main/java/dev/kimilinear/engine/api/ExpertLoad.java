package dev.kimilinear.engine.api;

import java.util.List;

/**
 * How much each expert has worked since the engine was opened, in all steps but those that nobody waits for: warm-up and
 * preparation.
 *
 * @param layers the mixtures of experts, first to last; none in a dense model
 */
public record ExpertLoad(List<Layer> layers) {

    public ExpertLoad {
        layers = List.copyOf(layers);
    }

    /**
     * A mixture of experts.
     *
     * @param layer its decoder block, from 0
     * @param tokens of each expert: how many tokens went through it
     */
    public record Layer(int layer, long[] tokens) {

        public Layer {
            tokens = tokens.clone();
        }

        @Override
        public long[] tokens() {
            return tokens.clone();
        }
    }
}
