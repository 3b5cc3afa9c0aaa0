package dev.kimilinear;

import static dev.langchain4j.internal.Utils.getOrDefault;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.kimilinear.engine.api.SamplingParams.Dry;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;

/**
 * The parameters of a chat request with those that LangChain4j has none for. Parameters left out (null) fall back to the
 * model's own, and those to {@link #DEFAULTS}. The rules for choosing a token apply in the order that
 * {@link dev.kimilinear.engine.api.SamplingParams} documents.
 */
public final class KimiLinearChatRequestParameters extends DefaultChatRequestParameters {

    /** The default temperature, see {@link #temperature()}: 0 is greedy, 1 the model's own distribution. */
    public static final double DEFAULT_TEMPERATURE = 0.6;

    /** The default of {@link #topK()}: keep all tokens. */
    public static final int DEFAULT_TOP_K = 0;

    /** The default of {@link #topP()}. */
    public static final double DEFAULT_TOP_P = 0.95;

    /**
     * The default of {@link #minP()}: a token a twentieth as probable as the best one is not drawn. Where the model is
     * sure of itself this makes the draw greedy, whatever the temperature.
     */
    public static final double DEFAULT_MIN_P = 0.05;

    /** The default of {@link #typicalP()}: keep all tokens. */
    public static final double DEFAULT_TYPICAL_P = 1;

    /** The default of {@link #repetitionPenalty()}: off. */
    public static final double DEFAULT_REPETITION_PENALTY = 1;

    /** The default of {@link #frequencyPenalty()}: off. */
    public static final double DEFAULT_FREQUENCY_PENALTY = 0;

    /** The default of {@link #presencePenalty()}: off. */
    public static final double DEFAULT_PRESENCE_PENALTY = 0;

    /** The default of {@link #penaltyWindow()}. */
    public static final int DEFAULT_PENALTY_WINDOW = 64;

    /** The default of {@link #dryMultiplier()}: off. */
    public static final double DEFAULT_DRY_MULTIPLIER = 0;

    /** The default of {@link #dryBase()}. */
    public static final double DEFAULT_DRY_BASE = 1.75;

    /** The default of {@link #dryAllowedLength()}. */
    public static final int DEFAULT_DRY_ALLOWED_LENGTH = 2;

    /** The default of {@link #dryWindow()}: all tokens. */
    public static final int DEFAULT_DRY_WINDOW = 0;

    /** The default of {@link #xtcProbability()}: off. */
    public static final double DEFAULT_XTC_PROBABILITY = 0;

    /** The default of {@link #xtcThreshold()}. */
    public static final double DEFAULT_XTC_THRESHOLD = 0.1;

    /** What a model uses where neither it nor the request says otherwise: the one place of every default. */
    public static final KimiLinearChatRequestParameters DEFAULTS = builder()
            .temperature(DEFAULT_TEMPERATURE)
            .topK(DEFAULT_TOP_K)
            .typicalP(DEFAULT_TYPICAL_P)
            .topP(DEFAULT_TOP_P)
            .minP(DEFAULT_MIN_P)
            .repetitionPenalty(DEFAULT_REPETITION_PENALTY)
            .frequencyPenalty(DEFAULT_FREQUENCY_PENALTY)
            .presencePenalty(DEFAULT_PRESENCE_PENALTY)
            .penaltyWindow(DEFAULT_PENALTY_WINDOW)
            .dryMultiplier(DEFAULT_DRY_MULTIPLIER)
            .dryBase(DEFAULT_DRY_BASE)
            .dryAllowedLength(DEFAULT_DRY_ALLOWED_LENGTH)
            .dryWindow(DEFAULT_DRY_WINDOW)
            .drySequenceBreakers(Dry.NONE.breakers())
            .xtcProbability(DEFAULT_XTC_PROBABILITY)
            .xtcThreshold(DEFAULT_XTC_THRESHOLD)
            .logitBias(Map.of())
            .parallelToolCalls(true)
            .returnThinking(true)
            .ignoreEos(false)
            .build();

