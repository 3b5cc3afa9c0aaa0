package dev.kimilinear.engine.kernel;

import java.lang.management.ManagementFactory;
import java.time.Duration;

import com.sun.management.ThreadMXBean;

/**
 * Measures what warm code allocates. Vectors are objects until the JVM has compiled the code that uses them, so it runs until
 * it allocates nothing; a vector that the compiler must make an object of is one every time.
 */
final class WarmAllocation {

    /** Ample for the JVM to compile a kernel that needs a second of warming. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Runs in a row that must allocate nothing. */
    private static final int CLEAN_RUNS = 100;

    private WarmAllocation() {
    }

    /** Bytes that the calling thread allocates in a run: 0, or what the last run took when patience was over. */
    static long bytes(Runnable run) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int clean = 0;
        long allocated;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            run.run();
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
            clean = allocated == 0 ? clean + 1 : 0;
        } while (clean < CLEAN_RUNS && System.nanoTime() < deadline);
        return clean == CLEAN_RUNS ? 0 : Math.max(1, allocated);
    }
}
