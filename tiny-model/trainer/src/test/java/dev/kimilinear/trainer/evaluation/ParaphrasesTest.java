package dev.kimilinear.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.kimilinear.engine.api.ChatTurn.Role;
import dev.kimilinear.trainer.evaluation.Paraphrases.Paraphrase;

class ParaphrasesTest {

    @ParameterizedTest
    @EnumSource
    void thereAreAHundredOfManySkills(Paraphrases.Set set) {
        assertThat(Paraphrases.of(set)).hasSize(100);
        assertThat(Paraphrases.of(set).stream().map(Paraphrase::id).collect(Collectors.toSet())).hasSize(100);
        assertThat(Paraphrases.of(set).stream().map(Paraphrase::skill).collect(Collectors.toSet())).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @EnumSource
    void eachEndsWithWhatIsToBeAnswered(Paraphrases.Set set) {
        for (Paraphrase paraphrase : Paraphrases.of(set)) {
            assertThat(paraphrase.question().turns().getLast().role()).as(paraphrase.id()).isIn(Role.USER, Role.TOOL);
            assertThat(paraphrase.expect() == null).as(paraphrase.id()).isEqualTo(paraphrase.calls() != null);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noneAcceptsNoAnswer(Paraphrases.Set set) {
        for (Paraphrase paraphrase : Paraphrases.of(set)) {
            assertThat(paraphrase.accepts("")).as(paraphrase.id()).isFalse();
            assertThat(paraphrase.accepts("xyzzy")).as(paraphrase.id()).isFalse();
        }
    }

    @Test
    void callsAreComparedByNameAndArguments() {
        Paraphrase paraphrase = Paraphrases.of(Paraphrases.Set.DEVELOPMENT).stream()
                .filter(p -> p.calls() != null && p.calls().size() == 1).findFirst()
                .orElseThrow();
        String name = paraphrase.calls().getFirst().get("name").asText();
        String arguments = paraphrase.calls().getFirst().get("arguments").toString();
        assertThat(paraphrase.accepts(call(name, arguments))).isTrue();
        assertThat(paraphrase.accepts(call(name, arguments.replace(",", " , ")))).isTrue();
        assertThat(paraphrase.accepts(call(name + "x", arguments))).isFalse();
        assertThat(paraphrase.accepts(call(name, "{}"))).isFalse();
        assertThat(paraphrase.accepts(call(name, "{"))).isFalse();
        assertThat(paraphrase.accepts(call(name, arguments) + call(name, arguments))).isFalse();
    }

    private static String call(String name, String arguments) {
        return "<|tool_calls_section_begin|><|tool_call_begin|>functions." + name + ":0<|tool_call_argument_begin|>" + arguments
                + "<|tool_call_end|><|tool_calls_section_end|>";
    }
}
