package dev.kimilinear.engine.tokenizer;

import java.util.Arrays;

/** Token ids that are being collected. */
final class TokenList {

    private int[] ids;
    private int size;

    TokenList(int expected) {
        ids = new int[Math.max(16, expected)];
    }

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, size + (size >> 1));
        }
        ids[size++] = id;
    }

    int[] toArray() {
        return Arrays.copyOf(ids, size);
    }
}
