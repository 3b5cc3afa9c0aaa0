package dev.kimilinear.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A set of characters: Unicode's code points without the surrogates, which UTF-8 has no bytes for. Immutable.
 */
final class Characters {

    static final int LAST = Character.MAX_CODE_POINT;
    static final Characters NONE = new Characters(new TreeMap<>());
    static final Characters ALL = NONE.with(0, LAST);

    /** The last character of each length in UTF-8. */
    private static final int[] LAST_OF_LENGTH = { 0x7f, 0x7ff, 0xffff, LAST };

    /** From the first character of each range to its last; ranges neither overlap nor touch. */
    private final TreeMap<Integer, Integer> ranges;

    private Characters(TreeMap<Integer, Integer> ranges) {
        this.ranges = ranges;
    }

    /** The characters of a text. */
    static Characters of(String text) {
        Characters set = NONE;
        for (int c : text.codePoints().toArray()) {
            set = set.with(c, c);
        }
        return set;
    }

    static Characters range(int from, int to) {
        return NONE.with(from, to);
    }

    /** This set and the characters from one to another, both included. */
    Characters with(int from, int to) {
        if (from <= Character.MAX_SURROGATE && to >= Character.MIN_SURROGATE) {
            Characters below = from < Character.MIN_SURROGATE ? with(from, Character.MIN_SURROGATE - 1) : this;
            return to > Character.MAX_SURROGATE ? below.with(Character.MAX_SURROGATE + 1, to) : below;
        }
        TreeMap<Integer, Integer> joined = new TreeMap<>(ranges);
        int first = from;
        int last = to;
        for (var other : ranges.entrySet()) {
            if (other.getKey() <= to + 1 && other.getValue() >= from - 1) {
                joined.remove(other.getKey());
                first = Math.min(first, other.getKey());
                last = Math.max(last, other.getValue());
            }
        }
        joined.put(first, last);
        return new Characters(joined);
    }

    Characters with(Characters others) {
        Characters all = this;
        for (var range : others.ranges.entrySet()) {
            all = all.with(range.getKey(), range.getValue());
        }
        return all;
    }

    /** All other characters. */
    Characters complement() {
        Characters others = NONE;
        int next = 0;
        for (var range : ranges.entrySet()) {
            if (next < range.getKey()) {
                others = others.with(next, range.getKey() - 1);
            }
            next = range.getValue() + 1;
        }
        return next <= LAST ? others.with(next, LAST) : others;
    }

    /** One character of the set, as the bytes of its UTF-8 form. */
    Expression expression() {
        ByteSet single = ByteSet.EMPTY;
        List<Expression> options = new ArrayList<>();
        for (var range : ranges.entrySet()) {
            int from = range.getKey();
            for (int last : LAST_OF_LENGTH) {
                int to = Math.min(range.getValue(), last);
                if (from <= to && last == LAST_OF_LENGTH[0]) {
                    single = single.union(ByteSet.range(from, to));
                } else if (from <= to) {
                    addSequences(from, to, options);
                }
                from = Math.max(from, last + 1);
            }
        }
        if (!single.isEmpty()) {
            options.addFirst(new Expression.Byte(single));
        }
        return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
    }

    /**
     * Characters of the same length in UTF-8 as sequences of ranges of bytes: such a sequence needs, wherever its bytes
     * differ, all that may follow. So a range is cut until its ends begin and end a block of 64, 4,096 or 262,144 characters.
     */
    private static void addSequences(int from, int to, List<Expression> options) {
        for (int bits = 6; bits <= 18; bits += 6) {
            int block = (1 << bits) - 1;
            if ((from & ~block) != (to & ~block)) {
                if ((from & block) != 0) {
                    addSequences(from, from | block, options);
                    addSequences((from | block) + 1, to, options);
                    return;
                }
                if ((to & block) != block) {
                    addSequences(from, (to & ~block) - 1, options);
                    addSequences(to & ~block, to, options);
                    return;
                }
            }
        }
        byte[] first = Character.toString(from).getBytes(StandardCharsets.UTF_8);
        byte[] last = Character.toString(to).getBytes(StandardCharsets.UTF_8);
        List<Expression> bytes = new ArrayList<>();
        for (int i = 0; i < first.length; i++) {
            bytes.add(new Expression.Byte(ByteSet.range(first[i] & 0xff, last[i] & 0xff)));
        }
        options.add(new Expression.Sequence(bytes));
    }
}
