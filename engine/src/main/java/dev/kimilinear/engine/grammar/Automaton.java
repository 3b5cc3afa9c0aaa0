package dev.kimilinear.engine.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The pushdown automaton of a grammar, made deterministic as far as texts have needed it: a {@link State} is the set of all
 * stacks that the bytes so far can have led to, and knows the state behind each next byte once somebody asked. States with
 * the same stacks are one object, so that all that is known of a state serves every text that comes there. Confined to one
 * thread at a time.
 *
 * <p>
 * A stack is a linked list of positions in the grammar, the next byte first. A call that ends its alternative leaves nothing
 * on the stack, so that repetitions, which are such calls, come back to the same state.
 */
final class Automaton {

    /** Beyond so many states all that is known is forgotten and found anew: texts nested ever deeper make ever more. */
    private static final int MOST_STATES = 10_000;

    /** What is left to do: the byte set at a position, and below it what comes when its alternative has ended. */
    private record Frame(int number, int position, Frame below) {

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return number;
        }
    }

    /** All stacks that the bytes so far can have led to. */
    static final class State {

        private final Frame[] tops;
        private final boolean accepting;
        /** By class of bytes; null where nobody has asked. */
        private final State[] next;
        private boolean loopsKnown;
        private long loops;
        /** The tokens that may follow, kept by {@link TokenTrie}; null where nobody has asked. */
        long[] mask;

        private State(Frame[] tops, boolean accepting, int classes) {
            this.tops = tops;
            this.accepting = accepting;
            next = new State[classes];
        }

        /** Whether the text may end here. */
        boolean isAccepting() {
            return accepting;
        }

        /** Whether no byte may follow. */
        boolean isLast() {
            return tops.length == 0;
        }
    }

    private record Key(int[] tops, boolean accepting) {

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && accepting == key.accepting && Arrays.equals(tops, key.tops);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(tops) * 2 + (accepting ? 1 : 0);
        }
    }

    private final Grammar grammar;
    /** The class of each byte: bytes that no set of the grammar tells apart are one class. */
    private final byte[] classOf;
    /** Whether a set, by its number, contains the bytes of a class. */
    private final boolean[][] contains;
    private final Map<Long, Frame> frames = new HashMap<>();
    private final Map<Key, State> states = new HashMap<>();
    private int frameNumbers;
    private final State start;
    private final State dead;

    Automaton(Grammar grammar) {
        this.grammar = grammar;
        ByteSet[] sets = grammar.sets();
        classOf = new byte[256];
        List<Integer> representatives = new ArrayList<>();
        Map<List<Boolean>, Integer> classes = new HashMap<>();
        for (int value = 0; value < 256; value++) {
            List<Boolean> membership = new ArrayList<>(sets.length);
            for (ByteSet set : sets) {
                membership.add(set.contains(value));
            }
            Integer number = classes.putIfAbsent(membership, classes.size());
            if (number == null) {
                number = representatives.size();
                representatives.add(value);
            }
            classOf[value] = (byte) (int) number;
        }
        contains = new boolean[sets.length][];
        for (int set = 0; set < sets.length; set++) {
            contains[set] = new boolean[representatives.size()];
            for (int c = 0; c < contains[set].length; c++) {
                contains[set][c] = sets[set].contains(representatives.get(c));
            }
        }
        dead = new State(new Frame[0], false, representatives.size());
        Closure closure = new Closure();
        for (int position : grammar.alternatives(grammar.root())) {
            closure.add(position, null);
        }
        start = closure.state();
    }

    /** Before the first byte. */
    State start() {
        return start;
    }

    /** The state behind a byte, 0 to 255; {@linkplain #isDead dead} where it does not fit. */
    State next(State state, int value) {
        int c = classOf[value & 0xff];
        State next = state.next[c];
        if (next == null) {
            next = find(state, c);
            state.next[c] = next;
        }
        return next;
    }

    /** The {@link CharacterGroups} of which every character leads from a state to itself. */
    long loops(State state) {
        if (!state.loopsKnown) {
            long others = CharacterGroups.BROKEN;
            for (int first = 0; first < 256; first++) {
                if ((others & CharacterGroups.of(first)) == 0 && !allReturn(state, first)) {
                    others |= CharacterGroups.of(first);
                }
            }
            state.loops = ~others;
            state.loopsKnown = true;
        }
        return state.loops;
    }

    private boolean allReturn(State state, int first) {
        State next = next(state, first);
        int following = CharacterGroups.following(first);
        return following == 0 ? next == state
                : allLead(next, CharacterGroups.leastSecond(first), CharacterGroups.mostSecond(first), following, state);
    }

    /** Whether so many bytes, the first of them of a range, lead to a state, whatever they are. */
    private boolean allLead(State from, int least, int most, int bytes, State to) {
        State last = null;
        for (int value = least; value <= most; value++) {
            State next = next(from, value);
            if (next != last && (bytes == 1 ? next != to
                    : !allLead(next, CharacterGroups.FIRST_CONTINUATION, CharacterGroups.LAST_CONTINUATION, bytes - 1, to))) {
                return false;
            }
            last = next;
        }
        return true;
    }

    /** Whether no text leads here. */
    boolean isDead(State state) {
        return state == dead;
    }

    private State find(State state, int byteClass) {
        if (states.size() > MOST_STATES) {
            states.clear();
            frames.clear();
        }
        Closure closure = new Closure();
        for (Frame top : state.tops) {
            if (contains[grammar.set(top.position)][byteClass]) {
                closure.add(top.position + 1, top.below);
            }
        }
        return closure.state();
    }

    private Frame frame(int position, Frame below) {
        long key = (long) position << 32 | (below == null ? 0 : below.number);
        return frames.computeIfAbsent(key, k -> new Frame(++frameNumbers, position, below));
    }

    /** Follows calls and ends of alternatives until only sets of bytes are on top. */
    private final class Closure {

        private final Set<Frame> seen = new HashSet<>();
        private final List<Frame> tops = new ArrayList<>();
        private boolean accepting;

        void add(int position, Frame below) {
            if (grammar.isEnd(position)) {
                if (below == null) {
                    accepting = true;
                } else {
                    add(below.position, below.below);
                }
                return;
            }
            Frame frame = frame(position, below);
            if (!seen.add(frame)) {
                return;
            }
            if (!grammar.isCall(position)) {
                tops.add(frame);
                return;
            }
            Frame rest = grammar.isEnd(position + 1) ? below : frame(position + 1, below);
            for (int alternative : grammar.alternatives(grammar.called(position))) {
                add(alternative, rest);
            }
        }

        State state() {
            if (tops.isEmpty() && !accepting) {
                return dead;
            }
            int[] numbers = tops.stream().mapToInt(Frame::number).sorted().toArray();
            return states.computeIfAbsent(new Key(numbers, accepting),
                    k -> new State(tops.toArray(Frame[]::new), accepting, dead.next.length));
        }
    }
}
