package dev.kimilinear.engine.tokenizer;

import static dev.kimilinear.engine.tokenizer.CharacterClass.BREAK;
import static dev.kimilinear.engine.tokenizer.CharacterClass.HAN;
import static dev.kimilinear.engine.tokenizer.CharacterClass.LETTER;
import static dev.kimilinear.engine.tokenizer.CharacterClass.NUMBER;
import static dev.kimilinear.engine.tokenizer.CharacterClass.SPACE;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts text into the pieces within which byte-pair encoding merges: the rules of the pre-tokenizer {@code kimi-k2} as
 * llama.cpp implements them, over code points and Unicode general categories.
 *
 * <p>
 * Traps, against the regular expression that the model itself came with: a word is not cut where its case changes, and a
 * combining mark is no part of a word. Token ids must be those of llama.cpp, so these stay.
 */
public final class PreTokenizer {

    private PreTokenizer() {
    }

    /**
     * The pieces of a text in order, for whoever learns a vocabulary; put together they are the text again. Special tokens
     * are text like any other: cut the text at them before.
     *
     * @param text without lone surrogates
     */
    public static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length();) {
            int end = endOfPiece(text, from, text.length());
            pieces.add(text.substring(from, end));
            from = end;
        }
        return pieces;
    }

    /**
     * The end of the piece that begins at {@code from}: the first rule that matches there decides. Looks ahead up to
     * {@code to} and not behind {@code from}, so a text is cut by calling this with its own results.
     *
     * @param text without lone surrogates
     * @param from less than {@code to}
     */
    static int endOfPiece(String text, int from, int to) {
        int first = text.codePointAt(from);
        int kind = CharacterClass.of(first);
        int second = from + Character.charCount(first);

        // 1. A run of Han characters.
        if ((kind & HAN) != 0) {
            return endOfRun(text, second, to, HAN, HAN);
        }
        // 2. A word, with at most one character in front of it that is no line break, letter or number.
        if (isWordLetter(kind)) {
            return endOfWord(text, second, to);
        }
        if ((kind & (BREAK | NUMBER)) == 0 && second < to && isWordLetter(CharacterClass.of(text.codePointAt(second)))) {
            return endOfWord(text, second, to);
        }
        // 3. Up to three digits.
        if ((kind & NUMBER) != 0) {
            int end = second;
            for (int digits = 1; digits < 3 && end < to; digits++) {
                int c = text.codePointAt(end);
                if ((CharacterClass.of(c) & NUMBER) == 0) {
                    break;
                }
                end += Character.charCount(c);
            }
            return end;
        }
        // 4. A space or none, symbols, then line breaks.
        int symbols = first == ' ' ? second : from;
        int end = endOfRun(text, symbols, to, SPACE | LETTER | NUMBER, 0);
        if (end > symbols) {
            return endOfRun(text, end, to, BREAK, BREAK);
        }
        // 5. to 7. Spaces; all of them are one char each.
        assert (kind & SPACE) != 0;
        end = endOfRun(text, from, to, SPACE, SPACE);
        for (int last = end - 1; last >= from; last--) {
            if (text.charAt(last) == '\n' || text.charAt(last) == '\r') {
                return last + 1;
            }
        }
        return end - from > 1 && end < to ? end - 1 : end;
    }

    /** The first position at or after {@code from} whose kind, masked, is not {@code wanted}. */
    private static int endOfRun(String text, int from, int to, int mask, int wanted) {
        int i = from;
        while (i < to) {
            int c = text.codePointAt(i);
            if ((CharacterClass.of(c) & mask) != wanted) {
                break;
            }
            i += Character.charCount(c);
        }
        return i;
    }

    /** The end of a word: letters, then 's, 't, 'm, 'd, 're, 've or 'll in any case, which stays with its word. */
    private static int endOfWord(String text, int from, int to) {
        int end = endOfRun(text, from, to, LETTER | HAN, LETTER);
        if (end + 1 < to && text.charAt(end) == '\'') {
            char one = lower(text.charAt(end + 1));
            if (one == 's' || one == 't' || one == 'm' || one == 'd') {
                return end + 2;
            }
            if (end + 2 < to) {
                char two = lower(text.charAt(end + 2));
                if ((one == 'r' || one == 'v') && two == 'e' || one == 'l' && two == 'l') {
                    return end + 3;
                }
            }
        }
        return end;
    }

    /** Only ASCII matters: no other letter has one of the contractions' letters as its lower case. */
    private static char lower(char c) {
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    private static boolean isWordLetter(int kind) {
        return (kind & (LETTER | HAN)) == LETTER;
    }
}