    private final Double minP;
    private final Double typicalP;
    private final Double repetitionPenalty;
    private final Integer penaltyWindow;
    private final Double dryMultiplier;
    private final Double dryBase;
    private final Integer dryAllowedLength;
    private final Integer dryWindow;
    private final List<String> drySequenceBreakers;
    private final Double xtcProbability;
    private final Double xtcThreshold;
    private final Map<Integer, Double> logitBias;
    private final Long seed;
    private final Duration timeout;
    private final String grammar;
    private final Boolean parallelToolCalls;
    private final Boolean returnThinking;
    private final Boolean ignoreEos;

    private KimiLinearChatRequestParameters(Builder builder) {
        super(builder);
        minP = builder.minP;
        typicalP = builder.typicalP;
        repetitionPenalty = builder.repetitionPenalty;
        penaltyWindow = builder.penaltyWindow;
        dryMultiplier = builder.dryMultiplier;
        dryBase = builder.dryBase;
        dryAllowedLength = builder.dryAllowedLength;
        dryWindow = builder.dryWindow;
        drySequenceBreakers = builder.drySequenceBreakers == null ? null : List.copyOf(builder.drySequenceBreakers);
        xtcProbability = builder.xtcProbability;
        xtcThreshold = builder.xtcThreshold;
        logitBias = builder.logitBias == null ? null : Map.copyOf(builder.logitBias);
        seed = builder.seed;
        timeout = builder.timeout;
        grammar = builder.grammar;
        parallelToolCalls = builder.parallelToolCalls;
        returnThinking = builder.returnThinking;
        ignoreEos = builder.ignoreEos;
    }

    /** Keep tokens at least this many times as probable as the most probable one: 0 (all) to 1. Null if not set. */
    public Double minP() {
        return minP;
    }

    /**
     * Keep the tokens whose surprise is closest to the expected one and whose probabilities sum to at least this: above 0,
     * at most 1 (all). Null if not set.
     */
    public Double typicalP() {
        return typicalP;
    }

    /** Divides the logits of tokens that came before, or multiplies those below 0: above 0, 1 is off. Null if not set. */
    public Double repetitionPenalty() {
        return repetitionPenalty;
    }

    /** How many of the last tokens of prompt and answer the penalties look at: 0 means all. Null if not set. */
    public Integer penaltyWindow() {
        return penaltyWindow;
    }

    /**
     * "Don't repeat yourself": a token that would continue a repetition of n tokens loses {@code multiplier * base^(n -
     * allowed length)}: 0 (off) or more. Null if not set.
     */
    public Double dryMultiplier() {
        return dryMultiplier;
    }

    /** The base of {@link #dryMultiplier}: 1 or more. Null if not set. */
    public Double dryBase() {
        return dryBase;
    }

    /** The shortest repetition that {@link #dryMultiplier} counts: 1 or more. Null if not set. */
    public Integer dryAllowedLength() {
        return dryAllowedLength;
    }

    /** How many of the last tokens of prompt and answer {@link #dryMultiplier} looks at: 0 means all. Null if not set. */
    public Integer dryWindow() {
        return dryWindow;
    }

    /** No repetition of {@link #dryMultiplier} reaches over a token that contains one of these texts. Null if not set. */
    public List<String> drySequenceBreakers() {
        return drySequenceBreakers;
    }

    /**
     * "Exclude top choices": how often all tokens at least as probable as {@link #xtcThreshold} are left out but the least
     * probable of them: 0 (off) to 1. Null if not set.
     */
    public Double xtcProbability() {
        return xtcProbability;
    }

    /** The threshold of {@link #xtcProbability}: 0 to 1. Null if not set. */
    public Double xtcThreshold() {
        return xtcThreshold;
    }

    /** What is added to the logits of tokens, by their ids in the vocabulary. Null if not set. */
    public Map<Integer, Double> logitBias() {
        return logitBias;
    }

