package dev.kimilinear.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

class CharacterClassTest {

    /** Counts of Unicode 15.1: letters (Lu, Ll, Lt, Lm, Lo) and numbers (Nd, Nl, No). */
    private static final int LETTERS = 136_726;
    private static final int NUMBERS = 1_831;

    @Test
    void thereAreAsManyLettersAndNumbersAsInUnicode() {
        assertThat(count(CharacterClass.LETTER)).isEqualTo(LETTERS);
        assertThat(count(CharacterClass.NUMBER)).isEqualTo(NUMBERS);
    }

    /** Java's tables are as new or newer: what they lack cannot be in ours. */
    @Test
    void everyLetterAndNumberIsOneForJavaToo() {
        assertThat(codePoints(CharacterClass.LETTER).filter(c -> !Character.isLetter(c))).isEmpty();
        assertThat(codePoints(CharacterClass.NUMBER).filter(c -> !isNumber(c))).isEmpty();
    }

    @Test
    void characterThatUnicode16AddedAreNeither() {
        // Garay letters and digits, a Cyrillic letter, an Egyptian hieroglyph.
        assertThat(IntStream.of(0x10D50, 0x10D40, 0x1C89, 0x13460).map(CharacterClass::of)).containsOnly(0);
    }

    @Test
    void spacesAreThoseOfUnicodesProperty() {
        assertThat(codePoints(CharacterClass.SPACE)).containsExactly(9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, 0x2000, 0x2001,
                0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
                0x3000);
        assertThat(codePoints(CharacterClass.BREAK)).containsExactly(10, 13);
    }

    @Test
    void hanHasItsRangesAndNotTheWholeScript() {
        assertThat(IntStream.of(0x4E00, 0x9FFF, 0x3400, 0x20000, 0x2A6DF, 0x2EBEF, 0xF900, 0x2FA1F)
                .map(c -> CharacterClass.of(c) & CharacterClass.HAN)).containsOnly(CharacterClass.HAN);
        // An iteration mark, a zero, a kana, a Hangul syllable, a radical, an ideograph of extension I, and neighbours.
        assertThat(IntStream.of(0x3005, 0x3007, 0x3042, 0xAC00, 0x2F00, 0x2EBF0, 0x33FF, 0x4DC0, 0x2A6E0, 0x2FA20, 0x10FFFF)
                .map(c -> CharacterClass.of(c) & CharacterClass.HAN)).containsOnly(0);
    }

    private static boolean isNumber(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER || type == Character.LETTER_NUMBER || type == Character.OTHER_NUMBER;
    }

    private static long count(int bit) {
        return codePoints(bit).count();
    }

    private static IntStream codePoints(int bit) {
        return IntStream.rangeClosed(0, Character.MAX_CODE_POINT).filter(c -> (CharacterClass.of(c) & bit) != 0);
    }
}
