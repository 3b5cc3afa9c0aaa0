package dev.kimilinear.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

import dev.kimilinear.engine.kernel.Kernels;

/**
 * State of a KDA layer: of fixed size, whatever the length of the sequence, and impossible to cut back.
 *
 * @param s {@code [heads][slabs, D, SLAB]}: the recurrent state, in slabs of value columns as {@link Kernels#deltaRule} has
 *        it. An array for each head, 64 KiB: arrays of megabytes take whole regions of the heap, up to twice their size
 * @param queryTail {@code [C - 1, P]}: the last rows before the short convolution, oldest first
 * @param keyTail as queryTail
 * @param valueTail as queryTail
 */
record KdaState(float[][] s, float[] queryTail, float[] keyTail, float[] valueTail) implements LayerState {

    /** The state before the first token: all zero. */
    static KdaState empty(int heads, int dim, int convKernel) {
        int tail = (convKernel - 1) * heads * dim;
        return new KdaState(new float[heads][Kernels.stateLength(dim)], new float[tail], new float[tail], new float[tail]);
    }

    /** Heap bytes of a state. */
    static long bytes(int heads, int dim, int convKernel) {
        return 4L * heads * (Kernels.stateLength(dim) + 3L * (convKernel - 1) * dim);
    }

    @Override
    public KdaState fork(int tokens) {
        float[][] fork = new float[s.length][];
        for (int head = 0; head < s.length; head++) {
            fork[head] = s[head].clone();
        }
        return new KdaState(fork, queryTail.clone(), keyTail.clone(), valueTail.clone());
    }

    @Override
    public void forEachPiece(int tokens, Consumer<MemorySegment> action) {
        forEachArray((array, bytes) -> action.accept(MemorySegment.ofArray((float[]) array)));
    }

    @Override
    public void forEachArray(ObjLongConsumer<Object> action) {
        for (float[] head : s) {
            action.accept(head, 4L * head.length);
        }
        action.accept(queryTail, 4L * queryTail.length);
        action.accept(keyTail, 4L * keyTail.length);
        action.accept(valueTail, 4L * valueTail.length);
    }

    @Override
    public long bytes() {
        return 4L * (s.length * s[0].length + queryTail.length + keyTail.length + valueTail.length);
    }
}
