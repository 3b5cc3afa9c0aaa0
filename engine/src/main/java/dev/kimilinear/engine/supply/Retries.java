package dev.kimilinear.engine.supply;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.kimilinear.engine.api.ModelSupplyException;

/** Waits between tries, longer each time, and gives up after some without progress. */
final class Retries {

    static final int TRIES = 6;

    private static final long FIRST_DELAY_MILLIS = 1_000;
    private static final long LONGEST_DELAY_MILLIS = 30_000;

    private final Machine machine;
    private final DownloadListener listener;
    private final String what;
    private final int tries;
    private int failures;

    /** @param what begins the message when it gives up: "Cannot download ..." */
    Retries(Machine machine, DownloadListener listener, String what, int tries) {
        this.machine = machine;
        this.listener = listener;
        this.what = what;
        this.tries = tries;
    }

    interface Attempt<T> {

        T make() throws TransferException;
    }

    <T> T call(Attempt<T> attempt) {
        while (true) {
            try {
                return attempt.make();
            } catch (TransferException e) {
                pauseAfter(e);
            }
        }
    }

    void progressed() {
        failures = 0;
    }

    /** @throws ModelSupplyException.Unreachable if that was the last try */
    void pauseAfter(TransferException failure) {
        failures++;
        if (failures >= tries) {
            throw new ModelSupplyException.Unreachable(
                    what + ": " + failure.getMessage() + " (tries without progress: " + failures
                            + "). Check the network, and the proxy if there is one, and start again.",
                    failure);
        }
        Duration delay = failure.retryAfter().orElseGet(this::delay);
        listener.retrying(failure.getMessage(), delay);
        machine.pause(delay);
    }

    /** 1 s, 2 s, 4 s, ... less up to a half by chance, so that many who failed together do not come back together. */
    private Duration delay() {
        long most = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS << (failures - 1));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
    }
}
