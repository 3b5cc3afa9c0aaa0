package dev.kimilinear.engine.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

import dev.kimilinear.engine.api.LatentCacheType;

/**
 * The rows that an MLA layer keeps of one sequence: {@code width} values for each token, in blocks of
 * {@link Kernels#LATENT_BLOCK} rows that are allocated as the sequence grows. With {@link LatentCacheType#F16} a value is
 * rounded to half precision when it is stored (to nearest, ties to even; beyond 65,504 it becomes 65,504 with its sign,
 * and no number stays none) and widened, which is exact, when it is read.
 */
public final class LatentCache {

    /** The largest finite number of half precision. */
    private static final float HALF_MAX = 65504f;

    private final int width;
    private final LatentCacheType type;
    /** Blocks {@code [LATENT_BLOCK, width]}: of the two, the one that the type asks for grows. */
    private float[][] floats = new float[0][];
    private short[][] halves = new short[0][];

    /** An empty cache. */
    public LatentCache(int width, LatentCacheType type) {
        this.width = width;
        this.type = type;
    }

    /** Values of a row. */
    public int width() {
        return width;
    }

    /** Stores the rows {@code [first, first + count)} of {@code [n, width]} from the given position on. */
    public void append(int position, float[] rows, int first, int count) {
        reserve(blocks(position + count));
        for (int i = 0; i < count; i++) {
            int block = (position + i) / Kernels.LATENT_BLOCK;
            int at = (position + i) % Kernels.LATENT_BLOCK * width;
            switch (type) {
                case F32 -> System.arraycopy(rows, (first + i) * width, floats[block], at, width);
                case F16 -> narrow(rows, (first + i) * width, halves[block], at, width);
            }
        }
    }

    /**
     * The first rows of a block as floats, from index 0 on of an array that is only to be read: the cache's own, or the given
     * one. What follows these rows in it is of any value.
     *
     * @param widened at least {@code LATENT_BLOCK * width} values
     */
    public float[] block(int block, int rows, float[] widened) {
        return switch (type) {
            case F32 -> floats[block];
            case F16 -> widen(halves[block], rows * width, widened);
        };
    }

    /**
     * Another cache with the same first rows; neither hears of rows that the other stores behind them. They share whole blocks
     * of these rows, which nobody writes again, and each has its own copy of the rest.
     *
     * @param rows at most as many as were stored
     */
    public LatentCache fork(int rows) {
        LatentCache fork = new LatentCache(width, type);
        int whole = rows / Kernels.LATENT_BLOCK;
        switch (type) {
            case F32 -> {
                fork.floats = Arrays.copyOf(floats, blocks(rows));
                for (int i = whole; i < fork.floats.length; i++) {
                    fork.floats[i] = floats[i].clone();
                }
            }
            case F16 -> {
                fork.halves = Arrays.copyOf(halves, blocks(rows));
                for (int i = whole; i < fork.halves.length; i++) {
                    fork.halves[i] = halves[i].clone();
                }
            }
        }
        return fork;
    }

    /**
     * Makes room for the given number of rows, and hands out the memory of these rows in order, block by block: the arrays of
     * the cache, native byte order.
     */
    public void forEachPiece(int rows, Consumer<MemorySegment> action) {
        reserve(blocks(rows));
        for (int block = 0; block < blocks(rows); block++) {
            int values = Math.min(Kernels.LATENT_BLOCK, rows - block * Kernels.LATENT_BLOCK) * width;
            action.accept(switch (type) {
                case F32 -> MemorySegment.ofArray(floats[block]).asSlice(0, 4L * values);
                case F16 -> MemorySegment.ofArray(halves[block]).asSlice(0, 2L * values);
            });
        }
    }

    /** Hands out the arrays that the cache holds, each with its bytes. */
    public void forEachArray(ObjLongConsumer<Object> action) {
        for (float[] block : floats) {
            action.accept(block, 4L * block.length);
        }
        for (short[] block : halves) {
            action.accept(block, 2L * block.length);
        }
    }

    /** Heap bytes held now. */
    public long bytes() {
        return bytes(width, (floats.length + halves.length) * Kernels.LATENT_BLOCK, type);
    }

    /** Heap bytes of a cache that holds rows for the given number of tokens. */
    public static long bytes(int width, int tokens, LatentCacheType type) {
        return (long) blocks(tokens) * Kernels.LATENT_BLOCK * width * type.valueBytes();
    }

    private static int blocks(int tokens) {
        return (int) ((tokens + Kernels.LATENT_BLOCK - 1L) / Kernels.LATENT_BLOCK);
    }

    private void reserve(int blocks) {
        switch (type) {
            case F32 -> {
                int held = floats.length;
                if (blocks > held) {
                    floats = Arrays.copyOf(floats, blocks);
                    for (int i = held; i < blocks; i++) {
                        floats[i] = new float[Kernels.LATENT_BLOCK * width];
                    }
                }
            }
            case F16 -> {
                int held = halves.length;
                if (blocks > held) {
                    halves = Arrays.copyOf(halves, blocks);
                    for (int i = held; i < blocks; i++) {
                        halves[i] = new short[Kernels.LATENT_BLOCK * width];
                    }
                }
            }
        }
    }

    // The two loops that the JVM makes vectors of, for which the Vector API has no operation.

    private static void narrow(float[] from, int fromAt, short[] to, int toAt, int n) {
        for (int i = 0; i < n; i++) {
            to[toAt + i] = Float.floatToFloat16(Math.max(-HALF_MAX, Math.min(HALF_MAX, from[fromAt + i])));
        }
    }

    private static float[] widen(short[] from, int n, float[] to) {
        for (int i = 0; i < n; i++) {
            to[i] = Float.float16ToFloat(from[i]);
        }
        return to;
    }
}
