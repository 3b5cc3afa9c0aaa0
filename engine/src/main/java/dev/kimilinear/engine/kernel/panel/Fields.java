package dev.kimilinear.engine.kernel.panel;

/**
 * How codes of a few bits fill the 16-bit halves of a group of words: as many whole codes as fit into each half, and what
 * is left of the bits takes the remaining codes piece by piece. Field i is bits {@code shift[i]} and up of code
 * {@code code[i]}, at bit {@code position[i]} of its half; it reaches to the next field or to the end of the half. Fields of
 * a word follow one another, words too: a new word begins where position is 0.
 */
final class Fields {

    static final Fields TWO_BIT = whole(16, 2);
    static final Fields THREE_BIT = withSplitCode(16, 3);
    static final Fields FOUR_BIT = whole(4, 4);
    static final Fields FIVE_BIT = withSplitCode(16, 5);
    /** Eight codes in three words: codes 6 and 7 give four bits to the first words and two to the last. */
    static final Fields SIX_BIT = new Fields(8, new int[] { 0, 1, 6, 2, 3, 7, 4, 5, 6, 7 },
            new int[] { 0, 0, 0, 0, 0, 0, 0, 0, 4, 4 }, new int[] { 0, 6, 12, 0, 6, 12, 0, 6, 12, 14 });

    /** Codes in the halves of a group: as many again in the other halves. */
    final int codes;
    final int[] code;
    final int[] shift;
    final int[] position;

    private Fields(int codes, int[] code, int[] shift, int[] position) {
        this.codes = codes;
        this.code = code;
        this.shift = shift;
        this.position = position;
    }

    /** Codes of a width that divides 16. */
    private static Fields whole(int codes, int bits) {
        int[] code = new int[codes];
        int[] position = new int[codes];
        for (int i = 0; i < codes; i++) {
            code[i] = i;
            position[i] = i * bits % 16;
        }
        return new Fields(codes, code, new int[codes], position);
    }

    /** Codes of a width that leaves one bit of a half: the last code is spread over these bits, its lowest bit first. */
    private static Fields withSplitCode(int codes, int bits) {
        int perWord = 16 / bits;
        int words = codes / perWord;
        int[] code = new int[words * (perWord + 1)];
        int[] shift = new int[code.length];
        int[] position = new int[code.length];
        for (int w = 0; w < words; w++) {
            for (int i = 0; i < perWord; i++) {
                int at = w * (perWord + 1) + i;
                code[at] = w * perWord + i;
                position[at] = i * bits;
            }
            int last = w * (perWord + 1) + perWord;
            code[last] = codes - 1;
            shift[last] = w;
            position[last] = 15;
        }
        return new Fields(codes, code, shift, position);
    }

    int length() {
        return code.length;
    }

    /** One past the last bit of a field in its half. */
    private int end(int field) {
        return field + 1 == code.length || position[field + 1] == 0 ? 16 : position[field + 1];
    }

    /**
     * Writes the words of the codes {@code q[at .. at + 2 codes)}, the first half of them in the low halves.
     *
     * @param offset added to a value to make it a code, which is not negative
     * @return where the words end
     */
    int pack(int[] q, int at, int offset, int[] words, int wordAt) {
        int word = wordAt - 1;
        for (int i = 0; i < code.length; i++) {
            if (position[i] == 0) {
                words[++word] = 0;
            }
            int mask = (1 << end(i) - position[i]) - 1;
            int low = q[at + code[i]] + offset >>> shift[i] & mask;
            int high = q[at + codes + code[i]] + offset >>> shift[i] & mask;
            words[word] |= low << position[i] | high << position[i] + 16;
        }
        return word + 1;
    }
}
