package dev.kimilinear.engine.tokenizer;

import java.util.Random;

/** Well-formed texts of all kinds of characters, the interesting ones often. */
final class RandomText {

    private static final String[] KINDS = { "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789½Ⅷ٣",
            "     \t\n\r\u00A0\u3000\u2028\u0085", "'''stmdrevlSTMDREVL\u017F", "中文汉字々あカ한", "!?.,;:-_()[]{}<>|/\\\"#$%&*+=~^`@",
            "\u0301\u0308\u200D\uFE0F\u0E31\u094D", "😀👨🇫🎉", "éßǅʰªאاдΩ",
            "\u0000\u0001\u001F\u007F\u00AD\uFEFF\uFFFD\uFFFF" };

    private static final String[] WORDS = { "<|im_end|>", "<|im_user|>", "[EOS]", "[BOS]", "<|im_", "|>", "'s", "'ll", "don't",
            " \n", "\r\n", "assistant", "   ", "12345" };

    private RandomText() {
    }

    /** A text of up to {@code length} parts. */
    static String of(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(length); i >= 0; i--) {
            switch (random.nextInt(8)) {
                case 0 -> text.append(WORDS[random.nextInt(WORDS.length)]);
                case 1 -> {
                    int c = random.nextInt(Character.MAX_CODE_POINT + 1);
                    text.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 'x' : c);
                }
                default -> {
                    int[] kind = KINDS[random.nextInt(KINDS.length)].codePoints().toArray();
                    text.appendCodePoint(kind[random.nextInt(kind.length)]);
                }
            }
        }
        return text.toString();
    }
}
