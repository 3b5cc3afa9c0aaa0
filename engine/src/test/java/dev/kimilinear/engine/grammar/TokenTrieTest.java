package dev.kimilinear.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;

class TokenTrieTest {

    private static final String SCHEMA = """
            {"type": "object", "properties": {"name": {"type": "string"}, "short": {"type": "string", "maxLength": 9},
              "sizes": {"type": "array", "items": {"type": "number"}}, "kind": {"enum": ["one", "two", "twelve"]},
              "other": {"$ref": "#"}}, "required": ["name"]}""";

    private static Tokenizer tokenizer;
    private static TokenTrie trie;

    @BeforeAll
    static void read() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        trie = TokenTrie.of(tokenizer);
    }

    @Test
    void theMaskIsWhatEveryTokenByItselfSays() {
        Automaton automaton = new Automaton(JsonSchema.parse(SCHEMA, JsonWriting.ANY));
        Random random = new Random(1);
        int states = 0;
        for (int text = 0; text < 60; text++) {
            Automaton.State state = automaton.start();
            for (int step = 0; step < 60 && !state.isLast(); step++, states++) {
                BitSet mask = BitSet.valueOf(trie.tokensAt(automaton, state));
                assertThat(mask).isEqualTo(oneByOne(automaton, state));
                int[] allowed = mask.stream().toArray();
                assertThat(allowed).isNotEmpty();
                for (byte b : tokenizer.textBytes(allowed[random.nextInt(allowed.length)])) {
                    state = automaton.next(state, b);
                }
            }
        }
        assertThat(states).isGreaterThan(500);
    }

    private static BitSet oneByOne(Automaton automaton, Automaton.State start) {
        BitSet fitting = new BitSet();
        for (int token = 0; token < tokenizer.size(); token++) {
            Automaton.State state = start;
            byte[] bytes = tokenizer.textBytes(token);
            for (byte b : bytes) {
                state = automaton.next(state, b);
            }
            fitting.set(token, bytes.length > 0 && !automaton.isDead(state));
        }
        return fitting;
    }

    /** Tokens of equal text, one inside another, with whole characters and parts of them, without text. */
    @ParameterizedTest
    @ValueSource(strings = { "root ::= [ab\"]* \"ba\" [^a]*", "root ::= [^b]*", "root ::= [a\"-é]+ [漢-😀]*",
            "root ::= (\"\\\"\" [^\\\"]* \"\\\"\")*" })
    void anyVocabularyMakesATrie(String grammar) {
        Random random = new Random(2);
        byte[][] texts = new byte[3_000][];
        for (int i = 0; i < texts.length; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(5); k > 0; k--) {
                text.append(List.of("a", "b", "\"", "þ", "é", "漢", "\uFFFD", "😀").get(random.nextInt(8)));
            }
            byte[] whole = text.toString().getBytes(StandardCharsets.UTF_8);
            texts[i] = Arrays.copyOfRange(whole, random.nextInt(whole.length + 1) / 4, whole.length);
            if (random.nextInt(10) == 0 && texts[i].length > 0) {
                texts[i][random.nextInt(texts[i].length)] = (byte) random.nextInt(256);
            }
        }
        Automaton automaton = new Automaton(Gbnf.parse(grammar));
        Automaton.State state = automaton.start();
        BitSet expected = new BitSet();
        for (int i = 0; i < texts.length; i++) {
            Automaton.State next = state;
            for (byte b : texts[i]) {
                next = automaton.next(next, b);
            }
            expected.set(i, texts[i].length > 0 && !automaton.isDead(next));
        }

        assertThat(BitSet.valueOf(new TokenTrie(texts).tokensAt(automaton, state))).isEqualTo(expected);
        assertThat(expected.cardinality()).isBetween(50, 2_800);
        assertThat(Arrays.stream(texts).filter(text -> text.length == 0).count()).isPositive();
    }
}
