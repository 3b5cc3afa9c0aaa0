package dev.kimilinear.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

import dev.kimilinear.engine.kernel.Kernels;

/**
 * State of a KDA layer: of fixed size, whatever the length of the sequence, and impossible to cut back.
 *
 * @param s {@code [heads, slabs, D, SLAB]}: the recurrent state, in slabs of value columns as {@link Kernels#deltaRule} has
 *        it
 * @param queryTail {@code [C - 1, P]}: the last rows before the short convolution, oldest first
 * @param keyTail as queryTail
 * @param valueTail as queryTail
 */
record KdaState(float[] s, float[] queryTail, float[] keyTail, float[] valueTail) implements LayerState {

    /** The state before the first token: all zero. */
    static KdaState empty(int heads, int dim, int convKernel) {
        int tail = (convKernel - 1) * heads * dim;
        return new KdaState(new float[Math.toIntExact(Kernels.stateLength(heads, dim))], new float[tail], new float[tail],
                new float[tail]);
    }

    /** Heap bytes of a state. */
    static long bytes(int heads, int dim, int convKernel) {
        return 4L * (Kernels.stateLength(heads, dim) + 3L * (convKernel - 1) * heads * dim);
    }

    @Override
    public KdaState fork(int tokens) {
        return new KdaState(s.clone(), queryTail.clone(), keyTail.clone(), valueTail.clone());
    }

    @Override
    public void forEachPiece(int tokens, Consumer<MemorySegment> action) {
        forEachArray((array, bytes) -> action.accept(MemorySegment.ofArray((float[]) array)));
    }

    @Override
    public void forEachArray(ObjLongConsumer<Object> action) {
        action.accept(s, 4L * s.length);
        action.accept(queryTail, 4L * queryTail.length);
        action.accept(keyTail, 4L * keyTail.length);
        action.accept(valueTail, 4L * valueTail.length);
    }

    @Override
    public long bytes() {
        return 4L * (s.length + queryTail.length + keyTail.length + valueTail.length);
    }
}
