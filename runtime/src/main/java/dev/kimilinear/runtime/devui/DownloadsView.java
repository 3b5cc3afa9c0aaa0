package dev.kimilinear.runtime.devui;

import java.util.List;

/** The model files that are fetched, as the page of downloads shows and steers them. Called on any thread, once a second. */
public interface DownloadsView {

    /** Where a download stands. */
    enum State {
        /** It has not begun. */
        WAITING,
        /** Its bytes arrive. */
        FETCHING,
        /** All bytes are there and are compared with what they should be. */
        CHECKING,
        /** The file can be opened. */
        READY,
        /** It ended with an error; what has arrived may be kept. */
        FAILED,
        /** It was cancelled; what has arrived may be kept. */
        CANCELLED
    }

    /**
     * One model's file, or all parts of it.
     *
     * @param model what {@link #cancel} and {@link #retry} call it; unique
     * @param source where it comes from, as a reader knows it
     * @param bytes how much of it is there
     * @param totalBytes its size; 0 as long as it is not known
     * @param bytesPerSecond how fast it arrives; 0 if it does not
     * @param secondsLeft until all of it is there; null if that cannot be said
     * @param message more about the state, such as why it failed and what to do; null if there is nothing to say
     */
    record Download(String model, String source, State state, long bytes, long totalBytes, long bytesPerSecond,
            Long secondsLeft, String message) {
    }

    /** All of them, those that are done too; in an order that does not change by itself. */
    List<Download> downloads();

    /** Ends one that is under way; otherwise it does nothing. */
    void cancel(String model);

    /** Begins one again that failed or was cancelled; otherwise it does nothing. */
    void retry(String model);
}
