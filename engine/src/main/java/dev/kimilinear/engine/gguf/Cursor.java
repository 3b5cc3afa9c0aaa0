package dev.kimilinear.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import dev.kimilinear.engine.api.ModelFormatException;

/**
 * A place in a mapped file that moves forward as values are read. Nothing is read beyond the end and nothing is allocated
 * for a count that the rest of the file cannot hold. Every {@code what} says, for the error, what is being read.
 */
final class Cursor {

    /**
     * Longest name of a key or tensor, in bytes. ggml itself stops at 63 for tensors; the longest keys in use have about
     * 60. The bound keeps a hostile directory small.
     */
    private static final int MAX_NAME_BYTES = 256;

    private final Path file;
    private final MemorySegment bytes;
    private long position;

    Cursor(Path file, MemorySegment bytes, long position) {
        this.file = file;
        this.bytes = bytes;
        this.position = position;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    int u32(String what) {
        return bytes.get(LittleEndian.INT, take(4, what));
    }

    /** An unsigned 64-bit value; those from 2^63 are negative here. */
    long u64(String what) {
        return bytes.get(LittleEndian.LONG, take(8, what));
    }

    /** A u64 count of things that take at least {@code leastBytes} each, refused when the rest of the file cannot hold them. */
    long count(String what, int leastBytes) {
        long count = u64("the number of " + what);
        if (count < 0 || count > remaining() / leastBytes) {
            throw refuse("it claims " + Long.toUnsignedString(count) + " " + what + " at byte " + (position - 8)
                    + ", but the " + remaining() + " bytes that follow hold at most " + remaining() / leastBytes
                    + "; the file is damaged");
        }
        return count;
    }

    /** A u64 length and as many bytes of UTF-8, at most {@link #MAX_NAME_BYTES}. */
    String name(String what) {
        long start = position;
        long length = u64("the length of " + what);
        if (length < 0 || length > MAX_NAME_BYTES) {
            throw refuse(what + " at byte " + start + " has " + Long.toUnsignedString(length) + " bytes, expected at most "
                    + MAX_NAME_BYTES + "; the file is damaged");
        }
        byte[] name = new byte[(int) length];
        MemorySegment.copy(bytes, LittleEndian.BYTE, take(length, what), name, 0, name.length);
        return new String(name, StandardCharsets.UTF_8);
    }

    /** Steps over a string; returns nothing because unread keys, and most are, need not be decoded. */
    void skipString(String what) {
        take(u64(what), what);
    }

    /** Moves over {@code size} bytes and returns where they begin. */
    long take(long size, String what) {
        if (size < 0 || size > remaining()) {
            throw refuse(
                    what + " at byte " + position + " needs " + Long.toUnsignedString(size) + " bytes, but the file ends after "
                            + remaining() + " more; it is damaged or incomplete");
        }
        long start = position;
        position += size;
        return start;
    }

    ModelFormatException refuse(String detail) {
        return Refusal.of(file, detail);
    }
}
