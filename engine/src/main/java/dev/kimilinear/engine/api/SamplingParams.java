package dev.kimilinear.engine.api;

import java.util.OptionalLong;

/**
 * How the next token is chosen. The rules apply in this order: temperature, top-k, top-p, min-p, draw.
 *
 * @param temperature logits are divided by it before the softmax; 0 means greedy (the largest logit, the lower id on a
 *        tie) and switches the other rules off; 0 or more
 * @param topK keep the k most probable tokens; 0 keeps all
 * @param topP keep the smallest set of most probable tokens whose probabilities sum to at least p; 1 keeps all;
 *        above 0, at most 1
 * @param minP keep tokens at least p times as probable as the most probable one; 0 keeps all; 0 to 1
 * @param seed seed of the random draw, or empty for a random one; the same file, request and seed give the same tokens
 */
public record SamplingParams(float temperature, int topK, float topP, float minP, OptionalLong seed) {

    public SamplingParams {
        // Written so that NaN fails too.
        if (!(temperature >= 0 && temperature < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature is " + temperature + ", expected 0 (greedy) or more");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("topK is " + topK + ", expected 0 (off) or more");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP is " + topP + ", expected more than 0 and at most 1 (off)");
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new IllegalArgumentException("minP is " + minP + ", expected 0 (off) to 1");
        }
        if (seed == null) {
            throw new IllegalArgumentException("seed is null, expected OptionalLong.empty() for a random seed");
        }
    }

    /** Always the most probable token. */
    public static SamplingParams greedy() {
        return new SamplingParams(0, 0, 1, 0, OptionalLong.empty());
    }

    /** Draws from the whole distribution at the given temperature. */
    public static SamplingParams temperature(float temperature) {
        return new SamplingParams(temperature, 0, 1, 0, OptionalLong.empty());
    }

    public SamplingParams withTopK(int topK) {
        return new SamplingParams(temperature, topK, topP, minP, seed);
    }

    public SamplingParams withTopP(float topP) {
        return new SamplingParams(temperature, topK, topP, minP, seed);
    }

    public SamplingParams withMinP(float minP) {
        return new SamplingParams(temperature, topK, topP, minP, seed);
    }

    public SamplingParams withSeed(long seed) {
        return new SamplingParams(temperature, topK, topP, minP, OptionalLong.of(seed));
    }
}