    /**
     * The seed of the random draw: the same model file, request and seed give the same answer; not set means a random one.
     * It is null then.
     */
    public Long seed() {
        return seed;
    }

    /**
     * The request fails with a {@link dev.langchain4j.exception.TimeoutException} if it is not done so long after it was
     * made, waiting for other requests included; not set, and zero, mean never. It is null then.
     */
    public Duration timeout() {
        return timeout;
    }

    /**
     * The answer is a text by this grammar in GBNF, the notation of llama.cpp; not together with a response format of JSON.
     * Null if not set.
     */
    public String grammar() {
        return grammar;
    }

    /** Whether one answer may call several tools. Null if not set. */
    public Boolean parallelToolCalls() {
        return parallelToolCalls;
    }

    /**
     * Whether what a model writes between {@code <think>} and {@code </think>} in front of its answer is returned apart
     * from it; otherwise it is part of the text. Null if not set.
     */
    public Boolean returnThinking() {
        return returnThinking;
    }

    /**
     * Whether an answer goes on where the model would end it, up to its limit: for measuring; not together with tools, JSON
     * or a grammar. Null if not set.
     */
    public Boolean ignoreEos() {
        return ignoreEos;
    }

    @Override
    public KimiLinearChatRequestParameters overrideWith(ChatRequestParameters that) {
        return builder().overrideWith(this).overrideWith(that).build();
    }

    @Override
    public KimiLinearChatRequestParameters defaultedBy(ChatRequestParameters that) {
        return builder().overrideWith(that).overrideWith(this).build();
    }

