package dev.kimilinear.runtime.devui;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.api.SamplingParams;
import dev.kimilinear.engine.api.SamplingParams.Dry;
import dev.kimilinear.engine.api.SamplingParams.Penalties;
import dev.kimilinear.engine.api.SamplingParams.Xtc;
import dev.kimilinear.engine.api.ToolChoice;
import dev.kimilinear.engine.api.ToolSpec;

class PlaygroundParametersTest {

    private static final Prompt PROMPT = new Prompt.Chat(List.of(ChatTurn.user("Hello")),
            List.of(new ToolSpec("f", null, "{}")));

    /** No value is that of another parameter, or a default. */
    private static final GenerationRequest REQUEST = GenerationRequest.of(PROMPT)
            .withSampling(new SamplingParams(0.1f, 2, 0.3f, 0.4f, 0.5f, new Penalties(6, 7, 8, 9),
                    new Dry(10, 11, 12, 13, List.of("14")), new Xtc(0.15f, 0.16f), Map.of(17, 18f), OptionalLong.of(19)))
            .withMaxOutputTokens(20).withStop(List.of("21")).withToolChoice(ToolChoice.REQUIRED).withParallelToolCalls(false)
            .withSplitThinking(true).withRenderControlTokens(true).withTimeoutMillis(22).withAlternatives(5);

    private static final PlaygroundParameters NOTHING_SAID = DevUiJson.read(Map.of(), PlaygroundParameters.class);

    @Test
    void everyParameterOfARequestGetsThere() {
        assertThat(PlaygroundParameters.of(REQUEST).request(PROMPT, AnswerFormat.text(), GenerationRequest.of(PROMPT)))
                .isEqualTo(REQUEST);
    }

    @Test
    void whatIsNotSaidIsTheDefaultButTheSeedIsRandom() {
        GenerationRequest request = NOTHING_SAID.request(PROMPT, AnswerFormat.text(), REQUEST);
        assertThat(request.sampling().seed()).isEmpty();
        assertThat(request.withSampling(request.sampling().withSeed(19))).isEqualTo(REQUEST);
    }

    @Test
    void tokensAreSaidWithAlternativesInAnyCase() {
        assertThat(DevUiJson.read(Map.of("alternatives", 0), PlaygroundParameters.class)
                .request(PROMPT, AnswerFormat.text(), REQUEST).alternatives()).isEqualTo(1);
    }

    @Test
    void endsOfGenerationAreIgnoredWhereTheDefaultsHaveAFormThatForbidsIt() {
        GenerationRequest defaults = GenerationRequest.of(PROMPT).withFormat(new AnswerFormat.JsonObject());
        Prompt plain = Prompt.chat(ChatTurn.user("Hello"));
        assertThat(DevUiJson.read(Map.of("ignoreEndOfGeneration", true), PlaygroundParameters.class)
                .request(plain, AnswerFormat.text(), defaults).ignoreEndOfGeneration()).isTrue();
    }
}
