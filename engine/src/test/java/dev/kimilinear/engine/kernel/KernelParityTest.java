package dev.kimilinear.engine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.kernel.panel.Packer;
import dev.kimilinear.engine.kernel.panel.PanelLayout;
import dev.kimilinear.engine.kernel.quant.BlockFormat;
import dev.kimilinear.engine.kernel.quant.QuantisedFormat;

/**
 * Every kernel gives the same bits in its scalar and its vector form, over sizes around those of vectors and blocks, on
 * ordinary, extreme and subnormal values. Fails where the JVM cannot run vector kernels: the run that has them must test
 * them.
 */
@Tag("vectors")
class KernelParityTest {

    private static final int[] SIZES = { 1, 2, 3, 7, 8, 13, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 96, 127, 128, 129, 255, 256,
            257, 576, 2304 };
    private static final int[] ROW_COUNTS = { 1, 2, 3, 4, 5, 9, 13, 67 };

    /** Tokens cached before a span of the latent cache, and its own: blocks have 128. */
    private static final int[][] LATENT_SPANS = { { 0, 1 }, { 1, 1 }, { 0, 5 }, { 126, 4 }, { 127, 1 }, { 125, 9 },
            { 300, 2 } };

    private static final float[] EXTREMES = { 0f, -0f, 1e18f, -1e18f, 100f, -100f, 1f, Float.MIN_NORMAL, 88f, -87.5f };

    private enum Values {
        ORDINARY,
        EXTREME,
        SUBNORMAL,
        ZERO
    }

    /** Runs one operation on one kernel set and returns every array it may write. */
    private interface Operation {
        List<float[]> run(Kernels kernels, int size, Values values, Random random);
    }

    private static final Map<String, Operation> OPERATIONS = new LinkedHashMap<>();

    static {
        OPERATIONS.put("matmul", KernelParityTest::matmul);
        OPERATIONS.put("quantise", KernelParityTest::quantise);
        OPERATIONS.put("rmsNorm", (k, n, values, random) -> {
            float[] x = floats(n + 3, values, random);
            float[] y = new float[n + 5];
            k.rmsNorm(x, 2, floats(n, Values.ORDINARY, random), n, 1e-5f, y, 3, new Scratch());
            k.rmsNorm(x, 2, floats(n, Values.ORDINARY, random), n, 1e-5f, x, 2, new Scratch());
            return List.of(x, y);
        });
        OPERATIONS.put("l2Normalise", (k, n, values, random) -> {
            float[] x = floats(n + 3, values, random);
            k.l2Normalise(x, 1, n, 1e-6f, 0.25f, new Scratch());
            return List.of(x);
        });
        OPERATIONS.put("add", (k, n, values, random) -> {
            float[] x = floats(n + 2, values, random);
            k.add(x, floats(n + 2, values, random), 1, n + 1);
            return List.of(x);
        });
        OPERATIONS.put("multiply", (k, n, values, random) -> {
            float[] x = floats(n + 2, values, random);
            k.multiply(x, floats(n + 2, values, random), 1, n + 1);
            return List.of(x);
        });
        OPERATIONS.put("addScaled", (k, n, values, random) -> {
            float[] y = floats(n + 4, values, random);
            k.addScaled(0.3f, floats(n + 2, values, random), 1, y, 3, n);
            return List.of(y);
        });
        OPERATIONS.put("sigmoid", (k, n, values, random) -> {
            float[] x = floats(n + 2, values, random);
            k.sigmoid(x, 1, n + 1);
            return List.of(x);
        });
        OPERATIONS.put("siluMultiply", (k, n, values, random) -> {
            float[] gate = floats(n + 2, values, random);
            k.siluMultiply(gate, floats(n + 2, values, random), 1, n + 1);
            return List.of(gate);
        });
        OPERATIONS.put("decay", (k, n, values, random) -> {
            float[] f = floats(n + 2, values, random);
            k.decay(f, 1, floats(n + 5, Values.ORDINARY, random), 4, -1.7f, n);
            return List.of(f);
        });
        OPERATIONS.put("shortConvolution", (k, channels, values, random) -> {
            int tokens = 5;
            float[] p = floats((tokens + 1) * channels, values, random);
            float[] y = new float[p.length];
            k.shortConvolution(floats(4 * channels, Values.ORDINARY, random), channels,
                    floats(3 * channels, values, random), p, channels, tokens, channels / 3, channels, y);
            return List.of(y);
        });
        OPERATIONS.put("deltaRule", KernelParityTest::deltaRule);
        OPERATIONS.put("latentAttention", KernelParityTest::latentAttention);
    }