    /** What LangChain4j has no parameters for, in one list. */
    private List<Object> own() {
        return Arrays.asList(minP, typicalP, repetitionPenalty, penaltyWindow, dryMultiplier, dryBase, dryAllowedLength,
                dryWindow, drySequenceBreakers, xtcProbability, xtcThreshold, logitBias, seed, timeout, grammar,
                parallelToolCalls, returnThinking, ignoreEos);
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other) && other instanceof KimiLinearChatRequestParameters that && own().equals(that.own());
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), own());
    }

    @Override
    public String toString() {
        return "KimiLinearChatRequestParameters{" + super.toString()
                + ", minP=" + minP
                + ", typicalP=" + typicalP
                + ", repetitionPenalty=" + repetitionPenalty
                + ", penaltyWindow=" + penaltyWindow
                + ", dryMultiplier=" + dryMultiplier
                + ", dryBase=" + dryBase
                + ", dryAllowedLength=" + dryAllowedLength
                + ", dryWindow=" + dryWindow
                + ", drySequenceBreakers=" + drySequenceBreakers
                + ", xtcProbability=" + xtcProbability
                + ", xtcThreshold=" + xtcThreshold
                + ", logitBias=" + logitBias
                + ", seed=" + seed
                + ", timeout=" + timeout
                + ", grammar=" + grammar
                + ", parallelToolCalls=" + parallelToolCalls
                + ", returnThinking=" + returnThinking
                + ", ignoreEos=" + ignoreEos
                + "}";
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link KimiLinearChatRequestParameters}. */
    public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {

        private Double minP;
        private Double typicalP;
        private Double repetitionPenalty;
        private Integer penaltyWindow;
        private Double dryMultiplier;
        private Double dryBase;
        private Integer dryAllowedLength;
        private Integer dryWindow;
        private List<String> drySequenceBreakers;
        private Double xtcProbability;
        private Double xtcThreshold;
        private Map<Integer, Double> logitBias;
        private Long seed;
        private Duration timeout;
        private String grammar;
        private Boolean parallelToolCalls;
        private Boolean returnThinking;
        private Boolean ignoreEos;

        /** @see KimiLinearChatRequestParameters#minP() */
        public Builder minP(Double minP) {
            this.minP = minP;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#typicalP() */
        public Builder typicalP(Double typicalP) {
            this.typicalP = typicalP;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#repetitionPenalty() */
        public Builder repetitionPenalty(Double repetitionPenalty) {
            this.repetitionPenalty = repetitionPenalty;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#penaltyWindow() */
        public Builder penaltyWindow(Integer penaltyWindow) {
            this.penaltyWindow = penaltyWindow;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#dryMultiplier() */
        public Builder dryMultiplier(Double dryMultiplier) {
            this.dryMultiplier = dryMultiplier;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#dryBase() */
        public Builder dryBase(Double dryBase) {
            this.dryBase = dryBase;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#dryAllowedLength() */
        public Builder dryAllowedLength(Integer dryAllowedLength) {
            this.dryAllowedLength = dryAllowedLength;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#dryWindow() */
        public Builder dryWindow(Integer dryWindow) {
            this.dryWindow = dryWindow;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#drySequenceBreakers() */
        public Builder drySequenceBreakers(List<String> drySequenceBreakers) {
            this.drySequenceBreakers = drySequenceBreakers;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#xtcProbability() */
        public Builder xtcProbability(Double xtcProbability) {
            this.xtcProbability = xtcProbability;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#xtcThreshold() */
        public Builder xtcThreshold(Double xtcThreshold) {
            this.xtcThreshold = xtcThreshold;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#logitBias() */
        public Builder logitBias(Map<Integer, Double> logitBias) {
            this.logitBias = logitBias;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#seed() */
        public Builder seed(Long seed) {
            this.seed = seed;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#timeout() */
        public Builder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#grammar() */
        public Builder grammar(String grammar) {
            this.grammar = grammar;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#parallelToolCalls() */
        public Builder parallelToolCalls(Boolean parallelToolCalls) {
            this.parallelToolCalls = parallelToolCalls;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#returnThinking() */
        public Builder returnThinking(Boolean returnThinking) {
            this.returnThinking = returnThinking;
            return this;
        }

        /** @see KimiLinearChatRequestParameters#ignoreEos() */
        public Builder ignoreEos(Boolean ignoreEos) {
            this.ignoreEos = ignoreEos;
            return this;
        }

        @Override
        public Builder overrideWith(ChatRequestParameters parameters) {
            super.overrideWith(parameters);
            if (parameters instanceof KimiLinearChatRequestParameters ours) {
                // An empty list or map is one that was set.
                minP = getOrDefault(ours.minP, minP);
                typicalP = getOrDefault(ours.typicalP, typicalP);
                repetitionPenalty = getOrDefault(ours.repetitionPenalty, repetitionPenalty);
                penaltyWindow = getOrDefault(ours.penaltyWindow, penaltyWindow);
                dryMultiplier = getOrDefault(ours.dryMultiplier, dryMultiplier);
                dryBase = getOrDefault(ours.dryBase, dryBase);
                dryAllowedLength = getOrDefault(ours.dryAllowedLength, dryAllowedLength);
                dryWindow = getOrDefault(ours.dryWindow, dryWindow);
                drySequenceBreakers = ours.drySequenceBreakers != null ? ours.drySequenceBreakers : drySequenceBreakers;
                xtcProbability = getOrDefault(ours.xtcProbability, xtcProbability);
                xtcThreshold = getOrDefault(ours.xtcThreshold, xtcThreshold);
                logitBias = ours.logitBias != null ? ours.logitBias : logitBias;
                seed = getOrDefault(ours.seed, seed);
                timeout = getOrDefault(ours.timeout, timeout);
                grammar = getOrDefault(ours.grammar, grammar);
                parallelToolCalls = getOrDefault(ours.parallelToolCalls, parallelToolCalls);
                returnThinking = getOrDefault(ours.returnThinking, returnThinking);
                ignoreEos = getOrDefault(ours.ignoreEos, ignoreEos);
            }
            return this;
        }

        @Override
        public KimiLinearChatRequestParameters build() {
            return new KimiLinearChatRequestParameters(this);
        }
    }
}
