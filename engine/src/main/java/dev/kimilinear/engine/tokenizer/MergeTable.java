package dev.kimilinear.engine.tokenizer;

import java.util.Arrays;
import java.util.List;

import dev.kimilinear.engine.api.ModelFormatException;

/**
 * The merge rules of byte-pair encoding over numbered pieces: which adjacent pair becomes which piece, and how early. The
 * rank of a rule is its place in the file; of equal rules the first counts.
 */
final class MergeTable {

    /** The rank of a pair without a rule: later than every rank. */
    static final int NONE = Integer.MAX_VALUE;

    private static final long FREE = -1L;

    private final long[] pairs;
    private final int[] ranks;
    private final int[] merged;
    private final int shift;

    /**
     * @param rules {@code "left right"} each, in the byte alphabet
     * @param pieces takes up the texts that are no token of the vocabulary
     * @throws ModelFormatException if a rule is not two pieces with a space between them
     */
    MergeTable(List<String> rules, PieceTable pieces) {
        int slots = Integer.highestOneBit(Math.max(8, 2 * rules.size())) << 1;
        shift = Long.numberOfLeadingZeros(slots) + 1;
        pairs = new long[slots];
        Arrays.fill(pairs, FREE);
        ranks = new int[slots];
        merged = new int[rules.size()];
        for (int rank = 0; rank < merged.length; rank++) {
            String rule = rules.get(rank);
            // From 1: a left piece may be a space in a file that does not use the byte alphabet.
            int space = rule.indexOf(' ', 1);
            if (space < 0 || space == rule.length() - 1) {
                throw new ModelFormatException(
                        "Cannot read the tokenizer: rule " + rank + " of key \"tokenizer.ggml.merges\" is \""
                                + rule + "\", expected two pieces with a space between them.");
            }
            int left = pieces.intern(rule, 0, space, -1);
            int right = pieces.intern(rule, space + 1, rule.length(), -1);
            merged[rank] = pieces.intern(rule, 0, rule.length(), space);
            long pair = pair(left, right);
            int slot = slotOf(pair);
            if (pairs[slot] == FREE) {
                pairs[slot] = pair;
                ranks[slot] = rank;
            }
        }
    }

    /** @return the rank of the rule for this pair, or {@link #NONE} */
    int rank(int left, int right) {
        long pair = pair(left, right);
        int slot = slotOf(pair);
        return pairs[slot] == pair ? ranks[slot] : NONE;
    }

    /** The piece that the rule of this rank makes. */
    int merged(int rank) {
        return merged[rank];
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slotOf(long pair) {
        int mask = pairs.length - 1;
        // The upper bits of a product by the golden ratio depend on all bits of the pair.
        int slot = (int) (pair * 0x9E3779B97F4A7C15L >>> shift);
        while (pairs[slot] != FREE && pairs[slot] != pair) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
