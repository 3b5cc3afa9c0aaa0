package dev.kimilinear.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.CyclicBarrier;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What this machine can do at best, by the same means as the kernels: reading memory front to back, and multiplying and
 * adding in registers. Each figure is the best of some rounds, all threads together. Not thread-safe.
 */
public final class Roofline {

    /** Far more than the caches of a desktop or of one server's slice of cores. */
    private static final long BUFFER_BYTES = 512L << 20;
    private static final int ROUNDS = 5;
    private static final long FMA_LOOPS = 20_000_000;
    private static final int FMA_CHAINS = 10;

    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 64);
    /** Results go here, so that the compiler keeps the loops. */
    private volatile double sink;

    public Roofline() {
        // Pages that were never written all read as one page of zeros, from the cache.
        for (long at = 0; at < BUFFER_BYTES; at += Long.BYTES) {
            buffer.set(ValueLayout.JAVA_LONG, at, at);
        }
    }

    /** Bytes a second that so many threads read, each an equal part of a buffer of 512 MiB. */
    public double readBytesPerSecond(int threads) throws InterruptedException {
        long part = BUFFER_BYTES / threads / (4L * LONGS.vectorByteSize()) * 4 * LONGS.vectorByteSize();
        return part * threads / best(threads, thread -> sink += sum(buffer, thread * part, part));
    }

    /** Operations a second of so many threads; a fused multiply-add of F32 values counts as two. */
    public double flopsPerSecond(int threads) throws InterruptedException {
        double operations = 2.0 * FMA_CHAINS * FLOATS.length() * FMA_LOOPS * threads;
        return operations / best(threads, thread -> sink += multiplyAdd(FMA_LOOPS));
    }

    private interface Part {
        void run(int thread);
    }

    /** Seconds of the fastest round. */
    private static double best(int threads, Part part) throws InterruptedException {
        double best = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            CyclicBarrier start = new CyclicBarrier(threads + 1);
            Thread[] running = new Thread[threads];
            for (int i = 0; i < threads; i++) {
                int thread = i;
                running[i] = Thread.ofPlatform().start(() -> {
                    await(start);
                    part.run(thread);
                });
            }
            await(start);
            long from = System.nanoTime();
            for (Thread thread : running) {
                thread.join();
            }
            best = Math.min(best, (System.nanoTime() - from) / 1e9);
        }
        return best;
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Four sums, so that additions do not wait for each other. */
    private static long sum(MemorySegment bytes, long from, long length) {
        int width = LONGS.vectorByteSize();
        LongVector a = LongVector.zero(LONGS);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        for (long at = from; at < from + length; at += 4L * width) {
            a = a.add(LongVector.fromMemorySegment(LONGS, bytes, at, ByteOrder.LITTLE_ENDIAN));
            b = b.add(LongVector.fromMemorySegment(LONGS, bytes, at + width, ByteOrder.LITTLE_ENDIAN));
            c = c.add(LongVector.fromMemorySegment(LONGS, bytes, at + 2L * width, ByteOrder.LITTLE_ENDIAN));
            d = d.add(LongVector.fromMemorySegment(LONGS, bytes, at + 3L * width, ByteOrder.LITTLE_ENDIAN));
        }
        return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
    }

    /** Ten chains: more than the latency times the ports of any common core. */
    private static float multiplyAdd(long loops) {
        FloatVector x = FloatVector.broadcast(FLOATS, 0.999f);
        FloatVector y = FloatVector.broadcast(FLOATS, 0.001f);
        FloatVector a = y;
        FloatVector b = y;
        FloatVector c = y;
        FloatVector d = y;
        FloatVector e = y;
        FloatVector f = y;
        FloatVector g = y;
        FloatVector h = y;
        FloatVector i = y;
        FloatVector j = y;
        for (long n = 0; n < loops; n++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
    }
}
