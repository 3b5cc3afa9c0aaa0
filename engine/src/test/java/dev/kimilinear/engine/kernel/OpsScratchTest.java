package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.EnumSet;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.quant.BlockFormat;

/** The computed sizes of scratch memory, activations and routes against what operations leave behind. */
class OpsScratchTest {

    private static final Set<GgmlType> TYPES = EnumSet.of(GgmlType.F32, GgmlType.Q8_0, GgmlType.Q4_K, GgmlType.Q6_K);
    private static final int ROWS = 37;
    private static final int HEADS = 4;
    private static final int EXPERTS = 8;
    private static final int USED = 2;
    private static final int OUT = 512;
    private static final int LATENT = 96;

    @ParameterizedTest
    @CsvSource({ "AUTO, 1, 512", "AUTO, 2, 512", "AUTO, 3, 2304", "SCALAR, 1, 512", "SCALAR, 2, 2304" })
    void whatIsHeldIsNotMoreThanWasComputed(KernelChoice kernels, int threads, int columns) throws Exception {
        try (Arena arena = Arena.ofShared(); WorkerPool pool = new WorkerPool(threads, "scratch")) {
            Ops ops = new Ops(KernelSelector.select(kernels), pool);
            Activations x = new Activations();
            Routes routes = new Routes(EXPERTS);
            int[] selected = new int[ROWS * USED];
            for (int i = 0; i < selected.length; i++) {
                selected[i] = i % USED;
            }
            routes.of(ROWS, USED, selected, new float[selected.length]);
            float[] inputs = new float[ROWS * USED * HEADS * columns];
            float[] outputs = new float[ROWS * USED * HEADS * OUT];
            for (GgmlType type : TYPES) {
                ops.matmul(zeros(arena, type, 1, OUT, columns), x.of(inputs, ROWS, columns), outputs);
                ops.headMatmul(zeros(arena, type, HEADS, 64, columns), x.of(inputs, ROWS * HEADS, columns), 64, outputs);
                Tensor experts = zeros(arena, type, EXPERTS, OUT, columns);
                ops.expertMatmul(experts, routes, x.of(inputs, ROWS, columns), outputs);
                ops.expertSum(experts, routes, x.of(inputs, ROWS * USED, columns), ROWS, outputs);
            }
            ops.latentAttention(inputs, HEADS, new float[1][Kernels.LATENT_BLOCK * LATENT], 0, LATENT, LATENT, 1, 0, ROWS,
                    outputs);

            long scratch = Ops.scratchBytes(ROWS, HEADS, USED, columns, OUT, LATENT, threads);
            long held = bytes(ops, "consecutive", "headRows");
            for (Object one : (Scratch[]) field(ops, "scratches")) {
                held += bytes(one, "floats", "more", "bytes");
            }
            assertThat(held).isPositive().isLessThanOrEqualTo(scratch);
            long quantised = bytes(x, "prepared");
            for (int group : new int[] { 32, 256 }) {
                quantised += bytes(x.quants(group), "values", "scales");
            }
            assertThat(quantised).isPositive()
                    .isLessThanOrEqualTo(Activations.bytes((long) ROWS * HEADS * columns, TYPES));
            if (kernels == KernelChoice.AUTO) {
                assertThat(quantised).isEqualTo(Activations.bytes((long) ROWS * HEADS * columns, TYPES));
            }
            assertThat(bytes(routes, "experts", "starts", "rows", "weights", "next"))
                    .isEqualTo(Routes.bytes(EXPERTS, ROWS * USED));
        }
    }

    @ParameterizedTest
    @CsvSource({ "dev.kimilinear.engine.kernel.Scratch, 3", "dev.kimilinear.engine.kernel.Routes, 5",
            "dev.kimilinear.engine.kernel.Activations$Quants, 2", "dev.kimilinear.engine.kernel.Activations, 3" })
    void noFieldWithMemoryIsForgotten(Class<?> type, int known) {
        long fields = 0;
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())
                    && (field.getType().isArray() || field.getType() == MemorySegment.class)) {
                fields++;
            }
        }
        assertThat(fields).as("A new array needs a place in the computation of memory and in this test").isEqualTo(known);
    }

    private static Tensor zeros(Arena arena, GgmlType type, int matrices, int rows, int columns) {
        BlockFormat format = BlockFormat.of(type);
        return Tensor.rowMajor("zeros", format, matrices, rows, columns,
                arena.allocate(matrices * rows * format.rowBytes(columns), 64), 0);
    }

    private static long bytes(Object owner, String... fields) throws ReflectiveOperationException {
        long bytes = 0;
        for (String name : fields) {
            bytes += bytes(field(owner, name));
        }
        return bytes;
    }

    private static long bytes(Object memory) {
        return switch (memory) {
            case byte[] array -> array.length;
            case int[] array -> 4L * array.length;
            case float[] array -> 4L * array.length;
            case MemorySegment segment -> segment.byteSize();
            default -> {
                long bytes = 0;
                for (int i = 0; i < Array.getLength(memory); i++) {
                    bytes += bytes(Array.get(memory, i));
                }
                yield bytes;
            }
        };
    }

    private static Object field(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }
}
