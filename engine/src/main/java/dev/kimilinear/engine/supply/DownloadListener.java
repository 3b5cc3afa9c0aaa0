package dev.kimilinear.engine.supply;

import java.time.Duration;

/** Hears how a download goes, on the thread that waits for it. */
public interface DownloadListener {

    /** At the start and the end of each file, and at most once a second between. */
    default void progress(DownloadProgress progress) {
    }

    /** Another thread or process fetches this file; its result will be used. */
    default void waiting(String file) {
    }

    /** Something went wrong, and will be tried again after a delay. */
    default void retrying(String reason, Duration delay) {
    }
}
