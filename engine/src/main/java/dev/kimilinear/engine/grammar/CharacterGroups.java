package dev.kimilinear.engine.grammar;

/**
 * Characters in fewer than 64 groups, so that one number says which of them occur somewhere: letters, digits and control
 * characters are a group each, and so is every other ASCII character, since grammars give it a meaning. Those beyond ASCII are
 * grouped by how their UTF-8 begins (Unicode standard, table 3-7). What is no whole character is {@link #BROKEN}.
 */
final class CharacterGroups {

    /** The group of bytes that are no character, or not all of one. */
    static final long BROKEN = 1L << 63;

    /** The bytes that may be the third or fourth of a character. */
    static final int FIRST_CONTINUATION = 0x80;
    static final int LAST_CONTINUATION = 0xbf;

    private static final long[] GROUP = new long[256];

    static {
        int next = 0;
        int control = next++;
        int lower = next++;
        int upper = next++;
        int digit = next++;
        for (int value = 0; value < FIRST_CONTINUATION; value++) {
            GROUP[value] = 1L << (value < ' ' || value == 0x7f ? control
                    : value >= 'a' && value <= 'z' ? lower
                            : value >= 'A' && value <= 'Z' ? upper : value >= '0' && value <= '9' ? digit : next++);
        }
        int two = next++;
        int three = next++;
        int four = next++;
        for (int value = FIRST_CONTINUATION; value < 256; value++) {
            GROUP[value] = switch (value) {
                // Their second byte is of a range of its own.
                case 0xe0, 0xed, 0xf0, 0xf4 -> 1L << next++;
                default -> value >= 0xc2 && value < 0xe0 ? 1L << two
                        : value >= 0xe0 && value < 0xf0 ? 1L << three : value >= 0xf0 && value < 0xf5 ? 1L << four : BROKEN;
            };
        }
    }

    private CharacterGroups() {
    }

    /** The group of the characters that begin with a byte, as one bit. */
    static long of(int first) {
        return GROUP[first & 0xff];
    }

    /** How many bytes follow the first byte of a character. */
    static int following(int first) {
        int value = first & 0xff;
        return value < 0xc2 ? 0 : value < 0xe0 ? 1 : value < 0xf0 ? 2 : value < 0xf5 ? 3 : 0;
    }

    /** The smallest byte that may follow a first byte. */
    static int leastSecond(int first) {
        return switch (first & 0xff) {
            case 0xe0 -> 0xa0;
            case 0xf0 -> 0x90;
            default -> FIRST_CONTINUATION;
        };
    }

    /** The largest byte that may follow a first byte. */
    static int mostSecond(int first) {
        return switch (first & 0xff) {
            case 0xed -> 0x9f;
            case 0xf4 -> 0x8f;
            default -> LAST_CONTINUATION;
        };
    }

    /** Whether a byte may be the third or fourth of a character. */
    static boolean isContinuation(int value) {
        int unsigned = value & 0xff;
        return unsigned >= FIRST_CONTINUATION && unsigned <= LAST_CONTINUATION;
    }
}
