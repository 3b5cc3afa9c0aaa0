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
 * Operations that are an exponential each, on 64 rows of 4096 values. They work in place, so the values are ones that stay
 * in range however often they are mapped. Counted are the bytes read and written; divide by 8, or 12 for SiLU, for values.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = { "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED" })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ActivationBenchmark {

    private static final int ROWS = 64;
    private static final int CHANNELS = 4096;
    private static final int N = ROWS * CHANNELS;

    @Param({ "1", "2" })
    private int threads;

    private Machinery machinery;
    private float[] x;
    private float[] up;
    private float[] bias;
    private float[] a;

    @Setup
    public void open() {
        machinery = new Machinery(threads);
        // silu(x) * up is x again, and between these bounds rounding does not lead away from it.
        x = Machinery.random(N, -2, -0.2);
        up = new float[N];
        for (int i = 0; i < N; i++) {
            up[i] = (float) (1 + Math.exp(-x[i]));
        }
        bias = Machinery.random(CHANNELS, -4, -1);
        a = Machinery.random(CHANNELS / 128, -16, -1);
    }

    @Benchmark
    public float[] siluMultiply(Work work) {
        work.bytes += 3L * Float.BYTES * N;
        return machinery.ops.siluMultiply(up, N, x);
    }

    @Benchmark
    public float[] sigmoid(Work work) {
        work.bytes += 2L * Float.BYTES * N;
        return machinery.ops.sigmoid(N, x);
    }

    @Benchmark
    public float[] decay(Work work) {
        work.bytes += 2L * Float.BYTES * N;
        return machinery.ops.decay(bias, a, ROWS, 128, x);
    }

    @TearDown
    public void close() {
        machinery.close();
    }
}
