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
import org.openjdk.jmh.annotations.Warmup;

import dev.kimilinear.benchmarks.Roofline;

/** What the machine can do at best: to be read beside the other benchmarks. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = { "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED" })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RooflineBenchmark {

    @Param({ "1", "2" })
    private int threads;

    private Roofline roofline;

    @Setup
    public void open() {
        roofline = new Roofline();
    }

    /** Reads 512 MiB. */
    @Benchmark
    public void read(Work work) throws InterruptedException {
        work.bytes += roofline.read(threads);
    }

    /** F32 multiply-adds in registers. */
    @Benchmark
    public void multiplyAdd(Work work) throws InterruptedException {
        work.flops += roofline.multiplyAdd(threads);
    }
}
