package dev.kimilinear.engine;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.host.LargeMemory;
import dev.kimilinear.engine.kernel.Panels;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.kernel.panel.PanelFile;

/**
 * Decides where the panels of a model are kept, and finds or makes them there; see {@link PanelMode}. Holds their memory
 * until {@link #close}.
 */
final class PanelStore implements AutoCloseable {

    private static final Logger LOG = System.getLogger(PanelStore.class.getName());

    /** Smaller panels are made in memory at every start: it takes less than a second. */
    private static final long SMALL_BYTES = 256L << 20;

    /** Written to a file at a time. */
    private static final long PIECE_BYTES = 64L << 20;

    private final GgufFile file;
    private final Panels panels;
    private final EngineOptions options;
    private final long smallBytes;
    private final Arena arena = Arena.ofShared();
    private long memoryBytes;

    /**
     * @param panels what the model's kernels read in panels; may be nothing
     */
    PanelStore(GgufFile file, Panels panels, EngineOptions options) {
        this(file, panels, options, SMALL_BYTES);
    }

    /** @param smallBytes what AUTO keeps in memory is smaller than that */
    PanelStore(GgufFile file, Panels panels, EngineOptions options, long smallBytes) {
        this.file = file;
        this.panels = panels;
        this.options = options;
        this.smallBytes = smallBytes;
        memoryBytes = mode() == PanelMode.MEMORY ? panels.bytes() : 0;
    }

    /** Where the panels are to be kept: never {@link PanelMode#AUTO}. */
    PanelMode mode() {
        if (panels.bytes() == 0) {
            return PanelMode.OFF;
        }
        if (options.panels() == PanelMode.AUTO) {
            return panels.bytes() < smallBytes ? PanelMode.MEMORY : PanelMode.FILE;
        }
        return options.panels();
    }

    /** Bytes of private memory that the panels take, or before {@link #open} will take if all goes well. */
    long memoryBytes() {
        return memoryBytes;
    }

    /**
     * The panels, found or made; empty where none are to be used.
     *
     * @param privateBytes bytes of private memory left for panels that cannot be kept in a file
     * @throws EngineException if a file was asked for and cannot be read or written
     */
    Optional<MemorySegment> open(WorkerPool pool, long privateBytes) {
        return switch (mode()) {
            case MEMORY -> Optional.of(inMemory(pool));
            case FILE -> inFileIfPossible(pool, privateBytes);
            default -> Optional.empty();
        };
    }

    private Optional<MemorySegment> inFileIfPossible(WorkerPool pool, long privateBytes) {
        try {
            return Optional.of(inFile(pool));
        } catch (IOException e) {
            return withoutFile(e, pool, privateBytes);
        }
    }

    private MemorySegment inMemory(WorkerPool pool) {
        MemorySegment memory = LargeMemory.allocate(panels.bytes(), arena);
        panels.pack(memory, pool);
        memoryBytes = panels.bytes();
        return memory;
    }

    private MemorySegment inFile(WorkerPool pool) throws IOException {
        byte[] fingerprint = panels.fingerprint(model());
        String name = file.path().getFileName().toString().replaceFirst("\\.gguf$", "");
        Path path = options.cacheDirectory().resolve("panels")
                .resolve(name + "-" + HexFormat.of().formatHex(fingerprint, 0, 8) + ".panels");
        Optional<MemorySegment> found = PanelFile.open(path, fingerprint, panels.bytes(), arena);
        if (found.isPresent()) {
            return found.get();
        }
        LOG.log(Level.INFO, String.format(Locale.ROOT,
                "Writing the weights of \"%s\" once more in the order that is read fastest: %,d MB into %s",
                file.path().getFileName(), panels.bytes() >> 20, path));
        long start = System.nanoTime();
        MemorySegment written;
        try (Arena writing = Arena.ofShared()) {
            MemorySegment piece = LargeMemory.allocate(Math.min(PIECE_BYTES, panels.bytes()), writing);
            written = PanelFile.write(path, fingerprint, panels.bytes(), next -> panels.pack(piece, pool, next), arena);
        }
        LOG.log(Level.INFO, String.format(Locale.ROOT, "Written in %.1f s", (System.nanoTime() - start) / 1e9));
        return written;
    }

    private Optional<MemorySegment> withoutFile(IOException e, WorkerPool pool, long privateBytes) {
        String what = String.format(Locale.ROOT, "Panels of %,d MB for \"%s\" cannot be kept in \"%s\": %s",
                panels.bytes() >> 20, file.path().getFileName(), options.cacheDirectory(), e.getMessage());
        if (options.panels() == PanelMode.FILE) {
            throw new EngineException(what + ". Name another cache folder, or choose panels AUTO, MEMORY or OFF.", e);
        }
        if (panels.bytes() <= privateBytes) {
            LOG.log(Level.WARNING, what + ". They are made in memory, at every start anew. Name a cache folder on a disk with"
                    + " more room.");
            return Optional.of(inMemory(pool));
        }
        LOG.log(Level.WARNING, what + ", and are too large for memory. The file's own layout is read, which is many times"
                + " slower. Name a cache folder on a disk with more room.");
        return Optional.empty();
    }

    /** Sizes and times of the model's files. */
    private String model() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path part : file.paths()) {
            text.append(Files.size(part)).append(' ').append(Files.getLastModifiedTime(part).toMillis()).append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        arena.close();
    }
}
