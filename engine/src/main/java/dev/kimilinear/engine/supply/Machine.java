package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import dev.kimilinear.engine.api.ModelSupplyException;

/**
 * What is the machine's, and what tests replace.
 *
 * @param nanos the time, from any beginning
 * @param usableBytes room in a folder
 * @param symbolicLink makes one, where users may
 * @param http makes HTTP clients; a test gives them a certificate to trust
 * @param longestSilence after which a server is taken for dead
 */
record Machine(LongSupplier nanos, Sleep sleep, ToLongFunction<Path> usableBytes, Link symbolicLink,
        Supplier<HttpClient.Builder> http, Duration longestSilence) {

    static final Machine THIS = new Machine(System::nanoTime, Thread::sleep, Machine::usableBytes,
            Files::createSymbolicLink, HttpClient::newBuilder, Duration.ofSeconds(60));

    interface Sleep {

        void sleep(Duration duration) throws InterruptedException;
    }

    interface Link {

        void make(Path name, Path target) throws IOException;
    }

    /** In some containers nobody knows; then a full disk shows when it is written to. */
    private static long usableBytes(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    /** @throws ModelSupplyException if so many more bytes do not fit */
    void requireSpace(Path folder, long bytes) {
        try {
            long usable = usableBytes.applyAsLong(Files.createDirectories(folder));
            if (usable < bytes) {
                throw new ModelSupplyException(String.format(Locale.ROOT,
                        "Cannot download to \"%s\": %,d bytes are missing of the model, and the disk has room for %,d. Free "
                                + "some, or choose another directory.",
                        folder, bytes, usable));
            }
        } catch (IOException e) {
            throw new ModelSupplyException("Cannot use the directory \"" + folder + "\": " + e
                    + ". Choose one that can be written.", e);
        }
    }

    /** @throws ModelSupplyException.Cancelled if the thread is interrupted */
    void pause(Duration duration) {
        stopIfInterrupted();
        try {
            sleep.sleep(duration);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    static void stopIfInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
    }

    /** The thread stays interrupted. */
    static ModelSupplyException interrupted() {
        Thread.currentThread().interrupt();
        return new ModelSupplyException.Cancelled();
    }
}
