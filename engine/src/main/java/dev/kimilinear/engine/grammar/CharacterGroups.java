package dev.kimilinear.engine.grammar;

/**
 * Bytes in fewer than 64 groups, so that one number says which of them occur somewhere: letters, digits, control characters
 * and all beyond ASCII are a group each, and so is every other character, since grammars give it a meaning.
 */
final class ByteGroups {

    private static final byte[] GROUP = new byte[256];

    static {
        byte next = 5;
        for (int value = 0; value < 256; value++) {
            if (value < ' ' || value == 0x7f) {
                GROUP[value] = 0;
            } else if (value > 0x7f) {
                GROUP[value] = 1;
            } else if (value >= 'a' && value <= 'z') {
                GROUP[value] = 2;
            } else if (value >= 'A' && value <= 'Z') {
                GROUP[value] = 3;
            } else if (value >= '0' && value <= '9') {
                GROUP[value] = 4;
            } else {
                GROUP[value] = next++;
            }
        }
    }

    private ByteGroups() {
    }

    /** The group of a byte, as one bit. */
    static long of(int value) {
        return 1L << GROUP[value & 0xff];
    }
}
