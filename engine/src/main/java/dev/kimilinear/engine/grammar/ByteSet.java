package dev.kimilinear.engine.grammar;

/** A set of bytes 0 to 255, as 256 bits. */
record ByteSet(long first, long second, long third, long fourth) {

    static final ByteSet EMPTY = new ByteSet(0, 0, 0, 0);

    /** The bytes from one to another, both included. */
    static ByteSet range(int from, int to) {
        ByteSet set = EMPTY;
        for (int value = from; value <= to; value++) {
            set = set.with(value);
        }
        return set;
    }

    ByteSet union(ByteSet other) {
        return new ByteSet(first | other.first, second | other.second, third | other.third, fourth | other.fourth);
    }

    boolean contains(int value) {
        return (word(value >> 6) >>> value & 1) != 0;
    }

    boolean isEmpty() {
        return (first | second | third | fourth) == 0;
    }

    private ByteSet with(int value) {
        long bit = 1L << value;
        return switch (value >> 6) {
            case 0 -> new ByteSet(first | bit, second, third, fourth);
            case 1 -> new ByteSet(first, second | bit, third, fourth);
            case 2 -> new ByteSet(first, second, third | bit, fourth);
            default -> new ByteSet(first, second, third, fourth | bit);
        };
    }

    private long word(int index) {
        return switch (index) {
            case 0 -> first;
            case 1 -> second;
            case 2 -> third;
            default -> fourth;
        };
    }
}
