package dev.kimilinear;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.langchain4j.model.chat.request.ChatRequestParameters;

class KimiLinearChatRequestParametersTest {

    private static final KimiLinearChatRequestParameters OURS = KimiLinearChatRequestParameters.builder()
            .temperature(0.1).topK(1).minP(0.2).seed(3L).timeout(Duration.ofSeconds(5)).maxOutputTokens(4)
            .stopSequences("x").build();

    @Test
    void commonParametersOverrideOursAndKeepThoseThatAreOursAlone() {
        ChatRequestParameters common = ChatRequestParameters.builder().temperature(0.9).topP(0.5).build();

        assertThat(OURS.overrideWith(common)).isEqualTo(KimiLinearChatRequestParameters.builder()
                .temperature(0.9).topK(1).topP(0.5).minP(0.2).seed(3L).timeout(Duration.ofSeconds(5)).maxOutputTokens(4)
                .stopSequences("x").build());
    }

    @Test
    void oursOverrideOurs() {
        KimiLinearChatRequestParameters override = KimiLinearChatRequestParameters.builder().minP(0.7).seed(8L)
                .timeout(Duration.ofMillis(1)).build();

        KimiLinearChatRequestParameters merged = OURS.overrideWith(override);

        assertThat(merged.minP()).isEqualTo(0.7);
        assertThat(merged.seed()).isEqualTo(8L);
        assertThat(merged.timeout()).isEqualTo(Duration.ofMillis(1));
        assertThat(merged.temperature()).isEqualTo(0.1);
        assertThat(merged.stopSequences()).isEqualTo(List.of("x"));
    }

    @Test
    void defaultsFillOnlyWhatIsMissing() {
        KimiLinearChatRequestParameters few = KimiLinearChatRequestParameters.builder().temperature(0.0).seed(9L).build();

        KimiLinearChatRequestParameters filled = few.defaultedBy(OURS);

        assertThat(filled.temperature()).isEqualTo(0.0);
        assertThat(filled.seed()).isEqualTo(9L);
        assertThat(filled.minP()).isEqualTo(0.2);
        assertThat(filled.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(filled.maxOutputTokens()).isEqualTo(4);
    }

    @Test
    void parametersThatDifferOnlyInWhatIsOursAreNotEqual() {
        assertThat(OURS)
                .isNotEqualTo(OURS.overrideWith(KimiLinearChatRequestParameters.builder().minP(0.3).build()))
                .isNotEqualTo(OURS.overrideWith(KimiLinearChatRequestParameters.builder().seed(4L).build()))
                .isNotEqualTo(OURS.overrideWith(KimiLinearChatRequestParameters.builder().timeout(Duration.ZERO).build()))
                .hasSameHashCodeAs(KimiLinearChatRequestParameters.builder().overrideWith(OURS).build());
        assertThat(OURS.toString()).contains("minP=0.2", "seed=3", "timeout=PT5S", "temperature=0.1");
    }
}
