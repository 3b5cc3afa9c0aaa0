package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What has arrived of a file, as {@code NAME.part}, and beside it as {@code NAME.part.etag} the ETag of the content that it
 * is the beginning of. Without that it is the beginning of nothing, and not used.
 */
final class PartFile implements AutoCloseable {

    private static final int READ_BYTES = 1 << 20;
    private static final Pattern STRONG_ETAG = Pattern.compile("\"[\\x21-\\x7e&&[^\"]]*\"");

    private final Path target;
    private final FileChannel channel;
    private final MessageDigest digest = Sha256.digest();
    private Optional<String> etag = Optional.empty();
    private long position;

    /** Opens what is there; it counts once it was hashed by {@link #resume}. */
    PartFile(Path target) throws IOException {
        this.target = target;
        Files.createDirectories(target.getParent());
        if (Files.exists(tag(target))) {
            etag = strong(Files.readString(tag(target), StandardCharsets.ISO_8859_1));
        }
        channel = FileChannel.open(part(target), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** The ETag if it is a whole and strong one: a weak ETag does not promise the same bytes. */
    static Optional<String> strong(String etag) {
        return Optional.of(etag).filter(it -> STRONG_ETAG.matcher(it).matches());
    }

    private static Path part(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    private static Path tag(Path target) {
        return target.resolveSibling(target.getFileName() + ".part.etag");
    }

    /** How much of a file need not be fetched again. */
    static long bytesThere(Path target) {
        try {
            return Files.exists(tag(target)) ? Files.size(part(target)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    long position() {
        return position;
    }

    Optional<String> etag() {
        return etag;
    }

    /** Hashes what is there, of which gigabytes take a while. */
    void resume(ProgressMeter meter) throws IOException {
        if (etag.isEmpty()) {
            restart(etag);
        }
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        while (channel.read(buffer, position) > 0) {
            Machine.stopIfInterrupted();
            position += buffer.position();
            digest.update(buffer.flip());
            buffer.clear();
            meter.reached(position);
        }
    }

    /**
     * Throws away what is there; the old bytes are gone before the new ETag comes.
     *
     * @param newETag of the content that follows; without one it cannot be resumed
     */
    void restart(Optional<String> newETag) throws IOException {
        channel.truncate(0);
        Files.deleteIfExists(tag(target));
        if (newETag.isPresent()) {
            Files.writeString(tag(target), newETag.get());
        }
        etag = newETag;
        position = 0;
        digest.reset();
    }

    void append(ByteBuffer bytes) throws IOException {
        ByteBuffer again = bytes.duplicate();
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        digest.update(again);
    }

    /** Of all bytes; to be called once. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    byte[] first(int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, position));
        channel.read(bytes, 0);
        return bytes.array();
    }

    /** Gives the file its name, after the disk has it all: whoever sees the name sees the content. */
    void complete() throws IOException {
        channel.force(true);
        channel.close();
        AtomicFile.replace(part(target), target);
        Files.deleteIfExists(tag(target));
    }

    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(part(target));
        Files.deleteIfExists(tag(target));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
