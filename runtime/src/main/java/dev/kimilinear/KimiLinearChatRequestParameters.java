package dev.kimilinear;

import static dev.langchain4j.internal.Utils.getOrDefault;

import java.time.Duration;
import java.util.Objects;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;

/**
 * The parameters of a chat request with those that LangChain4j has none for: min-p, a seed and a timeout.
 * Parameters left out (null) fall back to the model's own, and those to {@link #DEFAULTS}.
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

    /** What a model uses where neither it nor the request says otherwise: the one place of every default. */
    public static final KimiLinearChatRequestParameters DEFAULTS = builder()
            .temperature(DEFAULT_TEMPERATURE)
            .topK(DEFAULT_TOP_K)
            .topP(DEFAULT_TOP_P)
            .minP(DEFAULT_MIN_P)
            .build();

    private final Double minP;
    private final Long seed;
    private final Duration timeout;

    private KimiLinearChatRequestParameters(Builder builder) {
        super(builder);
        this.minP = builder.minP;
        this.seed = builder.seed;
        this.timeout = builder.timeout;
    }

    /** Keep tokens at least this many times as probable as the most probable one: 0 (all) to 1; null if not set. */
    public Double minP() {
        return minP;
    }

    /**
     * The seed of the random draw: the same model file, request and seed give the same answer; null if not set, which
     * means a random one.
     */
    public Long seed() {
        return seed;
    }

    /**
     * The request fails with a {@link dev.langchain4j.exception.TimeoutException} if it is not done so long after it was made,
     * waiting for other requests included; null if not set, and zero, mean never.
     */
    public Duration timeout() {
        return timeout;
    }

    @Override
    public KimiLinearChatRequestParameters overrideWith(ChatRequestParameters that) {
        return builder().overrideWith(this).overrideWith(that).build();
    }

    @Override
    public KimiLinearChatRequestParameters defaultedBy(ChatRequestParameters that) {
        return builder().overrideWith(that).overrideWith(this).build();
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof KimiLinearChatRequestParameters that
                && Objects.equals(minP, that.minP)
                && Objects.equals(seed, that.seed)
                && Objects.equals(timeout, that.timeout);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), minP, seed, timeout);
    }

    @Override
    public String toString() {
        return "KimiLinearChatRequestParameters{" + super.toString() + ", minP=" + minP + ", seed=" + seed + ", timeout="
                + timeout + "}";
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Builds {@link KimiLinearChatRequestParameters}. */
    public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {

        private Double minP;
        private Long seed;
        private Duration timeout;

        /** Keep tokens at least this many times as probable as the most probable one: 0 (all) to 1. */
        public Builder minP(Double minP) {
            this.minP = minP;
            return this;
        }

        /** The seed of the random draw. */
        public Builder seed(Long seed) {
            this.seed = seed;
            return this;
        }

        /** How long the request may take, waiting for other requests included; zero means as long as it takes. */
        public Builder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        @Override
        public Builder overrideWith(ChatRequestParameters parameters) {
            super.overrideWith(parameters);
            if (parameters instanceof KimiLinearChatRequestParameters ours) {
                minP(getOrDefault(ours.minP(), minP));
                seed(getOrDefault(ours.seed(), seed));
                timeout(getOrDefault(ours.timeout(), timeout));
            }
            return this;
        }

        @Override
        public KimiLinearChatRequestParameters build() {
            return new KimiLinearChatRequestParameters(this);
        }
    }
}
