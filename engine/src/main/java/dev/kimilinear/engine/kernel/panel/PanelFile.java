package dev.kimilinear.engine.kernel.panel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

import dev.kimilinear.engine.gguf.LittleEndian;

/**
 * A file that keeps the panels of one model, so that they are made once and mapped ever after. It is written under another
 * name and renamed when it is complete: a file that has its name is whole.
 *
 * <pre>
 *    0  u8[8]   "KLPANELS"
 *    8  u32     version of the layouts
 *   12  u32     CRC-32C of bytes 16 to 63
 *   16  u8[32]  fingerprint of the model and the plan of its panels
 *   48  u64     bytes of panels
 *   56  u64     CRC-32C of the panels
 * 4096          panels
 * </pre>
 */
public final class PanelFile {

    /** To be raised when any layout changes. */
    static final int VERSION = 1;

    private static final long MAGIC = Long.reverseBytes(0x4B4C50414E454C53L);
    private static final int HEADER_BYTES = 64;
    private static final int DATA_AT = 4096;

    private PanelFile() {
    }

    /** Fills memory with panels. */
    @FunctionalInterface
    public interface Filler {
        void fill(MemorySegment panels);
    }

    /**
     * Maps the panels of a file.
     *
     * @return the panels, or empty if the file does not exist, is not one of this version, or belongs to another model
     * @throws IOException if it cannot be read
     */
    public static Optional<MemorySegment> open(Path file, byte[] fingerprint, long bytes, Arena arena) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() != DATA_AT + bytes) {
                return Optional.empty();
            }
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            boolean ours = mapped.get(LittleEndian.LONG, 0) == MAGIC && mapped.get(LittleEndian.INT, 8) == VERSION
                    && mapped.get(LittleEndian.INT, 12) == (int) crc(mapped.asSlice(16, HEADER_BYTES - 16))
                    && Arrays.equals(mapped.asSlice(16, 32).toArray(ValueLayout.JAVA_BYTE), fingerprint)
                    && mapped.get(LittleEndian.LONG, 48) == bytes;
            return ours ? Optional.of(mapped.asSlice(DATA_AT)) : Optional.empty();
        }
    }

    /**
     * Writes a file and maps its panels. What was there under its name is replaced.
     *
     * @throws IOException if the folder cannot be made, the file not be written, or the disk is too full
     */
    public static MemorySegment write(Path file, byte[] fingerprint, long bytes, Filler filler, Arena arena)
            throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        long needed = DATA_AT + bytes;
        long free = Files.getFileStore(folder).getUsableSpace();
        // A mapped file with holes ends the process when the disk fills up, so that is found out before.
        if (free < needed + (64L << 20)) {
            throw new IOException(String.format("the disk of \"%s\" has %,d MB free, expected %,d MB", folder, free >> 20,
                    (needed >> 20) + 65));
        }
        Path part = Files.createTempFile(folder, file.getFileName().toString(), ".part");
        try {
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    Arena writing = Arena.ofShared()) {
                MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, needed, writing);
                MemorySegment panels = mapped.asSlice(DATA_AT);
                filler.fill(panels);
                mapped.set(LittleEndian.LONG, 0, MAGIC);
                mapped.set(LittleEndian.INT, 8, VERSION);
                MemorySegment.copy(fingerprint, 0, mapped, ValueLayout.JAVA_BYTE, 16, 32);
                mapped.set(LittleEndian.LONG, 48, bytes);
                mapped.set(LittleEndian.LONG, 56, crc(panels));
                mapped.set(LittleEndian.INT, 12, (int) crc(mapped.asSlice(16, HEADER_BYTES - 16)));
                mapped.force();
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return open(file, fingerprint, bytes, arena)
                .orElseThrow(() -> new IOException("\"" + file + "\" was changed while it was written"));
    }

    private static long crc(MemorySegment bytes) {
        CRC32C crc = new CRC32C();
        long step = 1 << 30;
        for (long at = 0; at < bytes.byteSize(); at += step) {
            crc.update(bytes.asSlice(at, Math.min(step, bytes.byteSize() - at)).asByteBuffer());
        }
        return crc.getValue();
    }
}
