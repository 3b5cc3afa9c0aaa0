package dev.kimilinear.benchmarks;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * A file whose pages stay in memory: read in whole and locked. Both sides map the same pages, so neither reads from the disk
 * while it is timed. Without the lock, systems that drop pages which are idle for a minute drop experts between their uses.
 */
@SuppressWarnings("restricted") // Java has no way of its own to lock memory.
final class ResidentFile implements AutoCloseable {

    private final Arena arena;
    private final MemorySegment mapping;

    private ResidentFile(Arena arena, MemorySegment mapping) {
        this.arena = arena;
        this.mapping = mapping;
    }

    /** @throws IOException if the file cannot be mapped, or the system does not allow to lock so much memory */
    static ResidentFile lock(Path file) throws IOException {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file)) {
            MemorySegment mapping = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            Linker linker = Linker.nativeLinker();
            int status = (int) linker
                    .downcallHandle(linker.defaultLookup().findOrThrow("mlock"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG))
                    .invokeExact(mapping, mapping.byteSize());
            if (status != 0) {
                throw new IOException("The " + channel.size() + " bytes of " + file + " cannot be locked in memory (mlock"
                        + " returned " + status + "). Free memory, and raise the limit with \"ulimit -l unlimited\" or run as"
                        + " root.");
            }
            return new ResidentFile(arena, mapping);
        } catch (IOException | RuntimeException | Error e) {
            arena.close();
            throw e;
        } catch (Throwable e) {
            arena.close();
            throw new IllegalStateException(e);
        }
    }

    long bytes() {
        return mapping.byteSize();
    }

    /** Unlocks the pages, which stay cached as others do. */
    @Override
    public void close() {
        arena.close();
    }
}
