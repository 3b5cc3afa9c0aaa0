package dev.kimilinear.engine.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import dev.kimilinear.engine.api.EngineClosedException;
import dev.kimilinear.engine.api.EngineOverloadedException;

/** What other threads leave for the owner thread: requests that wait, in their order, and tasks. It closes once. */
final class Inbox {

    private final String modelName;
    private final int mostWaiting;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    // Guarded by the lock.
    private final Deque<Sequence> waiting = new ArrayDeque<>();
    private final Deque<FutureTask<?>> tasks = new ArrayDeque<>();
    /** No waiting request is late before this point of {@link System#nanoTime}. */
    private long earliestDeadline = Sequence.deadline(System.nanoTime(), 0);
    /** Written under the lock; steps look at it without. */
    private volatile boolean closing;

    Inbox(String modelName, int mostWaiting) {
        this.modelName = modelName;
        this.mostWaiting = mostWaiting;
    }

    // Any thread.

    /**
     * Queues a request.
     *
     * @param fetch begins to fetch what the request goes on from, and runs what it is given when that is there; false if
     *        there is nothing to wait for
     * @throws EngineOverloadedException if the queue is full
     * @throws EngineClosedException after {@link #close}
     */
    void add(Sequence sequence, Predicate<Runnable> fetch) {
        lock.lock();
        try {
            if (closing) {
                throw new EngineClosedException(modelName);
            }
            if (waiting.size() >= mostWaiting) {
                throw new EngineOverloadedException(waiting.size());
            }
            // Under the lock, so that what was fetched meanwhile is not forgotten.
            sequence.setReady(!fetch.test(() -> ready(sequence)));
            waiting.add(sequence);
            expect(sequence.deadline());
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void ready(Sequence sequence) {
        lock.lock();
        try {
            sequence.setReady(true);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Queues a task, unless the inbox is closed: then false. */
    boolean add(FutureTask<?> task) {
        lock.lock();
        try {
            if (!closing) {
                tasks.add(task);
                work.signal();
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a request out of the queue; null if it is not there. */
    Sequence withdraw(Outbox outbox) {
        lock.lock();
        try {
            for (Iterator<Sequence> i = waiting.iterator(); i.hasNext();) {
                Sequence sequence = i.next();
                if (sequence.outbox() == outbox) {
                    i.remove();
                    return sequence;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** The number of requests that wait. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more. What is there stays until {@link #drain}. */
    void close() {
        lock.lock();
        try {
            closing = true;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosing() {
        return closing;
    }

    // The owner thread.

    /** Whether there is a task, or a request that may come into work. */
    boolean hasWork() {
        lock.lock();
        try {
            return !tasks.isEmpty() || someoneIsReady();
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. Runs in every step: no iterator where there is nothing to look at. */
    private boolean someoneIsReady() {
        if (!waiting.isEmpty()) {
            for (Sequence sequence : waiting) {
                if (sequence.isReady()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Waits for work, or for the end. */
    void awaitWork() {
        lock.lock();
        try {
            while (!closing && !hasWork()) {
                work.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for work, or for the end, and not longer than that. */
    void awaitWork(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!closing && !hasWork() && left > 0) {
                left = work.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // Nobody has a reason to interrupt this thread; it is as if the time were over.
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next task; null if there is none. */
    FutureTask<?> nextTask() {
        lock.lock();
        try {
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the request that has waited longest of those that may come into work; null if there is none. */
    Sequence nextRequest() {
        lock.lock();
        try {
            if (!waiting.isEmpty()) {
                for (Iterator<Sequence> i = waiting.iterator(); i.hasNext();) {
                    Sequence sequence = i.next();
                    if (sequence.isReady()) {
                        i.remove();
                        return sequence;
                    }
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the requests that have waited beyond their time. */
    List<Sequence> takeLate(long now) {
        lock.lock();
        try {
            if (earliestDeadline - now > 0) {
                return List.of();
            }
            List<Sequence> late = new ArrayList<>();
            earliestDeadline = Sequence.deadline(now, 0);
            for (Iterator<Sequence> i = waiting.iterator(); i.hasNext();) {
                Sequence sequence = i.next();
                if (sequence.isLate(now)) {
                    i.remove();
                    late.add(sequence);
                } else {
                    expect(sequence.deadline());
                }
            }
            return late;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void expect(long deadline) {
        if (deadline - earliestDeadline < 0) {
            earliestDeadline = deadline;
        }
    }

    /** Closes, cancels all tasks, and takes the requests that wait. */
    List<Sequence> drain() {
        lock.lock();
        try {
            closing = true;
            List<Sequence> left = List.copyOf(waiting);
            waiting.clear();
            tasks.forEach(task -> task.cancel(false));
            tasks.clear();
            return left;
        } finally {
            lock.unlock();
        }
    }
}
