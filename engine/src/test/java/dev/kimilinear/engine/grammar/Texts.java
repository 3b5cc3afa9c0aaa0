package dev.kimilinear.engine.grammar;

import java.nio.charset.StandardCharsets;

/** What tests ask of a grammar: whether a text fits it, read byte by byte. */
final class Texts {

    private Texts() {
    }

    /** Whether the whole text fits. */
    static boolean fits(Grammar grammar, String text) {
        Automaton automaton = new Automaton(grammar);
        Automaton.State state = read(automaton, text);
        return state.isAccepting();
    }

    /** Whether a text that fits begins so. */
    static boolean begins(Grammar grammar, String text) {
        Automaton automaton = new Automaton(grammar);
        return !automaton.isDead(read(automaton, text));
    }

    static Automaton.State read(Automaton automaton, String text) {
        Automaton.State state = automaton.start();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            state = automaton.next(state, b);
        }
        return state;
    }
}
