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

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.Activations;
import dev.kimilinear.engine.kernel.Tensor;

/**
 * Products with the matrix of an expert, {@code [1024, 2304]}, another one each time: together they are larger than the
 * caches. Counted are the bytes of the weights as the kernel reads them, and a multiplication and an addition a weight and
 * row. Quantising the activations is part of an operation, as it is of a step.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = { "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED" })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MatmulBenchmark {

    private static final int ROWS = 1024;
    private static final int COLUMNS = 2304;
    private static final long LEAST_BYTES = 256L << 20;

    @Param
    private GgmlType type;

    /** Rows of activations: 1 in decode, more in a prompt. */
    @Param({ "1", "4", "64", "512" })
    private int rows;

    @Param({ "1", "2" })
    private int threads;

    private Machinery machinery;
    private Tensor[] matrices;
    private Activations activations;
    private float[] x;
    private float[] y;
    private int next;

    @Setup
    public void open() {
        machinery = new Machinery(threads);
        long matrixBytes = ROWS * (long) COLUMNS / type.blockElements() * type.blockBytes();
        Tensor weights = machinery.weights(type, (int) (LEAST_BYTES / matrixBytes) + 1, ROWS, COLUMNS);
        matrices = new Tensor[weights.matrices()];
        for (int i = 0; i < matrices.length; i++) {
            matrices[i] = weights.matrix(i);
        }
        activations = new Activations();
        x = Machinery.random(rows * COLUMNS, -1, 1);
        y = new float[rows * ROWS];
    }

    @Benchmark
    public float[] matmul(Work work) {
        Tensor w = matrices[next++ % matrices.length];
        work.bytes += w.matrixBytes();
        work.flops += 2L * ROWS * COLUMNS * rows;
        return machinery.ops.matmul(w, activations.of(x, rows, COLUMNS), y);
    }

    @TearDown
    public void close() {
        machinery.close();
    }
}
