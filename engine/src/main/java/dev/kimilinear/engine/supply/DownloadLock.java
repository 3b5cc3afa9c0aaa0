package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.kimilinear.engine.api.ModelSupplyException;

/**
 * The right to fetch one file, which one thread of one process has at a time: a lock on a file beside it. That file stays,
 * because deleting it while somebody waits for it would let two in. The lock of a process that dies ends with it.
 */
final class DownloadLock implements AutoCloseable {

    /**
     * Locks on files belong to the process, and whichever of its threads closes the file first gives them up for all. So
     * threads agree before they open it: what is static here is the process's anyway.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();
    private static final Duration POLL = Duration.ofMillis(250);

    private final Path file;
    private FileChannel channel;

    private DownloadLock(Path file) {
        this.file = file;
    }

    private interface Condition {

        boolean holds() throws IOException;
    }

    /** Waits until nobody else fetches the file. */
    static DownloadLock acquire(RemoteFile wanted, Machine machine, DownloadListener listener) {
        Machine.stopIfInterrupted();
        Path target = wanted.target();
        try {
            Path folder = Files.createDirectories(target.getParent()).toRealPath();
            DownloadLock lock = new DownloadLock(folder.resolve(target.getFileName() + ".lock"));
            await(() -> HELD.add(lock.file), wanted, machine, listener);
            boolean acquired = false;
            try {
                lock.channel = FileChannel.open(lock.file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                await(lock::isLocked, wanted, machine, listener);
                acquired = true;
                return lock;
            } finally {
                if (!acquired) {
                    lock.close();
                }
            }
        } catch (IOException e) {
            Machine.stopIfInterrupted();
            throw new ModelSupplyException("Cannot lock \"" + target + "\" for the download: " + e
                    + ". Choose a directory that can be written, on a disk that has locks.", e);
        }
    }

    private static void await(Condition condition, RemoteFile wanted, Machine machine, DownloadListener listener)
            throws IOException {
        for (boolean told = false; !condition.holds(); told = true) {
            if (!told) {
                listener.waiting(wanted.name());
            }
            machine.pause(POLL);
        }
    }

    private boolean isLocked() throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // by this class as another class loader has it
        }
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new ModelSupplyException("Cannot unlock \"" + file + "\": " + e + ". Start again.", e);
        } finally {
            HELD.remove(file);
        }
    }
}
