package dev.kimilinear.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

class CharactersTest {

    /** Ends of the lengths in UTF-8, and of blocks within them. */
    private static final int[] EDGES = { 0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff,
            0x40000, 0x10ffff };

    @Test
    void theBytesOfASetAreThoseOfItsCharactersAndNoOthers() {
        Random random = new Random(1);
        for (int round = 0; round < 8; round++) {
            Characters set = Characters.NONE;
            BitSet expected = new BitSet();
            for (int i = 0; i < 3; i++) {
                int a = random.nextBoolean() ? EDGES[random.nextInt(EDGES.length)] : random.nextInt(Characters.LAST + 1);
                int b = random.nextInt(3) == 0 ? random.nextInt(Characters.LAST + 1)
                        : Math.min(Characters.LAST, a + random.nextInt(5_000));
                set = set.with(Math.min(a, b), Math.max(a, b));
                expected.set(Math.min(a, b), Math.max(a, b) + 1);
            }
            if (random.nextBoolean()) {
                set = set.complement();
                expected.flip(0, Characters.LAST + 1);
            }
            expected.clear(Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1);
            if (!expected.isEmpty()) {
                assertCharacters(set, expected);
            }
        }
    }

    private static void assertCharacters(Characters set, BitSet expected) {
        Automaton automaton = new Automaton(Grammar.of(Map.of("root", set.expression()), "root"));
        for (int c = 0; c <= Characters.LAST; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                Automaton.State state = automaton.start();
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    state = automaton.next(state, b);
                }
                if (state.isAccepting() != expected.get(c)) {
                    assertThat(state.isAccepting()).as("U+%X", c).isEqualTo(expected.get(c));
                }
            }
        }
    }

    @Test
    void bytesThatAreNotUtf8NeverFit() {
        Automaton automaton = new Automaton(Grammar.of(Map.of("root", Characters.ALL.expression()), "root"));
        int[][] malformed = { { 0x80 }, { 0xc0, 0x80 }, { 0xc1, 0xbf }, { 0xe0, 0x9f, 0xbf }, { 0xed, 0xa0, 0x80 },
                { 0xf0, 0x8f, 0xbf, 0xbf }, { 0xf4, 0x90, 0x80, 0x80 }, { 0xf5 }, { 0xff }, { 0xc3, 0x28 } };
        for (int[] bytes : malformed) {
            Automaton.State state = automaton.start();
            for (int b : bytes) {
                state = automaton.next(state, b);
            }
            assertThat(automaton.isDead(state)).isTrue();
        }
    }
}