    @TestFactory
    Stream<DynamicTest> vectorKernelsGiveTheBitsOfTheScalarOnes() {
        Kernels scalar = KernelSelector.select(KernelChoice.SCALAR);
        Kernels vector = KernelSelector.select(KernelChoice.VECTOR);
        return OPERATIONS.entrySet().stream().map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> {
            for (int size : SIZES) {
                for (Values values : Values.values()) {
                    List<float[]> expected = entry.getValue().run(scalar, size, values, new Random(size));
                    List<float[]> actual = entry.getValue().run(vector, size, values, new Random(size));
                    for (int i = 0; i < expected.size(); i++) {
                        assertThat(bits(actual.get(i))).as("array %d, size %d, %s values", i, size, values)
                                .isEqualTo(bits(expected.get(i)));
                    }
                }
            }
        }));
    }

    @Test
    void everyKernelHasACaseHere() {
        TreeSet<String> kernels = new TreeSet<>();
        for (Method method : Kernels.class.getDeclaredMethods()) {
            if (Modifier.isAbstract(method.getModifiers()) && !method.getName().equals("name")
                    && !method.getName().equals("layout")) {
                kernels.add(method.getName());
            }
        }
        assertThat(OPERATIONS.keySet()).containsExactlyInAnyOrderElementsOf(kernels);
    }

    @Test
    void theSelectorGivesVectorKernelsHere() {
        assertThat(KernelSelector.select(KernelChoice.AUTO).name()).matches("vector (128|256|512) bit");
        assertThat(KernelSelector.select(KernelChoice.SCALAR).name()).isEqualTo("scalar");
    }

    private static List<float[]> matmul(Kernels kernels, int size, Values values, Random random) {
        List<float[]> results = new ArrayList<>();
        for (GgmlType type : GgmlType.values()) {
            BlockFormat format = BlockFormat.of(type);
            int columns = Math.max(1, size / type.blockElements()) * type.blockElements();
            int rows = size % 40 + 3;
            int matrices = 2;
            try (Arena arena = Arena.ofConfined()) {
                Tensor w = Tensor.rowMajor("w", format, matrices, rows, columns,
                        weights(format, matrices * rows, columns, values, random, arena), 8);
                Scratch scratch = new Scratch();
                for (int count : ROW_COUNTS) {
                    Activations x = activations(kernels, w, count + 2, values, random);
                    int[] order = new int[count + 1];
                    Arrays.setAll(order, i -> (i * 5 + 1) % (count + 2));
                    float[] y = new float[count * (rows + 2) + 3];
                    kernels.matmul(w, 1, 1, rows, x, order, 1, count, y, 3, rows + 2, scratch);
                    results.add(y.clone());
                    PanelLayout layout = kernels.layout(w);
                    if (layout != null) {
                        Arrays.fill(y, 0f);
                        kernels.matmul(inPanels(w, layout, arena), 1, 0, rows, x, order, 1, count, y, 3, rows + 2, scratch);
                        // Row 0 was not asked for before.
                        for (int t = 0; t < count; t++) {
                            y[3 + t * (rows + 2)] = 0f;
                        }
                    }
                    results.add(y);
                }
            }
        }
        return results;
    }

    /** Activations with everything that a matrix of this format reads. */
    private static Activations activations(Kernels kernels, Tensor w, int rows, Values values, Random random) {
        int stride = w.columns() + 3;
        Activations x = new Activations().of(floats(rows * stride, values, random), rows, w.columns(), stride);
        if (w.format() instanceof QuantisedFormat quantised) {
            x.claimQuants(quantised.activationGroup());
            kernels.quantise(x, quantised.activationGroup(), 0, rows);
            PanelLayout layout = kernels.layout(w);
            if (layout != null && x.claimPrepared(layout)) {
                for (int row = 0; row < rows; row++) {
                    x.prepare(layout, row);
                }
            }
        }
        return x;
    }

    private static Tensor inPanels(Tensor w, PanelLayout layout, Arena arena) {
        MemorySegment data = arena.allocate(64 + w.matrices() * layout.bytes(w.rows(), w.columns()), 64);
        Tensor panels = new Tensor(w.name(), w.format(), layout, w.matrices(), w.rows(), w.columns(), data, 64);
        Packer packer = new Packer(layout);
        int rows = w.rows();
        for (int matrix = 0; matrix < w.matrices(); matrix++) {
            for (int panel = 0; panel < layout.panels(rows); panel++) {
                int row = panel * PanelLayout.ROWS;
                packer.pack(w.data(), w.rowOffsetBytes(matrix, row), rows - row, w.columns(), data,
                        panels.panelOffsetBytes(matrix, panel));
            }
        }
        return panels;
    }

    /**
     * Weights of the given kind of values for float formats; recorded blocks for quantised ones, whose scales must be numbers.
     */
    private static MemorySegment weights(BlockFormat format, int rows, int columns, Values values, Random random,
            Arena arena) {
        long rowBytes = format.rowBytes(columns);
        MemorySegment data = arena.allocate(8 + rows * rowBytes);
        if (format instanceof QuantisedFormat) {
            byte[] blocks = recordedBlocks(format.type());
            int blockBytes = format.type().blockBytes();
            for (long at = 8; at < data.byteSize(); at += blockBytes) {
                int block = random.nextInt(blocks.length / blockBytes) * blockBytes;
                MemorySegment.copy(blocks, block, data, ValueLayout.JAVA_BYTE, at, blockBytes);
            }
            return data;
        }
        float[] floats = floats(rows * columns, values, random);
        ValueLayout.OfFloat f32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        ValueLayout.OfShort b16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < floats.length; i++) {
            switch (format.type()) {
                case F32 -> data.set(f32, 8 + 4L * i, floats[i]);
                case BF16 -> data.set(b16, 8 + 2L * i, (short) (Float.floatToRawIntBits(floats[i]) >>> 16));
                default -> data.set(b16, 8 + 2L * i,
                        Float.floatToFloat16(Math.max(-65504f, Math.min(65504f, floats[i] * 1e-3f))));
            }
        }
        return data;
    }

    private static byte[] recordedBlocks(GgmlType type) {
        try {
            return Files.readAllBytes(Fixtures.project("blocks/" + type.name() + ".blk"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<float[]> quantise(Kernels kernels, int size, Values values, Random random) {
        List<float[]> results = new ArrayList<>();
        for (int group : new int[] { 32, 256 }) {
            int columns = Math.max(1, size / group) * group;
            Activations x = new Activations().of(floats(3 * columns, values, random), 3, columns);
            x.claimQuants(group);
            kernels.quantise(x, group, 1, 3);
            Activations.Quants quantised = x.quants(group);
            float[] quants = new float[quantised.values.length];
            for (int i = 0; i < quants.length; i++) {
                quants[i] = quantised.values[i];
            }
            results.add(quants);
            results.add(quantised.scales.clone());
        }
        return results;
    }

    private static List<float[]> deltaRule(Kernels kernels, int size, Values values, Random random) {
        int d = Math.min(size, 129);
        int heads = 3;
        int first = 1;
        List<float[]> results = new ArrayList<>();
        // Around the four tokens summed side by side, and the tokens taken together.
        for (int tokens : new int[] { 1, 2, 5, 6, Kernels.SLAB_TOKENS + 1 }) {
            int n = (first + tokens) * heads * d;
            float[] s = floats(Kernels.stateLength(d), values, random);
            float[] o = new float[n];
            int from = d > 2 * Kernels.SLAB ? Kernels.SLAB : 0;
            kernels.deltaRule(s, d, floats(n, values, random), floats(n, values, random), floats(n, values, random),
                    unit(n, random), unit((first + tokens) * heads, random), heads, 1, first, tokens, from, d, o,
                    new float[Kernels.deltaRuleScratch(d)]);
            results.add(s);
            results.add(o);
        }
        return results;
    }

    private static List<float[]> latentAttention(Kernels kernels, int size, Values values, Random random) {
        int rank = Math.min(size, 300);
        int width = rank + 7;
        int heads = 1 + size % 19;
        int first = 1;
        List<float[]> results = new ArrayList<>();
        for (LatentCacheType type : LatentCacheType.values()) {
            for (int[] span : LATENT_SPANS) {
                int before = span[0];
                int tokens = span[1];
                LatentCache cache = new LatentCache(width, type);
                cache.append(0, floats((before + tokens) * width, values, random), 0, before + tokens);
                float[] out = new float[(first + tokens) * heads * rank + 2];
                int rows = tokens * heads;
                int from = rows / 4;
                kernels.latentAttention(floats((first + tokens) * heads * width, values, random), heads, first, cache, before,
                        rank, 0.1f, from, rows - rows / 7, out, new Scratch());
                results.add(out);
            }
        }
        return results;
    }

    private static float[] floats(int n, Values values, Random random) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = switch (values) {
                case ORDINARY -> (float) random.nextGaussian() * 3;
                case EXTREME -> EXTREMES[random.nextInt(EXTREMES.length)];
                case SUBNORMAL -> Float.intBitsToFloat(random.nextInt(1 << 23) | random.nextInt(2) << 31);
                case ZERO -> 0f;
            };
        }
        return x;
    }

    private static float[] unit(int n, Random random) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextFloat();
        }
        return x;
    }

    /** Bits with one NaN: which NaN an operation gives is not defined. */
    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
        return bits;
    }
}
