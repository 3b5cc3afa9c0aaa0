package dev.kimilinear.engine.supply;

import java.util.function.LongSupplier;

/** Counts the bytes of a model and reports them, not more often than anybody can read. */
final class ProgressMeter {

    private static final long REPORT_NANOS = 1_000_000_000L;
    /** Of the latest interval in the rate, which so is that of the last seconds and follows a network that changes. */
    private static final double WEIGHT = 0.2;

    private final LongSupplier nanoTime;
    private final DownloadListener listener;
    private String file;
    private long bytesTotal;
    private long bytesBefore;
    private long bytesOfFile;
    private boolean reported;
    private long reportNanos;
    private long reportBytes;
    private double bytesPerSecond;

    /** @param bytesTotal of all files, or 0 if it is not known yet */
    ProgressMeter(LongSupplier nanoTime, DownloadListener listener, long bytesTotal) {
        this.nanoTime = nanoTime;
        this.listener = listener;
        this.bytesTotal = bytesTotal;
    }

    void total(long bytes) {
        bytesTotal = bytes;
    }

    /** The next bytes are of this file, and the rate counts from the first report on. */
    void begin(String name) {
        file = name;
        reported = false;
        bytesPerSecond = 0;
    }

    /** @param bytes of the present file that are there; fewer than before if it was begun anew */
    void reached(long bytes) {
        bytesOfFile = bytes;
        reportBytes = Math.min(reportBytes, bytes);
        if (!reported || nanoTime.getAsLong() - reportNanos >= REPORT_NANOS) {
            report();
        }
    }

    /** So many bytes of the model are behind us, whether they were fetched or found. */
    void passed(long bytes) {
        bytesBefore += bytes;
    }

    void report() {
        long nanos = nanoTime.getAsLong();
        if (reported && nanos > reportNanos) {
            double latest = (bytesOfFile - reportBytes) * 1e9 / (nanos - reportNanos);
            bytesPerSecond = bytesPerSecond == 0 ? latest : bytesPerSecond + WEIGHT * (latest - bytesPerSecond);
        }
        reported = true;
        reportNanos = nanos;
        reportBytes = bytesOfFile;
        listener.progress(new DownloadProgress(file, bytesBefore + bytesOfFile, bytesTotal, bytesPerSecond));
    }
}
