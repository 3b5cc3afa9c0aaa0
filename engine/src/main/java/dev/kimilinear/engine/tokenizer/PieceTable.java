package dev.kimilinear.engine.tokenizer;

import java.util.Arrays;
import java.util.List;

/**
 * Numbers for the texts that byte-pair encoding can meet, used while a vocabulary is loaded: the tokens under their ids,
 * then what merges mention and the vocabulary lacks. Open addressing over the strings of the file, because a boxed map of
 * 163,840 entries and a substring for each half of each merge is most of the time of a load.
 */
final class PieceTable {

    private static final int FREE = -1;

    private final int tokens;
    private String[] texts;
    private int size;
    private int[] slots;

    /** Of equal tokens the last one is found, as in llama.cpp. */
    PieceTable(List<String> tokens) {
        this.tokens = tokens.size();
        texts = tokens.toArray(new String[0]);
        slots = freeSlots(2 * tokens.size());
        for (size = 0; size < texts.length; size++) {
            String text = texts[size];
            slots[slotOf(text, 0, text.length(), -1)] = size;
        }
    }

    private static int[] freeSlots(int atLeast) {
        int[] slots = new int[Integer.highestOneBit(Math.max(8, atLeast)) << 1];
        Arrays.fill(slots, FREE);
        return slots;
    }

    boolean isToken(int piece) {
        return piece < tokens;
    }

    String text(int piece) {
        return texts[piece];
    }

    int size() {
        return size;
    }

    /** @return the number of a text, given one if it has none yet */
    int intern(String text) {
        return intern(text, 0, text.length(), -1);
    }

    /**
     * The number of {@code text[from..to)} without the character at {@code gap}, so that the result of a merge written as
     * {@code "left right"} is found without a new string.
     *
     * @param gap -1 for none
     */
    int intern(String text, int from, int to, int gap) {
        int slot = slotOf(text, from, to, gap);
        if (slots[slot] != FREE) {
            return slots[slot];
        }
        if (size == texts.length) {
            texts = Arrays.copyOf(texts, size + (size >> 1) + 8);
        }
        texts[size] = gap < 0 ? text.substring(from, to) : text.substring(from, gap) + text.substring(gap + 1, to);
        slots[slot] = size++;
        if (2 * size > slots.length) {
            rehash();
        }
        return size - 1;
    }

    private void rehash() {
        int[] old = slots;
        slots = freeSlots(old.length);
        for (int piece : old) {
            if (piece != FREE) {
                slots[slotOf(texts[piece], 0, texts[piece].length(), -1)] = piece;
            }
        }
    }

    /** The slot that holds the text, or the free one where it belongs. */
    private int slotOf(String text, int from, int to, int gap) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            if (i != gap) {
                hash = 31 * hash + text.charAt(i);
            }
        }
        hash *= 0x9E3779B9;
        int mask = slots.length - 1;
        int slot = (hash ^ hash >>> 15) & mask;
        while (slots[slot] != FREE && !equal(texts[slots[slot]], text, from, to, gap)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private static boolean equal(String piece, String text, int from, int to, int gap) {
        if (gap < 0) {
            return piece.length() == to - from && text.startsWith(piece, from);
        }
        int left = gap - from;
        return piece.length() == to - from - 1 && piece.regionMatches(0, text, from, left)
                && piece.regionMatches(left, text, gap + 1, to - gap - 1);
    }
}
