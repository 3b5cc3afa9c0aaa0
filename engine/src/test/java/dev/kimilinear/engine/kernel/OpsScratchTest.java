package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.quant.BlockFormat;

/** The computed scratch memory bounds the arrays that operations leave behind, and not by far. */
@Tag("vectors")
class OpsScratchTest {

    private static final int ROWS = 64;
    private static final int HEADS = 4;
    private static final int WIDTH = 96;
    private static final int COLUMNS = 512;
    private static final int DIM = 128;

    @Test
    void computedBytesBoundTheArraysOfOperationsAndActivations() throws Exception {
        try (Arena arena = Arena.ofShared(); WorkerPool pool = new WorkerPool(1, "scratch")) {
            Ops ops = new Ops(KernelSelector.select(KernelChoice.VECTOR), pool);
            Activations x = new Activations().of(new float[ROWS * COLUMNS], ROWS, COLUMNS);
            for (GgmlType type : new GgmlType[] { GgmlType.Q8_0, GgmlType.Q4_K, GgmlType.IQ4_NL, GgmlType.Q6_K }) {
                ops.matmul(zeros(type, arena, 1, 64), x, new float[ROWS * 64]);
            }
            int[] all = new int[ROWS];
            Routes routes = new Routes(2).of(ROWS, 1, all, new float[ROWS]);
            ops.expertSum(zeros(GgmlType.Q8_0, arena, 2, COLUMNS), routes, x, ROWS, new float[ROWS * COLUMNS]);
            LatentCache cache = new LatentCache(WIDTH, LatentCacheType.F16);
            cache.append(0, new float[ROWS * WIDTH], 0, ROWS);
            ops.latentAttention(new float[ROWS * HEADS * WIDTH], HEADS, cache, 0, WIDTH, 1, 0, ROWS,
                    new float[ROWS * HEADS * WIDTH]);
            float[] heads = new float[ROWS * HEADS * DIM];
            ops.deltaRule(new float[HEADS][DIM * DIM], HEADS, DIM, heads, heads, heads, heads, new float[ROWS * HEADS], 0,
                    ROWS, new float[ROWS * HEADS * DIM]);

            long computed = Ops.scratchBytes(ROWS, COLUMNS, COLUMNS, HEADS, WIDTH, DIM, 1)
                    + Activations.bytes(ROWS * COLUMNS);
            assertThat(held(ops) + held(x)).isBetween(computed / 2, computed);
        }
    }

    @Test
    void computedBytesBoundWhatFloatWeightsOfAnyWidthAreWidenedTo() throws Exception {
        for (int columns : new int[] { 512, 2304, 4096, 9216, 50_000 }) {
            try (Arena arena = Arena.ofShared(); WorkerPool pool = new WorkerPool(1, "scratch")) {
                Ops ops = new Ops(KernelSelector.select(KernelChoice.VECTOR), pool);
                Activations x = new Activations().of(new float[5 * columns], 5, columns);
                ops.matmul(zeros(GgmlType.F16, arena, 1, 70, columns), x, new float[5 * 70]);

                assertThat(held(ops)).as("%d columns", columns).isBetween(
                        Ops.scratchBytes(5, columns, 1, 1, 1, 1, 1) / 2, Ops.scratchBytes(5, columns, 1, 1, 1, 1, 1));
            }
        }
    }

    private static Tensor zeros(GgmlType type, Arena arena, int matrices, int rows) {
        return zeros(type, arena, matrices, rows, COLUMNS);
    }

    private static Tensor zeros(GgmlType type, Arena arena, int matrices, int rows, int columns) {
        BlockFormat format = BlockFormat.of(type);
        return Tensor.rowMajor("zeros", format, matrices, rows, columns,
                arena.allocate(matrices * rows * format.rowBytes(columns)), 0);
    }

    /** Bytes of the arrays that an object's class brings along: not those that it was handed. */
    private static long held(Object object) throws ReflectiveOperationException {
        long bytes = 0;
        for (Field field : object.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            boolean own = Modifier.isFinal(field.getModifiers()) || object instanceof Scratch
                    || object instanceof Activations.Quants || field.getName().equals("consecutive")
                    || field.getName().equals("headRows");
            if (!Modifier.isStatic(field.getModifiers()) && own) {
                bytes += bytes(field.get(object));
            }
        }
        return bytes;
    }

    private static long bytes(Object value) throws ReflectiveOperationException {
        return switch (value) {
            case float[] floats -> 4L * floats.length;
            case int[] ints -> 4L * ints.length;
            case byte[] array -> array.length;
            case Object[] objects -> {
                long sum = 0;
                for (Object object : objects) {
                    sum += object == null ? 0 : bytes(object);
                }
                yield sum;
            }
            case Scratch scratch -> held(scratch);
            case Activations.Quants quants -> held(quants);
            case null -> 0;
            default -> 0;
        };
    }
}
