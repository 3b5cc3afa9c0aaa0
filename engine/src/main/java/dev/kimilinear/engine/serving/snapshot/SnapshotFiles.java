package dev.kimilinear.engine.serving.snapshot;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import dev.kimilinear.engine.api.SnapshotKey;
import dev.kimilinear.engine.api.SnapshotStore;

/**
 * Snapshots as files of one folder, within a budget of bytes: those used last stay. A file is written under another name,
 * forced to the disk, and renamed: one that has its name is whole. Several engines and processes may use the same folder.
 * Conversations are nobody else's business: where the file system knows owners, only the owner may read.
 */
public final class SnapshotFiles implements SnapshotStore {

    private static final String SUFFIX = ".snapshot";
    private static final String UNFINISHED = ".part";
    /** Nobody writes to a file that was not written to for so long. */
    private static final long ABANDONED_MILLIS = 600_000;
    /** Left on the disk for others. */
    private static final long FREE_BYTES = 256L << 20;

    private final Path folder;
    private final long budgetBytes;

    /**
     * @param folder made when it is needed
     * @param budgetBytes the most bytes of all files together
     */
    public SnapshotFiles(Path folder, long budgetBytes) {
        this.folder = folder;
        this.budgetBytes = budgetBytes;
    }

    private record Stored(Path path, long bytes, FileTime lastUse) {
    }

    @Override
    public Collection<SnapshotKey> keys(String model) throws IOException {
        List<SnapshotKey> keys = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return keys;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, model + "-*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                SnapshotKey.parse(name.substring(0, name.length() - SUFFIX.length())).ifPresent(keys::add);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return keys;
    }

    @Override
    public Optional<InputStream> load(SnapshotKey key) throws IOException {
        try {
            return Optional.of(Files.newInputStream(file(key)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void used(SnapshotKey key) {
        try {
            Files.setLastModifiedTime(file(key), FileTime.fromMillis(System.currentTimeMillis()));
        } catch (IOException e) {
            // Another process may have deleted it, or the folder is read-only. Then it only is the first to go sooner.
        }
    }

    @Override
    public void save(SnapshotKey key, long bytes, Content content) throws IOException {
        if (bytes > budgetBytes) {
            throw new IOException(
                    String.format("a snapshot takes %,d bytes, and all of them may take %,d", bytes, budgetBytes));
        }
        Files.createDirectories(folder, ownerOnly("rwx------"));
        makeRoom(bytes);
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes + FREE_BYTES) {
            throw new IOException(String.format("the disk of \"%s\" has %,d MB free, expected %,d MB", folder, free >> 20,
                    (bytes + FREE_BYTES) >> 20));
        }
        Path part = folder.resolve(key + "-" + UUID.randomUUID() + UNFINISHED);
        try (FileChannel channel = FileChannel.open(part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                ownerOnly("rw-------"))) {
            content.writeTo(Channels.newOutputStream(channel));
            channel.force(true);
            Files.move(part, file(key), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private Path file(SnapshotKey key) {
        return folder.resolve(key + SUFFIX);
    }

    /** Deletes what processes that were killed left behind, and then the files used longest ago, until there is room. */
    private void makeRoom(long bytes) throws IOException {
        List<Stored> files = new ArrayList<>();
        long sum = bytes;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path file : all) {
                String name = file.getFileName().toString();
                try {
                    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                    if (name.endsWith(UNFINISHED)) {
                        deleteIfAbandoned(file, attributes.lastModifiedTime());
                    } else if (name.endsWith(SUFFIX)) {
                        files.add(new Stored(file, attributes.size(), attributes.lastModifiedTime()));
                        sum += attributes.size();
                    }
                } catch (NoSuchFileException e) {
                    // Another process was quicker.
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        files.sort(Comparator.comparing(Stored::lastUse));
        for (Stored file : files) {
            if (sum <= budgetBytes) {
                return;
            }
            Files.deleteIfExists(file.path());
            sum -= file.bytes();
        }
    }

    private static void deleteIfAbandoned(Path part, FileTime lastWrite) throws IOException {
        if (System.currentTimeMillis() - lastWrite.toMillis() > ABANDONED_MILLIS) {
            Files.deleteIfExists(part);
        }
    }

    private FileAttribute<?>[] ownerOnly(String permissions) throws IOException {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        return Files.getFileStore(existing).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
                : new FileAttribute<?>[0];
    }
}
