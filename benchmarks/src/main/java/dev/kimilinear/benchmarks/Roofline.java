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
 * adding in registers. Not thread-safe.
 */
public final class Roofline {

    /** Far more than the caches of a desktop or of one server's slice of cores. */
    private static final long BUFFER_BYTES = 512L << 20;
    /** A call of the loop: short, so that the JVM compiles it at once. */
    private static final long CHUNK_BYTES = 1 << 20;
    private static final int ROUNDS = 5;
    private static final int FMA_LOOPS = 10_000;
    private static final int FMA_CALLS = 1_000;
    private static final int FMA_CHAINS = 10;

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

    /** Bytes a second that so many threads read in the fastest of some rounds. */
    public double readBytesPerSecond(int threads) throws InterruptedException {
        double best = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            double bytes = read(threads);
            best = Math.max(best, bytes / (System.nanoTime() - start) * 1e9);
        }
        return best;
    }

    /** Reads the buffer once, each thread an equal part; the number of bytes read. */
    public long read(int threads) throws InterruptedException {
        long part = BUFFER_BYTES / CHUNK_BYTES / threads * CHUNK_BYTES;
        run(threads, thread -> {
            long sum = 0;
            for (long at = thread * part; at < (thread + 1) * part; at += CHUNK_BYTES) {
                sum += sum(buffer, at, CHUNK_BYTES);
            }
            sink = sum;
        });
        return part * threads;
    }

    /** Multiplies and adds in registers on each thread; the number of operations, a fused multiply-add being two. */
    public long multiplyAdd(int threads) throws InterruptedException {
        run(threads, thread -> {
            float sum = 0;
            for (int i = 0; i < FMA_CALLS; i++) {
                sum += chains(FMA_LOOPS);
            }
            sink = sum;
        });
        return 2L * FMA_CHAINS * FLOATS.length() * FMA_LOOPS * FMA_CALLS * threads;
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
    private static float chains(int loops) {
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
        for (int n = 0; n < loops; n++) {
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
