package dev.kimilinear.runtime.devui;

import static java.util.Objects.requireNonNullElse;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SamplingParams.Dry;
import dev.kimilinear.engine.api.SamplingParams.Penalties;
import dev.kimilinear.engine.api.SamplingParams.Xtc;
import dev.kimilinear.engine.api.ToolChoice;

/**
 * All that a request of the playground can say besides its prompt and the form of its answer, see {@link SamplingParams} and
 * {@link GenerationRequest}. What is null is as the model's defaults have it, except the seed.
 *
 * @param seed a whole number as text, because JavaScript has none of 64 bits; null or blank for a random one
 * @param alternatives how many tokens are listed with each token of the answer, at least 1
 */
public record PlaygroundParameters(Float temperature, Integer topK, Float typicalP, Float topP, Float minP,
        Float repetitionPenalty, Float frequencyPenalty, Float presencePenalty, Integer penaltyWindow,
        Float dryMultiplier, Float dryBase, Integer dryAllowedLength, Integer dryWindow, List<String> drySequenceBreakers,
        Float xtcProbability, Float xtcThreshold, Map<Integer, Float> logitBias, String seed,
        Integer maxOutputTokens, List<String> stop, Boolean ignoreEndOfGeneration,
        ToolChoice toolChoice, Boolean parallelToolCalls, Boolean splitThinking, Boolean renderControlTokens,
        Long timeoutMillis, Integer alternatives) {

    private static final int DEFAULT_ALTERNATIVES = 5;

    static PlaygroundParameters of(GenerationRequest request) {
        SamplingParams sampling = request.sampling();
        Penalties penalties = sampling.penalties();
        Dry dry = sampling.dry();
        return new PlaygroundParameters(sampling.temperature(), sampling.topK(), sampling.typicalP(), sampling.topP(),
                sampling.minP(),
                penalties.repetition(), penalties.frequency(), penalties.presence(), penalties.window(),
                dry.multiplier(), dry.base(), dry.allowedLength(), dry.window(), dry.breakers(),
                sampling.xtc().probability(), sampling.xtc().threshold(), sampling.logitBias(),
                sampling.seed().isPresent() ? Long.toString(sampling.seed().getAsLong()) : "",
                request.maxOutputTokens(), request.stop(), request.ignoreEndOfGeneration(),
                request.toolChoice(), request.parallelToolCalls(), request.splitThinking(), request.renderControlTokens(),
                request.timeoutMillis(), DEFAULT_ALTERNATIVES);
    }

    /**
     * @param defaults what is taken for parameters that are null
     * @throws IllegalArgumentException if a parameter is out of range
     */
    GenerationRequest request(Prompt prompt, AnswerFormat format, GenerationRequest defaults) {
        return GenerationRequest.of(prompt)
                .withSampling(sampling(defaults.sampling()))
                .withMaxOutputTokens(requireNonNullElse(maxOutputTokens, defaults.maxOutputTokens()))
                .withStop(requireNonNullElse(stop, defaults.stop()))
                .withFormat(format)
                .withToolChoice(requireNonNullElse(toolChoice, defaults.toolChoice()))
                .withParallelToolCalls(requireNonNullElse(parallelToolCalls, defaults.parallelToolCalls()))
                .withSplitThinking(requireNonNullElse(splitThinking, defaults.splitThinking()))
                .withIgnoreEndOfGeneration(requireNonNullElse(ignoreEndOfGeneration, defaults.ignoreEndOfGeneration()))
                .withRenderControlTokens(requireNonNullElse(renderControlTokens, defaults.renderControlTokens()))
                .withTimeoutMillis(requireNonNullElse(timeoutMillis, defaults.timeoutMillis()))
                .withAlternatives(Math.max(1, requireNonNullElse(alternatives, DEFAULT_ALTERNATIVES)));
    }

    private SamplingParams sampling(SamplingParams defaults) {
        return new SamplingParams(requireNonNullElse(temperature, defaults.temperature()),
                requireNonNullElse(topK, defaults.topK()), requireNonNullElse(typicalP, defaults.typicalP()),
                requireNonNullElse(topP, defaults.topP()), requireNonNullElse(minP, defaults.minP()),
                penalties(defaults.penalties()), dry(defaults.dry()), xtc(defaults.xtc()),
                requireNonNullElse(logitBias, defaults.logitBias()), seedOrRandom());
    }

    private Penalties penalties(Penalties defaults) {
        return new Penalties(requireNonNullElse(repetitionPenalty, defaults.repetition()),
                requireNonNullElse(frequencyPenalty, defaults.frequency()),
                requireNonNullElse(presencePenalty, defaults.presence()),
                requireNonNullElse(penaltyWindow, defaults.window()));
    }

    private Dry dry(Dry defaults) {
        return new Dry(requireNonNullElse(dryMultiplier, defaults.multiplier()),
                requireNonNullElse(dryBase, defaults.base()), requireNonNullElse(dryAllowedLength, defaults.allowedLength()),
                requireNonNullElse(dryWindow, defaults.window()),
                requireNonNullElse(drySequenceBreakers, defaults.breakers()));
    }

    private Xtc xtc(Xtc defaults) {
        return new Xtc(requireNonNullElse(xtcProbability, defaults.probability()),
                requireNonNullElse(xtcThreshold, defaults.threshold()));
    }

    private OptionalLong seedOrRandom() {
        if (seed == null || seed.isBlank()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(seed.strip()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "seed is \"" + seed + "\", expected a whole number of 64 bits, or nothing for a random one", e);
        }
    }
}
