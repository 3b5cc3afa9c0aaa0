package dev.kimilinear.engine.grammar;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;

import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * All tokens of a vocabulary that are text, as a tree by their bytes: what a grammar rules out at a byte, it rules out for all
 * tokens that begin so. Nodes lie in one array, each in front of those below it. Keeps the masks of all grammars that work
 * with it, within one budget; these belong to one thread at a time.
 */
public final class TokenTrie {

    /** Marks a node that does not begin a character. No grammar's loops have it. */
    private static final long WITHIN = CharacterGroups.BROKEN >>> 1;

    /** Memory for masks; when it is full the oldest are forgotten, to be found anew when they are needed. */
    private static final long MOST_MASK_BYTES = 64L << 20;

    /** Of node i: its byte, the number of bytes up to it, where the next node that is not below it lies. */
    private final byte[] value;
    private final short[] depth;
    private final int[] after;
    /** Of node i: the {@link CharacterGroups} of what begins with it and of all below it. */
    private final long[] groups;
    /** Of node i: its tokens are {@code tokens[first[i]]} to {@code tokens[first[i + 1] - 1]}, mostly none or one. */
    private final int[] first;
    private final int[] tokens;
    private final int deepest;
    private final byte[][] texts;
    private final Deque<Automaton.State> masked = new ArrayDeque<>();
    private final int mostMasks;

    /** @param texts by token; those without bytes are not text */
    TokenTrie(byte[][] texts) {
        this.texts = texts;
        mostMasks = (int) Math.max(1, MOST_MASK_BYTES * Byte.SIZE / texts.length);
        int[] sorted = sorted(texts);
        int nodes = 0;
        byte[] last = {};
        for (int id : sorted) {
            nodes += texts[id].length - common(last, texts[id]);
            last = texts[id];
        }
        value = new byte[nodes];
        depth = new short[nodes];
        after = new int[nodes];
        groups = new long[nodes];
        first = new int[nodes + 1];
        tokens = new int[texts.length];
        deepest = build(sorted);
        findGroups();
    }

    private void findGroups() {
        // By depth, of the bytes down to there: the first byte of the last character, and how many of its bytes are to come.
        byte[] begin = new byte[deepest + 1];
        int[] missing = new int[deepest + 1];
        for (int node = 0; node < value.length; node++) {
            int at = depth[node];
            if (missing[at - 1] == 0) {
                begin[at] = value[node];
                groups[node] = CharacterGroups.of(value[node]);
                missing[at] = groups[node] == CharacterGroups.BROKEN ? Integer.MIN_VALUE
                        : CharacterGroups.following(value[node]);
            } else {
                begin[at] = begin[at - 1];
                missing[at] = follows(value[node], begin[at], missing[at - 1]) ? missing[at - 1] - 1 : Integer.MIN_VALUE;
                groups[node] = WITHIN;
            }
            boolean tokenEnds = first[node] < first[node + 1];
            if (tokenEnds && missing[at] != 0) {
                groups[node] |= CharacterGroups.BROKEN;
            }
        }
        for (int node = value.length - 1; node >= 0; node--) {
            for (int below = node + 1; below < after[node]; below = after[below]) {
                groups[node] |= groups[below] & ~WITHIN;
            }
        }
    }

    /** Whether a byte may stand where so many bytes of a character are missing; less than none if it is broken. */
    private static boolean follows(byte value, byte begin, int missing) {
        boolean second = missing == CharacterGroups.following(begin);
        return missing > 0 && (second ? (value & 0xff) >= CharacterGroups.leastSecond(begin)
                && (value & 0xff) <= CharacterGroups.mostSecond(begin) : CharacterGroups.isContinuation(value));
    }

