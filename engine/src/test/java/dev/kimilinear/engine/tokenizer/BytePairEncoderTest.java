package dev.kimilinear.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.gguf.GgufFile;

class BytePairEncoderTest {

    /** Quadratic work on a megabyte would take hours. */
    private static final Duration LONG_FOR_A_MEGABYTE = Duration.ofMinutes(1);

    private static final List<String> TOKENS;
    private static final List<String> MERGES;
    private static final BytePairEncoder.Rules RULES;

    static {
        try (GgufFile file = GgufFile.open(Fixtures.project("tokenizer/vocabulary.gguf"))) {
            TOKENS = file.metadata().strings("tokenizer.ggml.tokens");
            MERGES = file.metadata().strings("tokenizer.ggml.merges");
        }
        RULES = rules(TOKENS, MERGES);
    }

    @Test
    void piecesEncodeAsByTheDefinition() {
        Map<String, Integer> ranks = new HashMap<>();
        for (int rank = 0; rank < MERGES.size(); rank++) {
            ranks.put(MERGES.get(rank), rank);
        }
        BytePairEncoder encoder = new BytePairEncoder(RULES);
        Random random = new Random(1);
        for (int i = 0; i < 3_000; i++) {
            String piece = i % 2 == 0 ? RandomText.of(random, 30) : tokensJoined(random);
            TokenList ids = new TokenList(16);
            encoder.encode(piece, 0, piece.length(), ids);
            assertThat(ids.toArray()).as(piece).containsExactly(byDefinition(piece, ranks));
        }
    }

    /** Texts in which many merges apply. */
    private static String tokensJoined(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            String token = TOKENS.get(256 + random.nextInt(700));
            token.chars().map(c -> ByteAlphabet.value((char) c)).filter(b -> b < 128)
                    .forEach(b -> text.append((char) b));
        }
        return text.append('e').toString();
    }

    /** Merges the leftmost pair of the lowest rank until there is none, on strings of the byte alphabet. */
    private static int[] byDefinition(String piece, Map<String, Integer> ranks) {
        List<String> symbols = new ArrayList<>();
        for (byte b : piece.getBytes(StandardCharsets.UTF_8)) {
            symbols.add(String.valueOf(ByteAlphabet.character(b & 0xFF)));
        }
        while (true) {
            int best = -1;
            int bestRank = Integer.MAX_VALUE;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                int rank = ranks.getOrDefault(symbols.get(i) + " " + symbols.get(i + 1), Integer.MAX_VALUE);
                if (rank < bestRank) {
                    best = i;
                    bestRank = rank;
                }
            }
            if (best < 0) {
                return symbols.stream().mapToInt(TOKENS::indexOf).toArray();
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "s", "is", "e", "assistant", "aab" })
    void aMegabyteOfOneWordTakesNoQuadraticTime(String part) {
        String word = part.repeat((1 << 20) / part.length());

        TokenList ids = new TokenList(16);
        assertTimeoutPreemptively(LONG_FOR_A_MEGABYTE,
                () -> new BytePairEncoder(RULES).encode(word, 0, word.length(), ids));

        assertThat(ids.toArray()).isNotEmpty();
    }

    @Test
    void equalRanksMergeFromTheLeft() {
        assertThat(encode(rules(List.of("a", "aa"), List.of("a a")), "aaaaa")).containsExactly(1, 1, 0);
    }

    @Test
    void ofEqualRulesTheFirstCounts() {
        BytePairEncoder.Rules rules = rules(List.of("a", "b", "c", "ab", "bc"), List.of("a b", "b c", "a b"));

        assertThat(encode(rules, "abc")).containsExactly(3, 2);
    }

    @Test
    void ofEqualTokensTheLastIsUsed() {
        assertThat(encode(rules(List.of("a", "b", "a"), List.of()), "ab")).containsExactly(2, 1);
    }

    @Test
    void aPieceThatTheVocabularyLacksFallsBackToItsAsciiCharacters() {
        // "ab" and the space in front of it (spelled Ġ) are no tokens, though the merges make them; "c" is none at all.
        BytePairEncoder.Rules rules = rules(List.of("a", "b", "Ġ", "abb"), List.of("a b", "Ġ ab", "ab b"));

        assertThat(encode(rules, "ab")).containsExactly(0, 1);
        assertThat(encode(rules, " ab")).containsExactly(0, 1);
        assertThat(encode(rules, " b")).containsExactly(2, 1);
        assertThat(encode(rules, "abb")).containsExactly(3);
        assertThat(encode(rules, "acb")).containsExactly(0, 1);
    }

    private static int[] encode(BytePairEncoder.Rules rules, String piece) {
        TokenList ids = new TokenList(16);
        new BytePairEncoder(rules).encode(piece, 0, piece.length(), ids);
        return ids.toArray();
    }

    private static BytePairEncoder.Rules rules(List<String> tokens, List<String> merges) {
        PieceTable pieces = new PieceTable(tokens);
        return BytePairEncoder.Rules.of(pieces, new MergeTable(merges, pieces));
    }
}
