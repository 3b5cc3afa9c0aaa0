package dev.kimilinear.engine.api;

/**
 * How the rows that MLA layers cache for every token are stored. Arithmetic is in single precision either way; F16 rounds
 * each value once, when its row is stored; what is beyond 65,504 becomes 65,504 with its sign.
 */
public enum LatentCacheType {
    /** Half precision: 2 bytes a value. */
    F16(2),
    /** Single precision: 4 bytes a value, and no rounding. */
    F32(4);

    private final int valueBytes;

    LatentCacheType(int valueBytes) {
        this.valueBytes = valueBytes;
    }

    /** Bytes of one cached value. */
    public int valueBytes() {
        return valueBytes;
    }
}
