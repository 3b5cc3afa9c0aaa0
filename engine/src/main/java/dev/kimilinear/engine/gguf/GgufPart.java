package dev.kimilinear.engine.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One mapped file: a whole model, or one part of a split one.
 *
 * <p>
 * Layout: magic {@code GGUF}, u32 version, u64 tensor count, u64 key count, the keys with their values, the tensor
 * directory, padding to {@code general.alignment} (of this file: parts may differ), the tensors' data.
 *
 * @param number the file's number among the parts, from 0
 * @param count number of parts, 1 for a model in one file
 */
record GgufPart(Path path, MemorySegment bytes, GgufMetadata metadata, int number, int count, List<TensorInfo> tensors) {

    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    private static final int HEADER_BYTES = 24;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int MAX_RANK = 4;

    /**
     * More keys or tensors than any model has (the real one: about 60 and 700), few enough to keep a hostile directory
     * small.
     */
    private static final int MAX_ENTRIES = 1 << 16;

    /** u64 key length, u32 type, at least one byte of value. */
    private static final int LEAST_KEY_BYTES = 13;
    /** u64 name length, u32 rank, at least one u64 dimension, u32 type, u64 offset. */
    private static final int LEAST_TENSOR_BYTES = 32;

    static GgufPart read(Path path, Arena arena) {
        MemorySegment bytes = map(path, arena);
        Cursor cursor = new Cursor(path, bytes, 0);
        checkMagicAndVersion(path, cursor);
        long tensorCount = entries(path, "tensors", cursor.count("tensors", LEAST_TENSOR_BYTES));
        long keyCount = entries(path, "keys", cursor.count("keys", LEAST_KEY_BYTES));
        GgufMetadata metadata = new GgufMetadata(path, bytes, cursor, keyCount);
        int count = Math.max(1, metadata.integer("split.count", 1));
        int number = count == 1 ? 0 : metadata.integer("split.no");
        if (number < 0 || number >= count) {
            throw Refusal.of(path,
                    "key \"split.no\" is " + number + ", expected 0 to " + (count - 1) + " (split.count " + count + ")");
        }
        return new GgufPart(path, bytes, metadata, number, count, tensors(path, metadata, cursor, number, (int) tensorCount));
    }

    private static MemorySegment map(Path path, Arena arena) {
        if (!Files.exists(path)) {
            throw Refusal.of(path, "there is no such file");
        }
        // Not only for the message: opening a pipe would wait for its writer.
        if (!Files.isRegularFile(path)) {
            throw Refusal.of(path, "it is not a regular file");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < HEADER_BYTES) {
                throw Refusal.of(path, "it has " + size + " bytes, but the header of a GGUF file alone has " + HEADER_BYTES);
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        } catch (IOException | UnsupportedOperationException e) {
            throw Refusal.of(path, "it cannot be mapped into memory (" + e + ")", e);
        }
    }

    private static void checkMagicAndVersion(Path path, Cursor cursor) {
        int magic = cursor.u32("the magic");
        if (magic == Integer.reverseBytes(MAGIC)) {
            throw bigEndian(path);
        }
        if (magic != MAGIC) {
            throw Refusal.of(path,
                    String.format(Locale.ROOT, "it begins with the bytes %02x %02x %02x %02x, expected 47 47 55 46 (\"GGUF\")",
                            magic & 0xFF, magic >> 8 & 0xFF, magic >> 16 & 0xFF, magic >>> 24));
        }
        int version = cursor.u32("the version");
        // Big-endian writers store the magic in the same order, so it is the version that tells.
        if (version != 0 && (version & 0xFFFF) == 0) {
            throw bigEndian(path);
        }
        if (version != 2 && version != 3) {
            throw Refusal.of(path, "it has GGUF version " + Integer.toUnsignedString(version) + ", expected 2 or 3");
        }
    }

    private static RuntimeException bigEndian(Path path) {
        return Refusal.of(path, "it is a big-endian GGUF file, expected little endian. Convert it to little endian first");
    }

