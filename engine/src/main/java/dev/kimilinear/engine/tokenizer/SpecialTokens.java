package dev.kimilinear.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds special tokens in text. Longer texts (in UTF-8 bytes) come first over the whole text, then lower ids; each takes
 * its leftmost occurrences that touch nothing taken before. Immutable.
 */
final class SpecialTokens {

    static final int NO_GUARD = -1;

    /** One occurrence in a text. */
    record Cut(int start, int end, int id) {
    }

    /** A node of the tree of all texts by their characters. */
    private static final class Node {

        private char[] keys = new char[0];
        private Node[] children = new Node[0];
        /** Index in {@code tokens} of the text that ends here, or -1. */
        private int token = -1;

        Node child(char key) {
            for (int i = 0; i < keys.length; i++) {
                if (keys[i] == key) {
                    return children[i];
                }
            }
            return null;
        }

        Node grow(char key) {
            Node child = child(key);
            if (child == null) {
                child = new Node();
                keys = Arrays.copyOf(keys, keys.length + 1);
                children = Arrays.copyOf(children, keys.length);
                keys[keys.length - 1] = key;
                children[keys.length - 1] = child;
            }
            return child;
        }
    }

    /** An occurrence that others may still displace; {@code token} is its place in the order. */
    private record Occurrence(int start, int end, int token) {
    }

    private final List<Vocabulary.Special> tokens;
    private final Node root = new Node();

    SpecialTokens(List<Vocabulary.Special> specials) {
        tokens = specials.stream()
                .sorted(Comparator.comparingInt((Vocabulary.Special s) -> -s.text().getBytes(StandardCharsets.UTF_8).length)
                        .thenComparingInt(Vocabulary.Special::id))
                .toList();
        for (int i = 0; i < tokens.size(); i++) {
            Node node = root;
            for (char c : tokens.get(i).text().toCharArray()) {
                node = node.grow(c);
            }
            if (node.token < 0) {
                node.token = i;
            }
        }
    }

    /**
     * The special tokens of a text, from left to right, none overlapping another.
     *
     * @param guard the character that {@link #guard} put into parts of the text, or {@link #NO_GUARD}: an occurrence with a
     *        guard inside is none, and neither is a single code point with a guard behind it
     */
    List<Cut> find(String text, int guard) {
        List<Occurrence> found = new ArrayList<>();
        boolean overlapping = false;
        int covered = 0;
        for (int start = 0; start < text.length(); start++) {
            Node node = root.child(text.charAt(start));
            for (int end = start + 1; node != null; end++) {
                if (node.token >= 0 && !isGuarded(text, start, end, guard)) {
                    overlapping |= start < covered;
                    covered = Math.max(covered, end);
                    found.add(new Occurrence(start, end, node.token));
                }
                node = end < text.length() ? node.child(text.charAt(end)) : null;
            }
        }
        if (overlapping) {
            found = settle(found);
        }
        List<Cut> cuts = new ArrayList<>(found.size());
        for (Occurrence o : found) {
            cuts.add(new Cut(o.start, o.end, tokens.get(o.token).id()));
        }
        return cuts;
    }

    private static boolean isGuarded(String text, int start, int end, int guard) {
        return guard != NO_GUARD && end < text.length() && text.charAt(end) == guard
                && end == text.offsetByCodePoints(start, 1);
    }

    private static List<Occurrence> settle(List<Occurrence> found) {
        found.sort(Comparator.comparingInt(Occurrence::token).thenComparingInt(Occurrence::start));
        BitSet taken = new BitSet();
        List<Occurrence> kept = new ArrayList<>();
        for (Occurrence o : found) {
            int next = taken.nextSetBit(o.start);
            if (next < 0 || next >= o.end) {
                taken.set(o.start, o.end);
                kept.add(o);
            }
        }
        kept.sort(Comparator.comparingInt(Occurrence::start));
        return kept;
    }

    /**
     * The text with a guard wherever it could otherwise become a special token or a part of one: behind the first code
     * point of each special text in it and of each beginning of a special text at its end, and in front of it if it could
     * continue a special text that stands before it.
     *
     * @param guard a character that the text does not contain
     */
    String guard(String text, char guard) {
        StringBuilder guarded = null;
        int copied = 0;
        if (continuesSpecial(text)) {
            guarded = new StringBuilder(text.length() + 16).append(guard);
        }
        for (int start = 0; start < text.length(); start++) {
            if (beginsSpecial(text, start)) {
                int end = text.offsetByCodePoints(start, 1);
                if (guarded == null) {
                    guarded = new StringBuilder(text.length() + 16);
                }
                guarded.append(text, copied, end).append(guard);
                copied = end;
            }
        }
        return guarded == null ? text : guarded.append(text, copied, text.length()).toString();
    }

    /** Whether a special text stands at {@code start}, or begins there and is cut off by the end of the text. */
    private boolean beginsSpecial(String text, int start) {
        Node node = root;
        for (int i = start; i < text.length(); i++) {
            node = node.child(text.charAt(i));
            if (node == null) {
                return false;
            }
            if (node.token >= 0) {
                return true;
            }
        }
        return true;
    }

    /** Whether the text begins with the end of a special text, or is a middle part of one as a whole. */
    private boolean continuesSpecial(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (Vocabulary.Special token : tokens) {
            String special = token.text();
            for (int from = 1; from < special.length(); from++) {
                if (special.regionMatches(from, text, 0, Math.min(special.length() - from, text.length()))) {
                    return true;
                }
            }
        }
        return false;
    }
}
