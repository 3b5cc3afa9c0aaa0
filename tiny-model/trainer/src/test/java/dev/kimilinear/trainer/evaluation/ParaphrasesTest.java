package dev.kimilinear.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.ChatTurn.Role;
import dev.kimilinear.trainer.evaluation.Paraphrases.Paraphrase;

class ParaphrasesTest {

    @Test
    void thereAreAHundredOfManySkills() {
        assertThat(Paraphrases.all()).hasSize(100);
        assertThat(Paraphrases.all().stream().map(Paraphrase::id).collect(Collectors.toSet())).hasSize(100);
        assertThat(Paraphrases.all().stream().map(Paraphrase::skill).collect(Collectors.toSet())).hasSizeGreaterThan(10);
    }

    @Test
    void eachEndsWithWhatIsToBeAnswered() {
        for (Paraphrase paraphrase : Paraphrases.all()) {
            assertThat(paraphrase.question().turns().getLast().role()).as(paraphrase.id()).isIn(Role.USER, Role.TOOL);
            assertThat(paraphrase.expect() == null).as(paraphrase.id()).isEqualTo(paraphrase.calls() != null);
        }
    }

    @Test
    void noneAcceptsNoAnswer() {
        for (Paraphrase paraphrase : Paraphrases.all()) {
            assertThat(paraphrase.accepts("")).as(paraphrase.id()).isFalse();
            assertThat(paraphrase.accepts("xyzzy")).as(paraphrase.id()).isFalse();
        }
    }

    @Test
    void callsAreComparedByNameAndArguments() {
        Paraphrase paraphrase = Paraphrases.all().stream().filter(p -> p.calls() != null && p.calls().size() == 1).findFirst()
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
