package dev.kimilinear.trainer.data;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * The two parts that names, words, numbers, wordings, tool names and schemas are divided into, by a hash of their text: what
 * one part contains the other never shows, whatever the seed.
 */
public enum Split {
    TRAINING,
    HELD_OUT;

    /** One of so many contents is held out. */
    private static final int ONE_OF = 10;

    /**
     * The part that a text belongs to, however its letters' case. What people say every day ({@code words/common.txt}) is
     * never held out.
     */
    public static Split of(String content) {
        String text = content.toLowerCase(Locale.ROOT);
        if (Words.isCommon(text)) {
            return TRAINING;
        }
        CRC32C hash = new CRC32C();
        hash.update(text.getBytes(StandardCharsets.UTF_8));
        // The lowest bits of a CRC are linear in the text: mixing keeps similar texts from falling on the same side.
        long mixed = hash.getValue() * 0x9E3779B97F4A7C15L;
        return Long.remainderUnsigned(mixed >>> 32, ONE_OF) == 0 ? HELD_OUT : TRAINING;
    }
}
