package dev.kimilinear.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

class PreTokenizerTest {

    @Test
    void hanCharactersFormOnePiece() {
        assertThat(pieces("你好世界")).containsExactly("你好世界");
        assertThat(pieces("abc汉字def")).containsExactly("abc", "汉字", "def");
        assertThat(pieces("\uD840\uDC00\uF900 水")).containsExactly("\uD840\uDC00\uF900", " ", "水");
        assertThat(pieces("人々〇")).containsExactly("人", "々", "〇");
    }

    @Test
    void aWordTakesOneCharacterInFrontOfIt() {
        assertThat(pieces("Hello world")).containsExactly("Hello", " world");
        assertThat(pieces("(a\"b_c-d\te")).containsExactly("(a", "\"b", "_c", "-d", "\te");
        assertThat(pieces("((a")).containsExactly("((", "a");
        assertThat(pieces("\na\rb")).containsExactly("\n", "a", "\r", "b");
        assertThat(pieces("1a")).containsExactly("1", "a");
    }

    @Test
    void aWordIsNotCutWhereItsCaseChanges() {
        assertThat(pieces("HelloWorld iPhone")).containsExactly("HelloWorld", " iPhone");
    }

    @Test
    void aCombiningMarkIsNoPartOfAWord() {
        assertThat(pieces("e\u0301te")).containsExactly("e", "\u0301te");
        assertThat(pieces("\u0301\u0302 x")).containsExactly("\u0301\u0302", " x");
    }

    @Test
    void aContractionStaysWithItsWord() {
        assertThat(pieces("don't I'LL we'Ve you're he'd I'm it's"))
                .containsExactly("don't", " I'LL", " we'Ve", " you're", " he'd", " I'm", " it's");
        assertThat(pieces("rock'n'roll")).containsExactly("rock", "'n", "'roll");
        assertThat(pieces("it'sx")).containsExactly("it's", "x");
        assertThat(pieces("x'\u017F")).containsExactly("x", "'\u017F");
        assertThat(pieces("x'l x'")).containsExactly("x", "'l", " x", "'");
        assertThat(pieces("1's")).containsExactly("1", "'s");
    }

    @Test
    void numbersAreCutIntoThreesFromTheLeft() {
        assertThat(pieces("1234567 x12")).containsExactly("123", "456", "7", " x", "12");
        assertThat(pieces(" 12")).containsExactly(" ", "12");
        assertThat(pieces("½²Ⅷ٣")).containsExactly("½²Ⅷ", "٣");
    }

    @Test
    void symbolsTakeASpaceBeforeAndLineBreaksBehind() {
        assertThat(pieces("a !?\r\n\nb")).containsExactly("a", " !?\r\n\n", "b");
        assertThat(pieces("  !")).containsExactly(" ", " !");
        assertThat(pieces("\t!")).containsExactly("\t", "!");
        assertThat(pieces("👨‍👩‍👧 x")).containsExactly("👨‍👩‍👧", " x");
        assertThat(pieces("!水")).containsExactly("!", "水");
    }

    @Test
    void whiteSpaceWithLineBreaksEndsBehindTheLastOne() {
        assertThat(pieces("a \n \r\n  b")).containsExactly("a", " \n \r\n", " ", " b");
        assertThat(pieces("\n\n")).containsExactly("\n\n");
    }

    @Test
    void aRunOfSpacesLeavesItsLastOneToWhatFollows() {
        assertThat(pieces("a    b")).containsExactly("a", "   ", " b");
        assertThat(pieces("a  1")).containsExactly("a", " ", " ", "1");
        assertThat(pieces("a   ")).containsExactly("a", "   ");
        assertThat(pieces("a \u3000b")).containsExactly("a", " ", "\u3000b");
    }

    @Test
    void whatLiesBehindTheEndIsNotSeen() {
        assertThat(PreTokenizer.endOfPiece("ab", 0, 1)).isEqualTo(1);
        assertThat(PreTokenizer.endOfPiece("a's", 0, 2)).isEqualTo(1);
        assertThat(PreTokenizer.endOfPiece("a're", 0, 3)).isEqualTo(1);
        assertThat(PreTokenizer.endOfPiece("   x", 0, 3)).isEqualTo(3);
        assertThat(PreTokenizer.endOfPiece("(a", 0, 1)).isEqualTo(1);
    }

    @Test
    void everyPieceOfAnyTextIsNotEmptyAndEndsAtACodePoint() {
        Random random = new Random(5);
        for (int i = 0; i < 5_000; i++) {
            String text = RandomText.of(random, 40);
            assertThat(String.join("", pieces(text))).isEqualTo(text);
        }
    }

    private static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length();) {
            int end = PreTokenizer.endOfPiece(text, from, text.length());
            assertThat(end).isGreaterThan(from);
            assertThat(end == text.length() || !Character.isLowSurrogate(text.charAt(end))).isTrue();
            pieces.add(text.substring(from, end));
            from = end;
        }
        return pieces;
    }
}
