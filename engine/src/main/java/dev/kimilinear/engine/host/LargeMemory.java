package dev.kimilinear.engine.host;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Memory for gigabytes of weights. On Linux it comes from {@code mmap}, and large pages may hold it: an {@link Arena} writes
 * zeros to all of its memory first, which takes seconds and settles it in small pages. Elsewhere, and without
 * {@code --enable-native-access}, it comes from the arena.
 */
public final class LargeMemory {

    /** {@code sys/mman.h} of Linux. */
    private static final int PROT_READ_WRITE = 1 | 2;
    /** {@code sys/mman.h} of Linux. */
    private static final int MAP_PRIVATE_ANONYMOUS = 0x02 | 0x20;

    private LargeMemory() {
    }

    /**
     * Zeroed memory that is released with an arena, aligned to a page.
     *
     * @throws OutOfMemoryError if the system refuses
     */
    public static MemorySegment allocate(long bytes, Arena arena) {
        MemoryAdvice advice = MemoryAdvice.ofThisProcess();
        if (bytes == 0 || !advice.knowsHugePages()) {
            return arena.allocate(bytes, 64);
        }
        MemorySegment memory = map(bytes, arena);
        advice.hugePages(memory);
        return memory;
    }

    @SuppressWarnings("restricted")
    private static MemorySegment map(long bytes, Arena arena) {
        Linker linker = Linker.nativeLinker();
        MethodHandle mmap = linker.downcallHandle(linker.defaultLookup().findOrThrow("mmap"),
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        MethodHandle munmap = linker.downcallHandle(linker.defaultLookup().findOrThrow("munmap"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        long address;
        try {
            address = (long) mmap.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (address == -1) {
            throw new OutOfMemoryError("the system has no " + bytes + " bytes of memory");
        }
        return MemorySegment.ofAddress(address).reinterpret(bytes, arena, memory -> {
            try {
                int result = (int) munmap.invokeExact(memory.address(), bytes);
                assert result == 0;
            } catch (Throwable e) {
                throw unexpected(e);
            }
        });
    }

    /** {@code invokeExact} declares what these functions do not throw. */
    private static RuntimeException unexpected(Throwable e) {
        return switch (e) {
            case RuntimeException known -> known;
            case Error known -> throw known;
            default -> new IllegalStateException(e);
        };
    }
}
