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

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.kernel.LatentCache;

/**
 * Attention of one MLA layer of the real model over its latent cache. Counted are one reading of the cache for each row, and
 * a multiply-add for each head, position and value of score and answer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = { "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED" })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LatentAttentionBenchmark {

    private static final int HEADS = 32;
    private static final int WIDTH = 576;
    private static final int RANK = 512;

    /** Positions in the cache before the step. */
    @Param({ "512", "8192" })
    private int depth;

    /** Rows of the step. */
    @Param({ "1", "128" })
    private int tokens;

    @Param({ "F16", "F32" })
    private LatentCacheType type;

    @Param({ "1", "2" })
    private int threads;

    private Machinery machinery;
    private float[] query;
    private LatentCache cache;
    private float[] out;

    @Setup
    public void open() {
        machinery = new Machinery(threads);
        query = Machinery.random(tokens * HEADS * WIDTH, -0.1, 0.1);
        cache = new LatentCache(WIDTH, type);
        float[] rows = Machinery.random((depth + tokens) * WIDTH, -1, 1);
        cache.append(0, rows, 0, depth + tokens);
        out = new float[tokens * HEADS * RANK];
    }

    @Benchmark
    public float[] latentAttention(Work work) {
        for (int t = 0; t < tokens; t++) {
            long positions = depth + t + 1;
            work.bytes += positions * WIDTH * type.valueBytes();
            work.flops += 2 * positions * HEADS * (WIDTH + RANK);
        }
        return machinery.ops.latentAttention(query, HEADS, cache, depth, RANK, 0.07f, 0, tokens, out);
    }

    @TearDown
    public void close() {
        machinery.close();
    }
}
