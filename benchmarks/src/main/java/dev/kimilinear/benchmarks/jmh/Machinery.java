package dev.kimilinear.benchmarks.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

import dev.kimilinear.benchmarks.realshape.RandomBlocks;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.WorkerPool;
import dev.kimilinear.engine.kernel.panel.Packer;
import dev.kimilinear.engine.kernel.panel.PanelLayout;
import dev.kimilinear.engine.kernel.quant.BlockFormat;

/** The engine's operations with so many threads, on vector kernels or not at all, and weights to read. */
final class Machinery implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final WorkerPool pool;
    final Ops ops;

    Machinery(int threads) {
        pool = new WorkerPool(threads, "benchmark");
        ops = new Ops(KernelSelector.select(KernelChoice.VECTOR), pool);
    }

    /** Random matrices of one type; in panels where the type has them. */
    Tensor weights(GgmlType type, int matrices, int rows, int columns) {
        BlockFormat format = BlockFormat.of(type);
        long matrixBytes = rows * format.rowBytes(columns);
        byte[] one = RandomBlocks.encode(type, rows * columns, 1 / Math.sqrt(columns), new SplittableRandom(1));
        MemorySegment source = MemorySegment.ofArray(one);
        PanelLayout layout = PanelLayout.of(format, columns);
        if (layout == null) {
            MemorySegment data = arena.allocate(matrices * matrixBytes, 64);
            for (int i = 0; i < matrices; i++) {
                data.asSlice(i * matrixBytes, matrixBytes).copyFrom(source);
            }
            return Tensor.rowMajor("benchmark", format, matrices, rows, columns, data, 0);
        }
        MemorySegment data = arena.allocate(matrices * layout.bytes(rows, columns), 64);
        Tensor panels = new Tensor("benchmark", format, layout, matrices, rows, columns, data, 0);
        Packer packer = new Packer(layout);
        for (int panel = 0; panel < layout.panels(rows); panel++) {
            int row = panel * layout.rows();
            packer.pack(source, row * format.rowBytes(columns), rows - row, columns, data, panels.panelOffsetBytes(0, panel));
        }
        for (int i = 1; i < matrices; i++) {
            data.asSlice(i * panels.matrixBytes(), panels.matrixBytes())
                    .copyFrom(data.asSlice(0, panels.matrixBytes()));
        }
        return panels;
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
