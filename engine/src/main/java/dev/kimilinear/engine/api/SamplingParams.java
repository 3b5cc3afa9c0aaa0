package dev.kimilinear.engine.api;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * How the next token is chosen. The rules apply in this order: logit bias, grammar and tool calls (where the request has
 * them), penalties for repetition, DRY, temperature, top-k, typical-p, top-p, min-p, XTC, draw.
 *
 * @param temperature logits are divided by it before the softmax; 0 means greedy: of what the rules before it left, the
 *        largest logit, the lower id on a tie, without the rules after it; 0 or more
 * @param topK keep the k most probable tokens; 0 keeps all
 * @param typicalP keep the tokens whose surprise is closest to the expected one (Meister et al. 2023, "Locally Typical
 *        Sampling"), the smallest such set whose probabilities sum to at least p; 1 keeps all; above 0, at most 1
 * @param topP keep the smallest set of most probable tokens whose probabilities sum to at least p; 1 keeps all;
 *        above 0, at most 1
 * @param minP keep tokens at least p times as probable as the most probable one; 0 keeps all; 0 to 1
 * @param penalties for tokens that came before
 * @param dry the penalty for going on with what came before
 * @param xtc the removal of the most probable tokens
 * @param logitBias is added to the logits of these tokens; finite
 * @param seed seed of the random draw, or empty for a random one; the same file, request and seed give the same tokens
 */
public record SamplingParams(float temperature, int topK, float typicalP, float topP, float minP, Penalties penalties, Dry dry,
        Xtc xtc, Map<Integer, Float> logitBias, OptionalLong seed) {

    /**
     * Penalties for tokens that are among the last ones of prompt and answer, as in llama.cpp.
     *
     * @param repetition divides a logit above 0 and multiplies one below (Keskar et al. 2019, "CTRL", section 4.1); 1 is off;
     *        above 0
     * @param frequency is subtracted from the logit once for each time the token came; 0 is off
     * @param presence is subtracted from the logit if the token came at all; 0 is off
     * @param window how many of the last tokens count; 0 means all
     */
    public record Penalties(float repetition, float frequency, float presence, int window) {

        /** No penalty. */
        public static final Penalties NONE = new Penalties(1, 0, 0, 64);

        public Penalties {
            if (!(repetition > 0 && repetition < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("repetitionPenalty is " + repetition + ", expected more than 0; 1 is off");
            }
            requireFinite("frequencyPenalty", frequency);
            requireFinite("presencePenalty", presence);
            if (window < 0) {
                throw new IllegalArgumentException("penaltyWindow is " + window + ", expected 0 (all tokens) or more");
            }
        }

        /** Whether no token loses anything. */
        public boolean isOff() {
            return repetition == 1 && frequency == 0 && presence == 0;
        }
    }

    /**
     * "Don't repeat yourself": a token that would continue a repetition, of n tokens that ended the text and stood in it
     * before, loses {@code multiplier * base^(n - allowedLength)} where n is at least the allowed length.
     *
     * @param multiplier 0 is off; 0 or more
     * @param base 1 or more
     * @param allowedLength repetitions below this length are free; 1 or more
     * @param window how many of the last tokens of prompt and answer count; 0 means all
     * @param breakers no repetition reaches over a token that contains one of these texts
     */
    public record Dry(float multiplier, float base, int allowedLength, int window, List<String> breakers) {

        /** No penalty; with a multiplier, the usual values. */
        public static final Dry NONE = new Dry(0, 1.75f, 2, 0, List.of("\n", ":", "\"", "*"));

        public Dry {
            if (!(multiplier >= 0 && multiplier < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("dryMultiplier is " + multiplier + ", expected 0 (off) or more");
            }
            if (!(base >= 1 && base < Float.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("dryBase is " + base + ", expected 1 or more");
            }
            if (allowedLength < 1) {
                throw new IllegalArgumentException("dryAllowedLength is " + allowedLength + ", expected 1 or more");
            }
            if (window < 0) {
                throw new IllegalArgumentException("dryWindow is " + window + ", expected 0 (all tokens) or more");
            }
            breakers = List.copyOf(breakers);
            if (breakers.contains("")) {
                throw new IllegalArgumentException("A DRY sequence breaker is empty, expected at least one character");
            }
        }

        /** Whether no token loses anything. */
        public boolean isOff() {
            return multiplier == 0;
        }
    }

    /**
     * "Exclude top choices": with the given probability, all tokens at least as probable as the threshold are removed but the
     * least probable of them.
     *
     * @param probability 0 is off; 0 to 1
     * @param threshold above one half never removes anything; 0 to 1
     */
    public record Xtc(float probability, float threshold) {

        /** Nothing is removed; with a probability, the usual threshold. */
        public static final Xtc NONE = new Xtc(0, 0.1f);

        public Xtc {
            if (!(probability >= 0 && probability <= 1)) {
                throw new IllegalArgumentException("xtcProbability is " + probability + ", expected 0 (off) to 1");
            }
            if (!(threshold >= 0 && threshold <= 1)) {
                throw new IllegalArgumentException("xtcThreshold is " + threshold + ", expected 0 to 1");
            }
        }

        /** Whether no token is removed. */
        public boolean isOff() {
            return probability == 0;
        }
    }

    public SamplingParams {
        // Written so that NaN fails too.
        if (!(temperature >= 0 && temperature < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("temperature is " + temperature + ", expected 0 (greedy) or more");
        }
        if (topK < 0) {
            throw new IllegalArgumentException("topK is " + topK + ", expected 0 (off) or more");
        }
        if (!(typicalP > 0 && typicalP <= 1)) {
            throw new IllegalArgumentException("typicalP is " + typicalP + ", expected more than 0 and at most 1 (off)");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("topP is " + topP + ", expected more than 0 and at most 1 (off)");
        }
        if (!(minP >= 0 && minP <= 1)) {
            throw new IllegalArgumentException("minP is " + minP + ", expected 0 (off) to 1");
        }
        // In the order of ids, so that it is applied in one pass.
        logitBias = Collections.unmodifiableMap(new TreeMap<>(logitBias));
        logitBias.forEach((token, bias) -> {
            if (token < 0) {
                throw new IllegalArgumentException("logitBias has a token " + token + ", expected ids of the vocabulary");
            }
            requireFinite("logitBias of token " + token, bias);
        });
        if (seed == null) {
            throw new IllegalArgumentException("seed is null, expected OptionalLong.empty() for a random seed");
        }
    }

    private static void requireFinite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + ", expected a finite number");
        }
    }

    /** Always the most probable token. */
    public static SamplingParams greedy() {
        return temperature(0);
    }

    /** Draws from the whole distribution at the given temperature. */
    public static SamplingParams temperature(float temperature) {
        return new SamplingParams(temperature, 0, 1, 1, 0, Penalties.NONE, Dry.NONE, Xtc.NONE, Map.of(), OptionalLong.empty());
    }

    public SamplingParams withTemperature(float temperature) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withTopK(int topK) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withTypicalP(float typicalP) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withTopP(float topP) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withMinP(float minP) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withPenalties(Penalties penalties) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withDry(Dry dry) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withXtc(Xtc xtc) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withLogitBias(Map<Integer, Float> logitBias) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias, seed);
    }

    public SamplingParams withSeed(long seed) {
        return new SamplingParams(temperature, topK, typicalP, topP, minP, penalties, dry, xtc, logitBias,
                OptionalLong.of(seed));
    }
}
