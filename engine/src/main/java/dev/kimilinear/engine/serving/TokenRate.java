package dev.kimilinear.engine.serving;

import dev.kimilinear.engine.api.EngineSpeed;

/** Counts tokens of the last seconds, leaving no garbage. Thread-safe. */
final class TokenRate {

    private static final long SECOND_NANOS = 1_000_000_000;
    /** The second that has begun, and those of the window. */
    private static final int SECONDS = EngineSpeed.WINDOW_SECONDS + 1;

    private final long start;
    /** Of the second {@code latest - i}, at its number modulo {@link #SECONDS}. */
    private final int[] counts = new int[SECONDS];
    private long latest;

    /** @param now a point of {@link System#nanoTime} */
    TokenRate(long now) {
        start = now;
    }

    synchronized void add(long now) {
        moveTo(now);
        counts[(int) (latest % SECONDS)]++;
    }

    /** Tokens a second over the window, or over what of it has passed. */
    synchronized double perSecond(long now) {
        moveTo(now);
        long sum = 0;
        for (int i = 0; i < SECONDS; i++) {
            sum += counts[i];
        }
        // The oldest second is whole, the one that has begun is not.
        double begun = (double) ((now - start) % SECOND_NANOS) / SECOND_NANOS;
        double passed = Math.min(latest, EngineSpeed.WINDOW_SECONDS) + begun;
        return passed == 0 ? 0 : sum / passed;
    }

    private void moveTo(long now) {
        long second = (now - start) / SECOND_NANOS;
        for (long s = Math.max(latest + 1, second - SECONDS + 1); s <= second; s++) {
            counts[(int) (s % SECONDS)] = 0;
        }
        latest = Math.max(latest, second);
    }
}
