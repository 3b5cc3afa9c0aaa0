package dev.kimilinear.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What was measured of one cell.
 *
 * @param units what a run makes: tokens or ids, 1 for opening
 * @param weightBytesPerToken read by a step of one token; 0 where it does not matter
 * @param date of the measurement, ISO
 * @param java the JVM
 * @param peer release and package of llama.cpp
 * @param ourSettings what our side said that it runs with
 * @param peerSettings what llama.cpp's side read back
 */
record Measurement(Cell cell, Machine machine, boolean quick, int units, long weightBytesPerToken, List<Pair> pairs,
        String date, String java, String peer, Map<String, String> ourSettings, Map<String, String> peerSettings) {

    /**
     * Two runs, one after the other.
     *
     * @param ourSeconds of one run
     * @param peerSeconds of one run
     * @param readBytesPerSecond what plain reading reached beside them; 0 where it was not measured
     */
    record Pair(double ourSeconds, double peerSeconds, double readBytesPerSecond) {

        /** Our speed over llama.cpp's. */
        double ratio() {
            return peerSeconds / ourSeconds;
        }
    }

    double ourSpeed() {
        return median(pair -> units / pair.ourSeconds());
    }

    double peerSpeed() {
        return median(pair -> units / pair.peerSeconds());
    }

    double ratio() {
        return median(Pair::ratio);
    }

    double smallestRatio() {
        return pairs.stream().mapToDouble(Pair::ratio).min().orElseThrow();
    }

    double largestRatio() {
        return pairs.stream().mapToDouble(Pair::ratio).max().orElseThrow();
    }

    /** Bytes of weights that a second of decoding reads, over what plain reading reached. */
    double readShare(ToDoubleFunction<Pair> seconds) {
        return median(pair -> weightBytesPerToken * units / seconds.applyAsDouble(pair) / pair.readBytesPerSecond());
    }

    double readSpeed() {
        return median(Pair::readBytesPerSecond);
    }

    boolean knowsReadShare() {
        return weightBytesPerToken > 0 && pairs.stream().allMatch(pair -> pair.readBytesPerSecond() > 0);
    }

    private double median(ToDoubleFunction<Pair> value) {
        double[] sorted = pairs.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
    }
}
