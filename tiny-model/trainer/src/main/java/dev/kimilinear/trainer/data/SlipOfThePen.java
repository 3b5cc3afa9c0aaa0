package dev.kimilinear.trainer.data;

import java.util.Locale;
import java.util.Random;

/**
 * Writes a user's text as people type: now and then all in lower case, without its last mark, or with a mistyped word.
 * Contents (between the marks of {@link Source}) stay as they are: the answer must be able to repeat them.
 */
final class SlipOfThePen {

    private static final String[] KEYBOARD = { "qwertyuiop", "asdfghjkl", "zxcvbnm" };
    private static final int LEAST_LETTERS = 4;

    private SlipOfThePen() {
    }

    /** The text with or without slips, its content marks still in place. */
    static String apply(String text, Random random) {
        String typed = text;
        if (random.nextInt(8) == 0) {
            typed = lowerCase(typed);
        }
        if (random.nextInt(8) == 0 && (typed.endsWith(".") || typed.endsWith("?") || typed.endsWith("!"))) {
            typed = typed.substring(0, typed.length() - 1);
        }
        int slips = random.nextInt(20) == 0 ? 1 : 0;
        for (int i = 0; i < slips; i++) {
            typed = mistype(typed, random);
        }
        return typed;
    }

    private static String lowerCase(String text) {
        StringBuilder out = new StringBuilder();
        int depth = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == Source.CONTENT_BEGIN ? 1 : c == Source.CONTENT_END ? -1 : 0;
            out.append(depth > 0 ? String.valueOf(c) : String.valueOf(c).toLowerCase(Locale.ROOT));
        }
        return out.toString();
    }

    /** Mistypes one word of at least four letters outside the contents, in a place that is not its first letter. */
    private static String mistype(String text, Random random) {
        int start = random.nextInt(text.length() + 1);
        for (int i = 0; i < text.length(); i++) {
            int at = (start + i) % text.length();
            if (isInsideWord(text, at)) {
                String before = text.substring(0, at);
                char c = text.charAt(at);
                return switch (random.nextInt(4)) {
                    case 0 -> before + text.substring(at + 1);
                    case 1 -> before + c + text.substring(at);
                    case 2 -> before + text.charAt(at + 1) + c + text.substring(at + 2);
                    default -> before + neighbour(c, random) + text.substring(at + 1);
                };
            }
        }
        return text;
    }

    /** Whether the letters at {@code at} and behind it are inside a long enough word outside the contents. */
    private static boolean isInsideWord(String text, int at) {
        int depth = 0;
        for (int i = 0; i <= at; i++) {
            depth += text.charAt(i) == Source.CONTENT_BEGIN ? 1 : text.charAt(i) == Source.CONTENT_END ? -1 : 0;
        }
        int begin = at;
        while (begin > 0 && isLatin(text.charAt(begin - 1))) {
            begin--;
        }
        int end = at;
        while (end < text.length() && isLatin(text.charAt(end))) {
            end++;
        }
        return depth == 0 && at > begin && at + 1 < end && end - begin >= LEAST_LETTERS;
    }

    private static boolean isLatin(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static char neighbour(char c, Random random) {
        for (String row : KEYBOARD) {
            int at = row.indexOf(Character.toLowerCase(c));
            if (at >= 0) {
                int other = at == 0 ? 1 : at == row.length() - 1 ? at - 1 : at + (random.nextBoolean() ? 1 : -1);
                return row.charAt(other);
            }
        }
        return c;
    }
}
