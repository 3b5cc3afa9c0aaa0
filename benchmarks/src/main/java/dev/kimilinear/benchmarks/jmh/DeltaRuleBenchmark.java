package dev.kimilinear.benchmarks.jmh;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The recurrence of one KDA layer of the real model. Counted are one reading and one writing of the state for each token,
 * and for each of its values seven operations: two multiply-adds for what it answers to key and query, a multiplication and
 * a multiply-add for its change.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = { "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED" })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DeltaRuleBenchmark {

    private static final int HEADS = 32;
    private static final int DIM = 128;

    /** Tokens of the span: one, as many as kernels take together, and many times that. */
    @Param({ "1", "64", "512" })
    private int tokens;

    @Param({ "1", "2" })
    private int threads;

    private Machinery machinery;
    private float[][] state;
    private float[] q;
    private float[] k;
    private float[] v;
    private float[] alpha;
    private float[] beta;
    private float[] o;

    @Setup
    public void open() {
        machinery = new Machinery(threads);
        state = new float[HEADS][DIM * DIM];
        int length = tokens * HEADS * DIM;
        // Keys of length 1, as the layer makes them: otherwise the state grows without end.
        k = machinery.ops.l2Normalise(tokens * HEADS, DIM, 1e-6f, 1, Machinery.random(length, -1, 1));
        q = k.clone();
        v = Machinery.random(length, -1, 1);
        alpha = Machinery.random(length, 0.8, 1);
        beta = Machinery.random(tokens * HEADS, 0, 1);
        o = new float[length];
    }

    @Benchmark
    public float[] deltaRule(Work work) {
        long values = (long) tokens * HEADS * DIM * DIM;
        work.bytes += 2 * Float.BYTES * values;
        work.flops += 7 * values;
        return machinery.ops.deltaRule(state, HEADS, DIM, q, k, v, alpha, beta, 0, tokens, o);
    }

    @TearDown
    public void close() {
        machinery.close();
    }
}
