package dev.kimilinear.benchmarks.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Work done, which JMH divides by the time: with nanoseconds as the unit, GB/s and GFLOP/s. */
@AuxCounters(AuxCounters.Type.OPERATIONS)
@State(Scope.Thread)
public class Work {

    public long bytes;
    public long flops;

    @Setup(Level.Iteration)
    public void clear() {
        bytes = 0;
        flops = 0;
    }
}
