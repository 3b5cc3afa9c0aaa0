package dev.kimilinear.engine.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.SamplingParams;

/**
 * Chooses tokens for one sequence, and allocates nothing. Rules that are switched off cost nothing; greedy choice copies
 * nothing. The same logits, parameters and seed give the same tokens on every JVM: the arithmetic uses {@link StrictMath}
 * and a generator of our own, and no order depends on anything else. Belongs to one sequence; not thread-safe.
 */
public final class Sampler {

    private final int vocabularySize;
    private final List<LogitsProcessor> processors;
    /** Null when greedy. */
    private final Candidates candidates;
    private final SplitMix64 random;

    private Sampler(int vocabularySize, List<LogitsProcessor> processors, Candidates candidates, SplitMix64 random) {
        this.vocabularySize = vocabularySize;
        this.processors = processors;
        this.candidates = candidates;
        this.random = random;
    }

    /** A sampler by these parameters, with the rules in the order that {@link SamplingParams} documents. */
    public static Sampler of(SamplingParams params, int vocabularySize) {
        if (params.temperature() == 0) {
            return new Sampler(vocabularySize, List.of(), null, null);
        }
        List<LogitsProcessor> processors = new ArrayList<>();
        processors.add(new Temperature(params.temperature()));
        if (params.topK() > 0) {
            processors.add(new TopK(params.topK()));
        }
        if (params.topP() < 1) {
            processors.add(new TopP(params.topP()));
        }
        if (params.minP() > 0) {
            processors.add(new MinP(params.minP()));
        }
        long seed = params.seed().orElseGet(() -> new SplittableRandom().nextLong());
        return new Sampler(vocabularySize, processors, new Candidates(vocabularySize), new SplitMix64(seed));
    }

    /**
     * Chooses the next token.
     *
     * @param logits one row at offset; not changed. Negative infinity excludes a token
     * @param length tokens in the row, at most the vocabulary size
     * @return the token, 0 to length - 1
     * @throws EngineException if a logit is NaN or positive infinity, or if all exclude their token
     */
    public int sample(float[] logits, int offset, int length) {
        Objects.checkIndex(length - 1, vocabularySize);
        int best = argMax(logits, offset, length);
        if (candidates == null) {
            return best;
        }
        candidates.set(logits, offset, length);
        for (int i = 0; i < processors.size(); i++) {
            processors.get(i).apply(candidates);
        }
        return draw();
    }

    /** The token with the largest logit, the lower id on a tie. */
    private static int argMax(float[] logits, int offset, int length) {
        int best = -1;
        float bestLogit = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < length; id++) {
            float logit = logits[offset + id];
            if (logit > bestLogit) {
                best = id;
                bestLogit = logit;
            } else if (Float.isNaN(logit)) {
                throw notFinite(id, logit);
            }
        }
        if (best < 0) {
            throw new EngineException("All " + length + " logits are negative infinity, expected a finite one. "
                    + "The model file may be damaged.");
        }
        if (bestLogit == Float.POSITIVE_INFINITY) {
            throw notFinite(best, bestLogit);
        }
        return best;
    }

    private static EngineException notFinite(int id, float logit) {
        return new EngineException("The logit of token " + id + " is " + logit + ", expected a finite number. "
                + "The model file may be damaged.");
    }

    /** Draws from the softmax over the candidates, by walking its cumulative sum. */
    private int draw() {
        float max = candidates.maxLogit();
        double total = 0;
        for (int i = 0; i < candidates.size(); i++) {
            total += weight(candidates.logit(i), max);
        }
        double rest = random.nextDouble() * total;
        int drawn = -1;
        for (int i = 0; i < candidates.size() && rest >= 0; i++) {
            double weight = weight(candidates.logit(i), max);
            if (weight > 0) {
                // Rounding may leave a rest behind the last candidate; it stays chosen then.
                drawn = candidates.id(i);
                rest -= weight;
            }
        }
        return drawn;
    }

    /** e^(logit - max): the probability up to a common factor. Not {@link Math#exp}, whose last bit depends on the JVM. */
    static double weight(float logit, float max) {
        return StrictMath.exp((double) logit - max);
    }
}
