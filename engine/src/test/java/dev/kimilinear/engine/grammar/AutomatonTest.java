package dev.kimilinear.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AutomatonTest {

    /** Otherwise the masks of tokens would be found anew for every character of a string. */
    @Test
    void aRepetitionComesBackToTheSameState() {
        Automaton automaton = new Automaton(JsonSchema.parse("{\"type\":\"string\"}", JsonWriting.ANY));

        assertThat(Texts.read(automaton, "\"abc def")).isSameAs(Texts.read(automaton, "\"x"));
    }

    @Test
    void aLongTextTakesNoMoreThanAShortOne() {
        Automaton automaton = new Automaton(Gbnf.parse("root ::= (\"a\" | \"b\" \"c\")* \"d\""));
        Automaton.State after = Texts.read(automaton, "bca");

        assertThat(Texts.read(automaton, "abc".repeat(200_000))).isSameAs(Texts.read(automaton, "abc"));
        assertThat(Texts.read(automaton, "bca")).isSameAs(after);
    }

    /** Texts nested deeper and deeper: what is known is forgotten again and again, and stays right. */
    @Test
    void whatIsForgottenIsFoundAnew() {
        Automaton automaton = new Automaton(
                JsonSchema.parse("{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}", JsonWriting.ANY));
        int depth = 120_000;

        assertThat(Texts.read(automaton, "[".repeat(depth) + "]".repeat(depth)).isAccepting()).isTrue();
        assertThat(automaton.isDead(Texts.read(automaton, "[".repeat(depth) + "]".repeat(depth + 1)))).isTrue();
    }

    @Test
    void ambiguityIsNoMistake() {
        Automaton automaton = new Automaton(Gbnf.parse("root ::= \"a\"* \"a\"* (\"aa\" | \"a\")"));

        assertThat(Texts.read(automaton, "a").isAccepting()).isTrue();
        assertThat(Texts.read(automaton, "a".repeat(1_000)).isAccepting()).isTrue();
    }
}
