package dev.kimilinear.engine.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that compute one step. The owner thread cuts a range of items into chunks, and whoever is there takes one
 * after the other: the owner itself, and the workers that are awake. A worker that the operating system does not run just
 * now takes nothing, so on a busy machine a step is at worst as slow as on one thread. Only the owner thread may call
 * {@link #run}.
 *
 * <p>
 * A worker waits for work by spinning shortly, then by parking: a step has hundreds of regions of microseconds each, so
 * that parking at every one would cost more than the work, while endless spinning takes the cores from others.
 */
public final class WorkerPool implements AutoCloseable {

    /** A part of a loop. */
    @FunctionalInterface
    public interface Range {
        /**
         * Computes the items {@code [from, to)}.
         *
         * @param worker 0 to threads - 1: no two running ranges share it, so it may index scratch memory
         */
        void run(int from, int to, int worker);
    }

    /** About 200 microseconds of pausing: longer than the owner computes alone between two regions of a step. */
    private static final int SPINS = 20_000;
    /**
     * What a chunk takes of an equal share of the items that are left: guided self-scheduling. Long stretches of memory are
     * read faster than short ones, and short chunks at the end let all threads finish together. Two threads decoded a tenth
     * faster than with eight chunks of one length.
     */
    private static final double CHUNK_SHARE = 0.8;
    /** The shortest chunks are this part of an equal share of all items, or one item. */
    private static final int LEAST_CHUNK = 20;

    private final Worker[] workers;
    /**
     * Number of the region in the high half, chunks not yet taken in the low half. Both in one word, so that a worker
     * that comes late cannot take a chunk of another region than the one whose range it has read.
     */
    private final AtomicLong open = new AtomicLong();
    private final AtomicInteger unfinished = new AtomicInteger();
    private volatile boolean closed;
    private volatile Throwable failure;
    private volatile Thread waitingOwner;
    // Of the region: written before "open" announces it, and not again until all its chunks are finished.
    private Range range;
    private int chunks;
    /** Where the chunks begin, and where the last one ends. Rounding makes the least chunks shorter, by less than half. */
    private final int[] bounds;

    /**
     * @param threads threads in all, the owner included; 1 starts none
     * @param name prefix of the threads' names
     */
    public WorkerPool(int threads, String name) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", expected 1 or more");
        }
        bounds = new int[2 * LEAST_CHUNK * threads + 1];
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            // It outlives the caller, whose class loader it must not keep alive.
            workers[i].thread = Thread.ofPlatform().daemon().name(name + "-worker-" + (i + 1))
                    .inheritInheritableThreadLocals(false).start(workers[i]);
        }
    }

    /** Threads in all, the owner included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Computes the items {@code [0, items)} in contiguous chunks and returns when all are done. What a chunk throws is thrown
     * here once the others are done. Owner thread only.
     */
    public void run(int items, Range range) {
        if (workers.length == 0 || items < 2) {
            range.run(0, items, 0);
            return;
        }
        if (closed) {
            throw new IllegalStateException("Worker pool is closed");
        }
        this.range = range;
        chunks = cut(items);
        unfinished.set(chunks);
        open.set(((open.get() >>> 32) + 1) << 32 | chunks);
        for (Worker worker : workers) {
            if (worker.parked) {
                LockSupport.unpark(worker.thread);
            }
        }
        takeChunks(0);
        awaitUnfinished();
        Throwable thrown = failure;
        failure = null;
        rethrow(thrown);
    }

    /** Cuts items into chunks; their number. */
    private int cut(int items) {
        int least = Math.max(1, items / (LEAST_CHUNK * threads()));
        int count = 0;
        for (int at = 0; at < items; at = bounds[count]) {
            int length = Math.max(least, (int) (CHUNK_SHARE * (items - at) / threads()));
            bounds[count++] = at;
            bounds[count] = Math.min(items, at + length);
        }
        return count;
    }

    private void takeChunks(int worker) {
        for (long seen = open.get(); (int) seen != 0; seen = open.get()) {
            Range range = this.range;
            int chunks = this.chunks;
            if (!open.compareAndSet(seen, seen - 1)) {
                continue;
            }
            // The chunk is ours, so the region cannot have ended since: what was read above belongs to it.
            int chunk = chunks - (int) seen;
            try {
                range.run(bounds[chunk], bounds[chunk + 1], worker);
            } catch (Throwable t) {
                failure = t;
            }
            if (unfinished.decrementAndGet() == 0) {
                Thread owner = waitingOwner;
                if (owner != null) {
                    LockSupport.unpark(owner);
                }
            }
        }
    }

    private void awaitUnfinished() {
        for (int i = 0; i < SPINS; i++) {
            if (unfinished.get() == 0) {
                return;
            }
            Thread.onSpinWait();
        }
        waitingOwner = Thread.currentThread();
        while (unfinished.get() != 0) {
            LockSupport.park(this);
        }
        waitingOwner = null;
    }

    private static void rethrow(Throwable t) {
        switch (t) {
            case null -> {
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(t);
        }
    }

    /** Ends the workers. Not while {@link #run} is running. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker.thread);
        }
    }

    private final class Worker implements Runnable {

        private final int index;
        private Thread thread;
        private volatile boolean parked;

        Worker(int index) {
            this.index = index;
        }

        @Override
        public void run() {
            while (awaitChunks()) {
                takeChunks(index);
            }
        }

        /** Waits until there is a chunk to take; false when the pool is closed. */
        private boolean awaitChunks() {
            for (int i = 0; i < SPINS; i++) {
                if ((int) open.get() != 0) {
                    return true;
                }
                Thread.onSpinWait();
            }
            // The owner announces a region and then looks at "parked"; we set it and then look for a region: one of us sees.
            parked = true;
            while ((int) open.get() == 0 && !closed) {
                LockSupport.park(WorkerPool.this);
            }
            parked = false;
            return !closed;
        }
    }
}
