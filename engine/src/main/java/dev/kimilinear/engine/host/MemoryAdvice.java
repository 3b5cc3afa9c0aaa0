package dev.kimilinear.engine.host;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * What the system is told of memory by {@code madvise}, on Linux and macOS. Advice changes speed only, so what a system does
 * not know or refuses is a line of the debug log. Nothing is called where Java was started without
 * {@code --enable-native-access}: the JVM would print a warning.
 */
final class MemoryAdvice {

    private static final Logger LOG = System.getLogger(MemoryAdvice.class.getName());

    /** {@code sys/mman.h}; the same on Linux and macOS. */
    private static final int MADV_WILLNEED = 3;
    /** {@code sys/mman.h} of Linux. */
    private static final int MADV_HUGEPAGE = 14;

    /** The smallest page that any system has. Where pages are larger, advice that begins within one is refused. */
    private static final long PAGE_BYTES = 4096;

    /** {@code int madvise(void *address, size_t length, int advice)}, or null where it cannot be called. */
    private final MethodHandle madvise;
    private final boolean linux;

    private MemoryAdvice(MethodHandle madvise, boolean linux) {
        this.madvise = madvise;
        this.linux = linux;
    }

    /** The advice that this process can give. */
    static MemoryAdvice ofThisProcess() {
        String system = System.getProperty("os.name");
        return of(system, MemoryAdvice.class.getModule().isNativeAccessEnabled());
    }

    static MemoryAdvice of(String system, boolean nativeAccess) {
        boolean linux = system.equals("Linux");
        if (!linux && !system.equals("Mac OS X")) {
            LOG.log(Level.DEBUG, "No advice on memory: " + system + " has no madvise");
        } else if (!nativeAccess) {
            LOG.log(Level.DEBUG, "No advice on memory: Java was started without --enable-native-access=ALL-UNNAMED");
        } else {
            return new MemoryAdvice(find(), linux);
        }
        return new MemoryAdvice(null, linux);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle find() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> function = linker.defaultLookup().find("madvise");
        if (function.isEmpty()) {
            LOG.log(Level.DEBUG, "No advice on memory: the system's libraries have no madvise");
            return null;
        }
        return linker.downcallHandle(function.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    }

    /**
     * These pages of a mapped file will soon be read: the system may begin to.
     *
     * @param pages must stay mapped as long as this takes
     * @return whether the system took the advice
     */
    boolean willNeed(MemorySegment pages) {
        return advise(pages, MADV_WILLNEED, "MADV_WILLNEED");
    }

    /**
     * Large pages may hold this memory, so that fewer addresses need translation. Systems decide by kind of memory and file
     * system.
     *
     * @param pages must stay mapped as long as this takes
     * @return whether the system took the advice
     */
    boolean hugePages(MemorySegment pages) {
        return linux && advise(pages, MADV_HUGEPAGE, "MADV_HUGEPAGE");
    }

    /** Whether {@link #hugePages} may be of use. */
    boolean knowsHugePages() {
        return linux && madvise != null;
    }

    private boolean advise(MemorySegment pages, int advice, String name) {
        long start = pages.address() & -PAGE_BYTES;
        boolean taken = advise(start, pages.address() + pages.byteSize() - start, advice);
        if (!taken && madvise != null) {
            LOG.log(Level.DEBUG, name + " was refused for " + pages.byteSize() + " bytes");
        }
        return taken;
    }

    /** Whether the system took the advice; it does not on addresses that are not mapped. */
    boolean advise(long address, long bytes, int advice) {
        if (madvise == null) {
            return false;
        }
        try {
            return (int) madvise.invokeExact(address, bytes, advice) == 0;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
