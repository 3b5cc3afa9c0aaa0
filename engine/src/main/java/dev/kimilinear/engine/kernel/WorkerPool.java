package dev.kimilinear.engine.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that compute one step. The owner thread hands out a range of items, computes its own share, and waits for
 * the others; only that thread may call {@link #run}. A worker waits for work by spinning shortly, then by parking: a
 * step has hundreds of regions of microseconds each, so that parking at every one would cost more than the work, while
 * endless spinning collapses when the cores are shared.
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

    /** About 20 microseconds of pausing. */
    private static final int SPINS = 2_000;

    private final Worker[] workers;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile int epoch;
    private volatile boolean closed;
    private volatile Throwable failure;
    private volatile Thread waitingOwner;
    // Written before the epoch advances, read after it was seen to advance.
    private Range range;
    private int items;

    /**
     * @param threads threads in all, the owner included; 1 starts none
     * @param name prefix of the threads' names
     */
    public WorkerPool(int threads, String name) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + ", expected 1 or more");
        }
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker(i + 1);
            workers[i].thread = Thread.ofPlatform().daemon().name(name + "-worker-" + (i + 1)).start(workers[i]);
        }
    }

    /** Threads in all, the owner included. */
    public int threads() {
        return workers.length + 1;
    }

    /**
     * Cuts {@code [0, items)} into one contiguous range a thread and returns when all are done. What a range throws is thrown
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
        this.items = items;
        pending.set(workers.length);
        epoch++; // Single writer. The volatile write publishes range and items.
        for (Worker worker : workers) {
            if (worker.parked) {
                LockSupport.unpark(worker.thread);
            }
        }
        Throwable own = null;
        try {
            runShare(0);
        } catch (Throwable t) {
            own = t;
        }
        awaitWorkers();
        Throwable other = failure;
        failure = null;
        this.range = null;
        rethrow(own != null ? own : other);
    }

    private void awaitWorkers() {
        for (int i = 0; i < SPINS; i++) {
            if (pending.get() == 0) {
                return;
            }
            Thread.onSpinWait();
        }
        waitingOwner = Thread.currentThread();
        while (pending.get() != 0) {
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

    private void runShare(int worker) {
        int threads = threads();
        int from = (int) ((long) items * worker / threads);
        int to = (int) ((long) items * (worker + 1) / threads);
        if (from < to) {
            range.run(from, to, worker);
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
            int seen = 0;
            while (awaitEpochAfter(seen)) {
                seen++;
                try {
                    runShare(index);
                } catch (Throwable t) {
                    failure = t;
                }
                if (pending.decrementAndGet() == 0) {
                    Thread owner = waitingOwner;
                    if (owner != null) {
                        LockSupport.unpark(owner);
                    }
                }
            }
        }

        private boolean awaitEpochAfter(int seen) {
            for (int i = 0; i < SPINS; i++) {
                if (epoch != seen) {
                    return true;
                }
                Thread.onSpinWait();
            }
            // The owner advances the epoch and then looks at "parked"; we set it and then look at the epoch: one of us sees.
            parked = true;
            while (epoch == seen && !closed) {
                LockSupport.park(WorkerPool.this);
            }
            parked = false;
            return epoch != seen;
        }
    }
}
