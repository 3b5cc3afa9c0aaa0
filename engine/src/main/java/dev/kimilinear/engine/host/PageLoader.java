package dev.kimilinear.engine.host;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Reads mapped memory once from end to end, on a thread of its own in the background. The first access to each page of a
 * mapping costs one to three microseconds even where the file lies in the system's cache: half a second for each GiB, which
 * would otherwise fall into the first tokens, and later into those that first use an expert.
 *
 * <p>
 * The mapping must outlive this: close this first.
 */
public final class PageLoader implements AutoCloseable {

    private static final Logger LOG = System.getLogger(PageLoader.class.getName());

    /** A few milliseconds of work where the file is in the cache, so that {@link #close} need not wait long. */
    private static final long SLICE_BYTES = 16L << 20;

    private final List<MemorySegment> mappings;
    private final MemoryAdvice advice;
    private final Thread thread;
    private volatile boolean closed;
    private volatile long loadedBytes;

    private PageLoader(String name, List<MemorySegment> mappings, MemoryAdvice advice) {
        this.mappings = List.copyOf(mappings);
        this.advice = advice;
        thread = Thread.ofPlatform().daemon().name(name + "-pages").priority(Thread.MIN_PRIORITY)
                .inheritInheritableThreadLocals(false).unstarted(this::run);
    }

    /**
     * Starts to load.
     *
     * @param name prefix of the thread's name
     * @param mappings parts of mapped files
     */
    public static PageLoader start(String name, List<MemorySegment> mappings) {
        PageLoader loader = new PageLoader(name, mappings, MemoryAdvice.ofThisProcess());
        loader.thread.start();
        return loader;
    }

    /** Bytes loaded so far. */
    public long loadedBytes() {
        return loadedBytes;
    }

    private void run() {
        try {
            for (MemorySegment mapping : mappings) {
                load(mapping);
            }
        } catch (InternalError e) {
            // That is how the JVM reports a page that is no longer there.
            LOG.log(Level.WARNING, "Loading the model stopped: its file was cut short while it was open", e);
        }
    }

    private void load(MemorySegment mapping) {
        advice.hugePages(mapping);
        MemorySegment slice = slice(mapping, 0);
        for (long at = 0; at < mapping.byteSize() && !closed; at += SLICE_BYTES) {
            // The system reads the next slice while we touch the pages of this one.
            MemorySegment next = slice(mapping, at + SLICE_BYTES);
            if (next.byteSize() > 0) {
                advice.willNeed(next);
            }
            slice.load();
            loadedBytes += slice.byteSize();
            slice = next;
        }
    }

    private static MemorySegment slice(MemorySegment mapping, long at) {
        long from = Math.min(at, mapping.byteSize());
        return mapping.asSlice(from, Math.min(SLICE_BYTES, mapping.byteSize() - from));
    }

    /** Stops and waits until no page is touched any more. Not interruptible, because the mapping must not vanish before. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
