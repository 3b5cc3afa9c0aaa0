package dev.kimilinear.engine.sampling;

/**
 * The SplitMix64 generator (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014). Ours, because
 * the JDK promises the sequence of none of its better generators: a seed gives the same bits on every JVM.
 */
final class SplitMix64 {

    private long state;

    SplitMix64(long seed) {
        state = seed;
    }

    long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Uniform in [0, 1): the upper 53 bits, so that every value is exact. */
    double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }
}
