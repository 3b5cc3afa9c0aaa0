package dev.kimilinear.engine.tokenizer;

import java.util.Arrays;

/**
 * GPT-2's spelling of bytes as visible characters, in which a vocabulary file writes its tokens: bytes 33 to 126, 161 to
 * 172 and 174 to 255 are the character of the same number, the other 68 in ascending order are U+0100, U+0101, ...
 */
public final class ByteAlphabet {

    private static final int SIZE = 256;
    private static final int END = 0x100 + 68;

    private static final char[] CHARACTERS = new char[SIZE];
    private static final short[] BYTES = new short[END];

    static {
        Arrays.fill(BYTES, (short) -1);
        char next = 0x100;
        for (int b = 0; b < SIZE; b++) {
            boolean visible = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
            CHARACTERS[b] = visible ? (char) b : next++;
            BYTES[CHARACTERS[b]] = (short) b;
        }
        assert next == END;
    }

    private ByteAlphabet() {
    }

    /** @param value 0 to 255 */
    public static char character(int value) {
        return CHARACTERS[value];
    }

    /** @return 0 to 255, or -1 for a character outside the alphabet */
    public static int value(char character) {
        return character < END ? BYTES[character] : -1;
    }
}
