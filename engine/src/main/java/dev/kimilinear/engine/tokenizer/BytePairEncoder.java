package dev.kimilinear.engine.tokenizer;

import java.util.Arrays;

/**
 * Byte-pair encoding of one piece of text after the other: from single bytes on, the adjacent pair whose rule has the
 * lowest rank is merged, the leftmost one of equals, until no rule applies.
 *
 * <p>
 * Pieces can be as long as a text (a megabyte of one letter is one word), so candidates wait in a heap: n bytes take
 * O(n log n). Holds the working arrays of one encoding and belongs to one thread; {@link Rules} is what all share.
 */
final class BytePairEncoder {

    /**
     * What encoding needs of a vocabulary. Immutable.
     *
     * @param merges the rules
     * @param bytes the piece of each single byte
     * @param tokens how many pieces, from 0 on, are tokens
     * @param spellings for a piece that is no token, at its number minus {@code tokens}: the tokens that stand for it
     */
    record Rules(MergeTable merges, int[] bytes, int tokens, int[][] spellings) {

        static Rules of(PieceTable pieces, MergeTable merges) {
            int[] bytes = new int[256];
            for (int b = 0; b < bytes.length; b++) {
                bytes[b] = pieces.intern(String.valueOf(ByteAlphabet.character(b)));
            }
            int tokens = 0;
            while (tokens < pieces.size() && pieces.isToken(tokens)) {
                tokens++;
            }
            int[][] spellings = new int[pieces.size() - tokens][];
            for (int i = 0; i < spellings.length; i++) {
                String text = pieces.text(tokens + i);
                // Only its ASCII characters: what llama.cpp leaves of a piece that an inconsistent vocabulary lacks.
                spellings[i] = text.chars().filter(c -> c < 128 && ByteAlphabet.value((char) c) >= 0)
                        .map(c -> bytes[ByteAlphabet.value((char) c)]).filter(pieces::isToken).toArray();
            }
            return new Rules(merges, bytes, tokens, spellings);
        }
    }

    private final Rules rules;
    private final MergeTable merges;

    // A list of the pieces by the position of their first byte, and the rank of the pair that begins there.
    private int[] piece = new int[64];
    private int[] next = new int[64];
    private int[] previous = new int[64];
    private int[] rank = new int[64];

    // Rank in the upper half, position in the lower: the order is that of the numbers. A candidate counts only if the pair at its
    // position still has its rank; the others are left behind by merges beside them.
    private long[] heap = new long[64];
    private int heapSize;

    BytePairEncoder(Rules rules) {
        this.rules = rules;
        this.merges = rules.merges();
    }

    /** Encodes {@code text[from..to)}, which is one piece and has no lone surrogates. */
    void encode(String text, int from, int to, TokenList out) {
        int length = bytesToPieces(text, from, to);
        heapSize = 0;
        for (int i = 0; i < length; i++) {
            previous[i] = i - 1;
            next[i] = i + 1;
            rank[i] = i + 1 < length ? merges.rank(piece[i], piece[i + 1]) : MergeTable.NONE;
            if (rank[i] != MergeTable.NONE) {
                push(i);
            }
        }
        while (heapSize > 0) {
            long best = pop();
            int left = (int) best;
            int bestRank = (int) (best >>> 32);
            if (rank[left] != bestRank) {
                continue;
            }
            int right = next[left];
            int after = next[right];
            piece[left] = merges.merged(bestRank);
            next[left] = after;
            rank[right] = MergeTable.NONE;
            rank[left] = MergeTable.NONE;
            if (after < length) {
                previous[after] = left;
                rankPair(left, after);
            }
            if (previous[left] >= 0) {
                rankPair(previous[left], left);
            }
        }
        for (int i = 0; i < length; i = next[i]) {
            emit(piece[i], out);
        }
    }

    private void rankPair(int left, int right) {
        rank[left] = merges.rank(piece[left], piece[right]);
        if (rank[left] != MergeTable.NONE) {
            push(left);
        }
    }

    private void emit(int id, TokenList out) {
        if (id < rules.tokens()) {
            out.add(id);
        } else {
            for (int spelled : rules.spellings()[id - rules.tokens()]) {
                out.add(spelled);
            }
        }
    }

    /** The UTF-8 bytes of the text as pieces; returns their number. */
    private int bytesToPieces(String text, int from, int to) {
        if (piece.length < 3L * (to - from)) {
            grow(3 * (to - from));
        }
        int[] bytes = rules.bytes();
        int n = 0;
        for (int i = from; i < to; i++) {
            int c = text.charAt(i);
            if (c < 0x80) {
                piece[n++] = bytes[c];
            } else if (c < 0x800) {
                piece[n++] = bytes[0xC0 | c >> 6];
                piece[n++] = bytes[0x80 | c & 0x3F];
            } else if (!Character.isSurrogate((char) c)) {
                piece[n++] = bytes[0xE0 | c >> 12];
                piece[n++] = bytes[0x80 | c >> 6 & 0x3F];
                piece[n++] = bytes[0x80 | c & 0x3F];
            } else {
                c = Character.toCodePoint((char) c, text.charAt(++i));
                piece[n++] = bytes[0xF0 | c >> 18];
                piece[n++] = bytes[0x80 | c >> 12 & 0x3F];
                piece[n++] = bytes[0x80 | c >> 6 & 0x3F];
                piece[n++] = bytes[0x80 | c & 0x3F];
            }
        }
        return n;
    }

    private void grow(int capacity) {
        capacity = Math.max(capacity, 2 * piece.length);
        piece = new int[capacity];
        next = new int[capacity];
        previous = new int[capacity];
        rank = new int[capacity];
    }

    private void push(int position) {
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heapSize);
        }
        long candidate = (long) rank[position] << 32 | position;
        int i = heapSize++;
        while (i > 0) {
            int parent = i - 1 >>> 1;
            if (heap[parent] <= candidate) {
                break;
            }
            heap[i] = heap[parent];
            i = parent;
        }
        heap[i] = candidate;
    }

    private long pop() {
        long best = heap[0];
        long last = heap[--heapSize];
        int i = 0;
        for (int child = 1; child < heapSize; child = 2 * i + 1) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (last <= heap[child]) {
                break;
            }
            heap[i] = heap[child];
            i = child;
        }
        heap[i] = last;
        return best;
    }
}
