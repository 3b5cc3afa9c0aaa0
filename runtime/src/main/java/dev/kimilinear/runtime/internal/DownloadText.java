package dev.kimilinear.runtime.internal;

import java.time.Duration;
import java.util.Locale;

/** Sizes and times as readers like them. */
final class DownloadText {

    private DownloadText() {
    }

    /** Seconds below two minutes, minutes below two hours, then hours. */
    static String duration(Duration duration) {
        long seconds = Math.max(1, duration.toSeconds());
        return seconds < 120 ? seconds + " s" : seconds < 7200 ? (seconds + 30) / 60 + " min" : (seconds + 1800) / 3600 + " h";
    }

    /** In MB. */
    static String bytes(long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
