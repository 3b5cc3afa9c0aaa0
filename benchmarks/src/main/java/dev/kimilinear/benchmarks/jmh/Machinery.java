package dev.kimilinear.benchmarks.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

import dev.kimilinear.benchmarks.realshape.RandomBlocks;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.Kernels;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Panels;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.kernel.quant.BlockFormat;

/** The engine's operations with so many threads, on vector kernels or not at all, and weights to read. */
final class Machinery implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final WorkerPool pool;
    private final Kernels kernels = KernelSelector.select(KernelChoice.VECTOR);
    final Ops ops;

    Machinery(int threads) {
        pool = new WorkerPool(threads, "benchmark");
        ops = new Ops(kernels, pool);
    }

    /** Random matrices of one type, in panels where the kernels read them so. */
    Tensor weights(GgmlType type, int matrices, int rows, int columns) {
        BlockFormat format = BlockFormat.of(type);
        byte[] one = RandomBlocks.encode(type, rows * columns, 1 / Math.sqrt(columns), new SplittableRandom(1));
        MemorySegment data = arena.allocate((long) matrices * one.length, 64);
        for (int i = 0; i < matrices; i++) {
            data.asSlice((long) i * one.length, one.length).copyFrom(MemorySegment.ofArray(one));
        }
        Tensor rowMajor = Tensor.rowMajor("benchmark", format, matrices, rows, columns, data, 0);
        Panels panels = new Panels(kernels);
        panels.add(rowMajor);
        MemorySegment memory = arena.allocate(panels.bytes(), 64);
        panels.pack(memory, pool);
        return panels.in(memory, rowMajor);
    }

    static float[] random(int length, double low, double high) {
        SplittableRandom random = new SplittableRandom(length);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(low, high);
        }
        return values;
    }

    @Override
    public void close() {
        pool.close();
        arena.close();
    }
}
