package dev.kimilinear.engine.sampling;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.SamplingParams;

/**
 * Chooses tokens for one sequence, and allocates nothing. Rules that are switched off cost nothing; greedy choice copies
 * nothing where nothing changes the logits. The same logits, parameters and seed give the same tokens on every JVM: the
 * arithmetic uses {@link StrictMath} and a generator of our own, and no order depends on anything else. Belongs to one
 * sequence; not thread-safe.
 */
public final class Sampler {

    private static final int[] NO_TOKENS = {};

    private final int vocabularySize;
    private final boolean greedy;
    private final TokenConstraint constraint;
    private final List<LogitsProcessor> processors;
    /** Null where the best token can be told from the logits as they are. */
    private final Candidates candidates;
    private final History history = new History();
    private final SplitMix64 random;

    private Sampler(int vocabularySize, boolean greedy, TokenConstraint constraint, List<LogitsProcessor> processors,
            Candidates candidates, SplitMix64 random) {
        this.vocabularySize = vocabularySize;
        this.greedy = greedy;
        this.constraint = constraint;
        this.processors = processors;
        this.candidates = candidates;
        this.random = random;
    }

    /** A sampler by these parameters, without a constraint. */
    public static Sampler of(SamplingParams params, int vocabularySize) {
        return of(params, vocabularySize, null, new BitSet());
    }

    /**
     * A sampler by these parameters, with the rules in the order that {@link SamplingParams} documents.
     *
     * @param constraint what the tokens are held to; null if to nothing. It hears of every token that is chosen
     * @param dryBreakers the tokens that contain one of the texts that break a repetition
     */
    public static Sampler of(SamplingParams params, int vocabularySize, TokenConstraint constraint, BitSet dryBreakers) {
        List<LogitsProcessor> processors = new ArrayList<>();
        if (!params.logitBias().isEmpty()) {
            processors.add(new LogitBias(params.logitBias()));
        }
        if (!params.penalties().isOff()) {
            processors.add(new RepetitionPenalty(params.penalties(), vocabularySize));
        }
        if (!params.dry().isOff()) {
            processors.add(new DryPenalty(params.dry(), dryBreakers, vocabularySize));
        }
        boolean greedy = params.temperature() == 0;
        SplitMix64 random = new SplitMix64(params.seed().orElseGet(() -> new SplittableRandom().nextLong()));
        if (!greedy) {
            processors.add(new Temperature(params.temperature()));
            if (params.topK() > 0) {
                processors.add(new TopK(params.topK()));
            }
            if (params.typicalP() < 1) {
                processors.add(new TypicalP(params.typicalP()));
            }
            if (params.topP() < 1) {
                processors.add(new TopP(params.topP()));
            }
            if (params.minP() > 0) {
                processors.add(new MinP(params.minP()));
            }
            if (!params.xtc().isOff()) {
                processors.add(new Xtc(params.xtc(), random));
            }
        }
        boolean asTheyAre = processors.isEmpty() && constraint == null;
        return new Sampler(vocabularySize, greedy, constraint, processors, asTheyAre ? null : new Candidates(vocabularySize),
                random);
    }

    /** {@link #sample(float[], int, int, int[], int)} where no rule looks back. */
    public int sample(float[] logits, int offset, int length) {
        return sample(logits, offset, length, NO_TOKENS, 0);
    }

    /**
     * Chooses the next token.
     *
     * @param logits one row at offset; not changed. Negative infinity excludes a token
     * @param length tokens in the row, at most the vocabulary size
     * @param tokens the tokens of prompt and answer so far, in {@code [0, tokenCount)}
     * @return the token, 0 to length - 1
     * @throws EngineException if a logit is NaN or positive infinity, or if all exclude their token
     */
    public int sample(float[] logits, int offset, int length, int[] tokens, int tokenCount) {
        Objects.checkIndex(length - 1, vocabularySize);
        int best = argMax(logits, offset, length);
        int chosen = candidates == null || processors.isEmpty() && isAllowed(best) ? best
                : choose(logits, offset, length, tokens, tokenCount);
        if (constraint != null) {
            constraint.accept(chosen);
        }
        return chosen;
    }

    private boolean isAllowed(int token) {
        return constraint == null || constraint.allowsEverything() || constraint.allows(token);
    }

    private int choose(float[] logits, int offset, int length, int[] tokens, int tokenCount) {
        if (constraint == null || constraint.allowsEverything()) {
            candidates.setAll(logits, offset, length);
        } else {
            candidates.setAllowed(logits, offset, length, constraint.allowed());
            if (candidates.size() == 0 || candidates.maxLogit() == Float.NEGATIVE_INFINITY) {
                throw new EngineException("No token of the vocabulary can go on with the answer in the form that it must have. "
                        + "Change the grammar or schema: the vocabulary may lack single bytes.");
            }
        }
        history.set(tokens, tokenCount);
        for (int i = 0; i < processors.size(); i++) {
            processors.get(i).apply(candidates, history);
        }
        return greedy ? candidates.best() : draw();
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