    private static long entries(Path path, String what, long count) {
        if (count > MAX_ENTRIES) {
            throw Refusal.of(path, "it claims " + count + " " + what + ", expected at most " + MAX_ENTRIES);
        }
        return count;
    }

    /** A directory entry whose bytes are not placed yet: where the data begins is known only behind the last entry. */
    private record Entry(String name, List<Long> shape, GgmlType type, long bytes, long relativeOffset) {
    }

    private static List<TensorInfo> tensors(Path path, GgufMetadata metadata, Cursor cursor, int part, int count) {
        int alignment = metadata.integer("general.alignment", DEFAULT_ALIGNMENT);
        if (Integer.bitCount(alignment) != 1 || alignment < 0) {
            throw Refusal.of(path, "key \"general.alignment\" is " + alignment + ", expected a power of two");
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(path, cursor, i));
        }
        long dataStart = (cursor.position() + alignment - 1) & -alignment;
        long available = cursor.position() + cursor.remaining() - dataStart;
        List<TensorInfo> tensors = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            long offset = entry.relativeOffset;
            if ((offset & alignment - 1) != 0) {
                throw Refusal.of(path,
                        "tensor " + Refusal.quote(entry.name) + " begins at offset " + Long.toUnsignedString(offset)
                                + ", expected a multiple of the alignment " + alignment);
            }
            if (offset < 0 || offset > available || entry.bytes > available - offset) {
                throw Refusal.of(path, "tensor " + Refusal.quote(entry.name) + " has " + entry.bytes + " bytes at offset "
                        + Long.toUnsignedString(offset) + " of the data, but the file holds " + Math.max(0, available)
                        + " bytes of data; it is damaged or incomplete");
            }
            tensors.add(new TensorInfo(entry.name, entry.shape, entry.type, part, dataStart + offset, entry.bytes));
        }
        return tensors;
    }

    private static Entry entry(Path path, Cursor cursor, int index) {
        String name = cursor.name("the name of tensor " + index);
        String tensor = "tensor " + Refusal.quote(name);
        String directory = "the directory entry of " + tensor;
        int rank = cursor.u32(directory);
        if (rank < 1 || rank > MAX_RANK) {
            throw Refusal.of(path,
                    tensor + " has " + Integer.toUnsignedString(rank) + " dimensions, expected 1 to " + MAX_RANK);
        }
        List<Long> shape = new ArrayList<>(rank);
        for (int i = 0; i < rank; i++) {
            shape.add(cursor.u64(directory));
        }
        int typeId = cursor.u32(directory);
        long offset = cursor.u64(directory);
        GgmlType type = GgmlType.ofId(typeId)
                .orElseThrow(() -> Refusal.of(path, tensor + " has type " + GgmlType.describe(typeId)
                        + ", which this engine does not read. It reads " + supportedTypes()));
        return new Entry(name, shape, type, bytes(path, tensor, shape, type), offset);
    }

    private static long bytes(Path path, String tensor, List<Long> shape, GgmlType type) {
        long elements = 1;
        for (long dimension : shape) {
            if (dimension < 1 || dimension > Long.MAX_VALUE / Long.BYTES / elements) {
                throw Refusal.of(path, tensor + " has shape " + unsigned(shape)
                        + ", expected positive dimensions whose product is a size that a file can have");
            }
            elements *= dimension;
        }
        if (shape.getFirst() % type.blockElements() != 0) {
            throw Refusal.of(path, tensor + " has shape " + shape + ", expected rows (the first dimension) of a multiple of "
                    + type.blockElements() + " elements, the block of type " + type);
        }
        return elements / type.blockElements() * type.blockBytes();
    }

    private static List<String> unsigned(List<Long> shape) {
        return shape.stream().map(Long::toUnsignedString).toList();
    }

    private static String supportedTypes() {
        StringBuilder names = new StringBuilder();
        for (GgmlType type : GgmlType.values()) {
            names.append(names.isEmpty() ? "" : ", ").append(type);
        }
        return names.toString();
    }
}
