package dev.kimilinear.engine.supply;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a download is.
 *
 * @param file the file that is fetched now
 * @param bytesDone of all files of the model
 * @param bytesTotal of all files of the model; 0 before a server has said it
 * @param bytesPerSecond over the last seconds; 0 when nothing arrived
 */
public record DownloadProgress(String file, long bytesDone, long bytesTotal, double bytesPerSecond) {

    /** At the present rate; empty when nothing arrives. */
    public Optional<Duration> timeLeft() {
        return bytesPerSecond == 0 ? Optional.empty()
                : Optional.of(Duration.ofSeconds(Math.round((bytesTotal - bytesDone) / bytesPerSecond)));
    }
}
