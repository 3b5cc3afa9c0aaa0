package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.quant.BlockFormat;

/** Products with weights that are floating-point numbers; that both kernel sets agree is {@link KernelParityTest}'s. */
@Tag("vectors")
class FloatMatmulTest {

    private static final int COLUMNS = 256;
    private static final List<GgmlType> FORMATS = List.of(GgmlType.F32, GgmlType.F16, GgmlType.BF16);
    /** Weights straight from memory, full tiles, and tiles with rows left over. */
    private static final int[] COUNTS = { 1, 3, 4, 5, 6 };

    @Test
    void everyFiniteHalfIsWidenedExactly() {
        // A row has one weight that is not zero, at a column that moves through vectors and tails.
        int columns = 37;
        int[] halves = IntStream.range(0, 1 << 16).filter(h -> (h & 0x7C00) != 0x7C00).toArray();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(2L * columns * halves.length);
            for (int r = 0; r < halves.length; r++) {
                data.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 2L * (r * columns + r % columns),
                        (short) halves[r]);
            }
            Tensor w = Tensor.rowMajor("halves", BlockFormat.of(GgmlType.F16), 1, halves.length, columns, data, 0);
            for (int count : COUNTS) {
                float[] ones = new float[count * columns];
                Arrays.fill(ones, 1f);
                float[] y = new float[count * halves.length];
                multiply(KernelSelector.select(KernelChoice.VECTOR), w, new Activations().of(ones, count, columns), y,
                        new Scratch());
                for (int i = 0; i < y.length; i++) {
                    assertThat(y[i]).as("half 0x%04x, %d rows", halves[i % halves.length], count)
                            .isEqualTo(Float.float16ToFloat((short) halves[i % halves.length]) + 0f);
                }
            }
        }
    }

    @Test
    void aWarmProductAllocatesNothing() {
        Kernels kernels = KernelSelector.select(KernelChoice.VECTOR);
        Scratch scratch = new Scratch();
        Random random = new Random(1);
        int rows = 37;
        try (Arena arena = Arena.ofConfined()) {
            List<Tensor> weights = FORMATS.stream().map(type -> {
                BlockFormat format = BlockFormat.of(type);
                return Tensor.rowMajor("w", format, 1, rows, COLUMNS, arena.allocate(rows * format.rowBytes(COLUMNS)), 0);
            }).toList();
            List<Activations> inputs = Arrays.stream(COUNTS).mapToObj(count -> {
                float[] x = new float[count * COLUMNS];
                for (int i = 0; i < x.length; i++) {
                    x[i] = random.nextFloat();
                }
                return new Activations().of(x, count, COLUMNS);
            }).toList();
            float[] y = new float[rows * 6];

            assertThat(WarmAllocation.bytes(() -> {
                for (int f = 0; f < weights.size(); f++) {
                    for (int c = 0; c < inputs.size(); c++) {
                        multiply(kernels, weights.get(f), inputs.get(c), y, scratch);
                    }
                }
            })).isZero();
        }
    }

    private static final int[] ROWS = { 0, 1, 2, 3, 4, 5 };

    private static void multiply(Kernels kernels, Tensor w, Activations x, float[] y, Scratch scratch) {
        kernels.matmul(w, 0, 0, w.rows(), x, ROWS, 0, x.rows(), y, 0, w.rows(), scratch);
    }
}
