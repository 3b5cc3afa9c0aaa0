package dev.kimilinear.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.IntConsumer;

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
    private static final long FMA_CHAINS = 10;

    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 64);
    /** Results go here, whichever thread wrote last, so that the compiler keeps the loops. */
    private volatile double sink;

    public Roofline() {
        // Pages that were never written all read as one page of zeros, from the cache.
        for (long at = 0; at < BUFFER_BYTES; at += Long.BYTES) {
            buffer.set(ValueLayout.JAVA_LONG, at, at);
        }
    }

    /** Bytes a second that so many threads read, each an equal part of the buffer. */
    public double readBytesPerSecond(int threads) throws InterruptedException {
        return best(() -> read(threads));
    }

    /** Operations a second of so many threads; a fused multiply-add of F32 values counts as two. */
    public double flopsPerSecond(int threads) throws InterruptedException {
        return best(() -> multiplyAdd(threads));
    }

    /** Reads the buffer once; the number of bytes read. */
    public long read(int threads) throws InterruptedException {
        long unit = 4L * LONGS.vectorByteSize();
        long part = BUFFER_BYTES / threads / unit * unit;
        run(threads, thread -> sink = sum(buffer, thread * part, part));
        return part * threads;
    }

    /** Multiplies and adds in registers on each thread; the number of operations. */
    public long multiplyAdd(int threads) throws InterruptedException {
        run(threads, thread -> sink = chains(FMA_LOOPS));
        return 2 * FMA_CHAINS * FLOATS.length() * FMA_LOOPS * threads;
    }

    private interface Round {
        long run() throws InterruptedException;
    }

    /** Work a second in the fastest round. */
    private static double best(Round round) throws InterruptedException {
        double best = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            double work = round.run();
            best = Math.max(best, work / (System.nanoTime() - start) * 1e9);
        }
        return best;
    }

    /** Runs a part on each of so many threads, this one included; starting them takes some microseconds. */
    private static void run(int threads, IntConsumer part) throws InterruptedException {
        Thread[] others = new Thread[threads - 1];
        for (int i = 0; i < others.length; i++) {
            int thread = i + 1;
            others[i] = Thread.ofPlatform().start(() -> part.accept(thread));
        }
        part.accept(0);
        for (Thread other : others) {
            other.join();
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
    private static float chains(long loops) {
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
