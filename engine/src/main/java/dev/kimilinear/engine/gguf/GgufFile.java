package dev.kimilinear.engine.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.engine.api.ModelFormatException;

/**
 * A GGUF model on disk, versions 2 and 3, little endian, mapped into memory: files beyond 2 GiB are fine, and weights
 * that are never read are never loaded. Immutable; any thread may read until {@link #close()}.
 *
 * <p>
 * A model may be split into files {@code NAME-00001-of-0000N.gguf} in one folder. Any part may be given to {@link #open}:
 * the others are found by name. Metadata is that of the first part.
 *
 * <p>
 * The file must not change while it is open: where it was cut short under a mapping, reading weights ends in an {@link
 * InternalError}.
 */
public final class GgufFile implements AutoCloseable {

    private static final Pattern PART_NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");

    private final Arena arena;
    private final List<GgufPart> parts;
    private final Map<String, TensorInfo> tensors;

    private GgufFile(Arena arena, List<GgufPart> parts, Map<String, TensorInfo> tensors) {
        this.arena = arena;
        this.parts = parts;
        this.tensors = tensors;
    }

    /**
     * Maps a model and checks its directory: every tensor's type, shape and place.
     *
     * @param path the file, or any part of a split model
     * @throws ModelFormatException if a file is missing, damaged, incomplete, or holds a tensor of a type that the engine
     *         does not read
     */
    public static GgufFile open(Path path) {
        Arena arena = Arena.ofShared();
        try {
            List<GgufPart> parts = parts(path, arena);
            return new GgufFile(arena, parts, index(parts));
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private static List<GgufPart> parts(Path path, Arena arena) {
        GgufPart given = GgufPart.read(path, arena);
        if (given.count() == 1) {
            return List.of(given);
        }
        int count = given.count();
        String split = "it is part " + (given.number() + 1L) + " of a model split into " + count + " files (split.no "
                + given.number() + ", split.count " + count + ")";
        Matcher name = PART_NAME.matcher(path.getFileName().toString());
        if (!name.matches() || Integer.parseInt(name.group(2)) != given.number() + 1L
                || Integer.parseInt(name.group(3)) != count) {
            throw Refusal.of(path,
                    split + ", expected a file name that ends in " + Refusal.quote(suffix(given.number(), count)));
        }
        List<GgufPart> parts = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            parts.add(number == given.number() ? given : part(path, name.group(1), number, count, split, arena));
        }
        checkTensorCount(parts);
        return List.copyOf(parts);
    }

    private static GgufPart part(Path given, String stem, int number, int count, String split, Arena arena) {
        Path path = given.resolveSibling(stem + suffix(number, count));
        if (!Files.exists(path)) {
            throw Refusal.of(given, split + ", but " + Refusal.quote(path.getFileName().toString())
                    + " is missing. Put all parts into one folder");
        }
        GgufPart part = GgufPart.read(path, arena);
        if (part.number() != number || part.count() != count) {
            throw Refusal.of(path, "it is part " + (part.number() + 1L) + " of " + part.count() + " by its keys (split.no "
                    + part.number() + ", split.count " + part.count() + "), expected part " + (number + 1) + " of " + count
                    + " by its name");
        }
        return part;
    }

    private static String suffix(int number, int count) {
        return String.format(Locale.ROOT, "-%05d-of-%05d.gguf", number + 1, count);
    }

    private static void checkTensorCount(List<GgufPart> parts) {
        int found = 0;
        for (GgufPart part : parts) {
            found += part.tensors().size();
        }
        GgufPart first = parts.getFirst();
        int expected = first.metadata().integer("split.tensors.count", found);
        if (found != expected) {
            throw Refusal.of(first.path(), "its " + parts.size() + " parts hold " + found + " tensors, expected " + expected
                    + " (split.tensors.count); the parts do not belong together");
        }
    }

    private static Map<String, TensorInfo> index(List<GgufPart> parts) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        for (GgufPart part : parts) {
            for (TensorInfo tensor : part.tensors()) {
                if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
                    throw Refusal.of(part.path(), "tensor " + Refusal.quote(tensor.name()) + " occurs twice, expected once");
                }
            }
        }
        return tensors;
    }

    /** The file, or the first part of a split model. */
    public Path path() {
        return parts.getFirst().path();
    }

    /** All parts in order. */
    public List<Path> paths() {
        return parts.stream().map(GgufPart::path).toList();
    }

    /** Bytes of all parts together. */
    public long bytes() {
        long bytes = 0;
        for (GgufPart part : parts) {
            bytes += part.bytes().byteSize();
        }
        return bytes;
    }

    /** The mapping of each part, whole and read-only. Valid until {@link #close()}. */
    public List<MemorySegment> mappings() {
        List<MemorySegment> mappings = new ArrayList<>();
        for (GgufPart part : parts) {
            mappings.add(part.bytes());
        }
        return mappings;
    }

    public GgufMetadata metadata() {
        return parts.getFirst().metadata();
    }

    /** All tensors in file order, which means nothing: writers sort as they like. */
    public List<TensorInfo> tensors() {
        return List.copyOf(tensors.values());
    }

    public Optional<TensorInfo> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * The bytes of a tensor, read-only, little endian, not necessarily aligned to anything but the file's alignment.
     * Valid until {@link #close()}.
     *
     * @throws IllegalArgumentException if the tensor is not one of this file
     */
    public MemorySegment data(TensorInfo tensor) {
        if (!tensor.equals(tensors.get(tensor.name()))) {
            throw new IllegalArgumentException("Tensor " + Refusal.quote(tensor.name()) + " is not one of " + path() + ".");
        }
        return parts.get(tensor.part()).bytes().asSlice(tensor.offsetBytes(), tensor.bytes());
    }

    /**
     * Memory for weights that are derived from the file's, of the same kind as its mapping and released with it. 64-byte
     * aligned, zero.
     */
    public MemorySegment allocate(long bytes) {
        return arena.allocate(bytes, 64);
    }

    /** Unmaps the file; segments and metadata handed out become unusable, with an {@link IllegalStateException}. Idempotent. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
