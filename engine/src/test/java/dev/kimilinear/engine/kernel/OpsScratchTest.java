package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.reflect.Field;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.quant.BlockFormat;
import dev.kimilinear.engine.kernel.scalar.ScalarKernels;

/** The computed scratch memory against the arrays that operations on quantised weights leave behind. */
class OpsScratchTest {

    private static final int ROWS = 5;
    private static final int HEADS = 4;
    private static final int THREADS = 2;
    private static final int WIDTH = 96;

    @Test
    void scratchIsWhatTheWidestMatrixTakes() throws Exception {
        assertComputed(512, 64);
    }

    @Test
    void orWhatTheHeadsTake() throws Exception {
        assertComputed(64, 64);
    }

    /** Threads allocate for attention when they first take a part of it, so that much may be missing. */
    private static void assertComputed(int columns, int headColumns) throws Exception {
        try (Arena arena = Arena.ofShared(); WorkerPool pool = new WorkerPool(THREADS, "scratch")) {
            Ops ops = new Ops(new ScalarKernels(), pool);
            ops.matmul(zeros(arena, 8, columns), new float[ROWS * columns], ROWS, new float[ROWS * 8]);
            ops.headMatmul(zeros(arena, HEADS * 8, headColumns), HEADS, new float[ROWS * HEADS * headColumns], headColumns,
                    ROWS, new float[ROWS * HEADS * 8], 8);
            float[][] cache = { new float[Kernels.LATENT_BLOCK * WIDTH] };
            ops.latentAttention(new float[ROWS * HEADS * WIDTH], HEADS, cache, 0, WIDTH, WIDTH, 1, 0, ROWS,
                    new float[ROWS * HEADS * WIDTH]);

            long computed = Ops.scratchBytes(ROWS, columns, HEADS, headColumns, WIDTH, THREADS);
            long ofOneThread = 4L * Kernels.latentScratch(WIDTH);
            assertThat(held(ops)).isBetween(computed - (THREADS - 1) * ofOneThread, computed);
        }
    }

    private static Tensor zeros(Arena arena, int rows, int columns) {
        BlockFormat format = BlockFormat.of(GgmlType.Q8_0);
        return new Tensor("zeros", format, rows, columns, arena.allocate(rows * format.rowBytes(columns)), 0);
    }

    private static long held(Ops ops) throws ReflectiveOperationException {
        Activations activations = (Activations) field(ops, "activations");
        long bytes = activations.quants.length + 4L * activations.scales.length + 4L * ((float[]) field(ops, "packed")).length;
        for (float[] scratch : (float[][]) field(ops, "attentionScratch")) {
            bytes += 4L * scratch.length;
        }
        return bytes;
    }

    private static Object field(Ops ops, String name) throws ReflectiveOperationException {
        Field field = Ops.class.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(ops);
    }
}