    /** The tokens in the order of their bytes. Sorted by the first five of them and the id first, which are one number. */
    private static int[] sorted(byte[][] texts) {
        long[] keys = new long[texts.length];
        for (int id = 0; id < keys.length; id++) {
            long key = 0;
            for (int i = 0; i < 5; i++) {
                key = key << 8 | (i < texts[id].length ? texts[id][i] & 0xff : 0);
            }
            keys[id] = key << 24 ^ Long.MIN_VALUE | id;
        }
        Arrays.sort(keys);
        Integer[] sorted = new Integer[keys.length];
        Arrays.setAll(sorted, i -> (int) keys[i] & 0xffffff);
        for (int from = 0; from < keys.length;) {
            int to = from + 1;
            while (to < keys.length && keys[to] >> 24 == keys[from] >> 24) {
                to++;
            }
            Arrays.sort(sorted, from, to, Comparator.comparing(id -> texts[id], Arrays::compareUnsigned));
            from = to;
        }
        return Arrays.stream(sorted).mapToInt(Integer::intValue).toArray();
    }

    /** The plain texts among the tokens of a vocabulary. */
    public static TokenTrie of(Tokenizer tokenizer) {
        byte[][] texts = new byte[tokenizer.size()][];
        Arrays.setAll(texts, tokenizer::textBytes);
        return new TokenTrie(texts);
    }

    private int build(int[] sorted) {
        int node = 0;
        int placed = 0;
        int most = 0;
        byte[] last = {};
        int[] path = new int[1];
        for (int id : sorted) {
            byte[] text = texts[id];
            if (text.length == 0) {
                continue;
            }
            if (text.length > Short.MAX_VALUE) {
                throw new IllegalArgumentException("Token " + id + " has " + text.length + " bytes, expected at most "
                        + Short.MAX_VALUE + ".");
            }
            most = Math.max(most, text.length);
            path = path.length < text.length ? Arrays.copyOf(path, text.length) : path;
            int common = common(last, text);
            for (int i = common; i < last.length; i++) {
                after[path[i]] = node;
            }
            for (int i = common; i < text.length; i++) {
                value[node] = text[i];
                depth[node] = (short) (i + 1);
                first[node] = placed;
                path[i] = node++;
            }
            tokens[placed++] = id;
            last = text;
        }
        for (int i = 0; i < last.length; i++) {
            after[path[i]] = node;
        }
        first[node] = placed;
        return most;
    }

    private static int common(byte[] a, byte[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }

    /** The bytes of a token, none if it is not text. Not to be changed. */
    public byte[] text(int token) {
        return texts[token];
    }

    /** {@link #tokensAt}, found once for each state and kept. Not to be changed. */
    long[] mask(Automaton automaton, Automaton.State state) {
        if (state.mask == null) {
            if (masked.size() == mostMasks) {
                masked.remove().mask = null;
            }
            state.mask = tokensAt(automaton, state);
            masked.add(state);
        }
        return state.mask;
    }

    /** The tokens that may stand in a text at this state, a bit for each id. */
    long[] tokensAt(Automaton automaton, Automaton.State state) {
        long[] fitting = new long[(texts.length + Long.SIZE - 1) / Long.SIZE];
        Automaton.State[] states = new Automaton.State[deepest + 1];
        states[0] = state;
        int node = 0;
        while (node < value.length) {
            Automaton.State before = states[depth[node] - 1];
            if ((groups[node] & (CharacterGroups.BROKEN | WITHIN)) == 0 && (groups[node] & ~automaton.loops(before)) == 0) {
                // What leads from a state to itself, as most characters do within a string, fits whatever its order is.
                addTokens(node, after[node], fitting);
                node = after[node];
            } else {
                Automaton.State next = automaton.next(before, value[node]);
                if (automaton.isDead(next)) {
                    node = after[node];
                } else {
                    states[depth[node]] = next;
                    addTokens(node, node + 1, fitting);
                    node++;
                }
            }
        }
        return fitting;
    }

    private void addTokens(int fromNode, int toNode, long[] fitting) {
        for (int i = first[fromNode]; i < first[toNode]; i++) {
            fitting[tokens[i] >> 6] |= 1L << tokens[i];
        }
    }
}
