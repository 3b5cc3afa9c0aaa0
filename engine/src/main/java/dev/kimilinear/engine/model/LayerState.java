package dev.kimilinear.engine.model;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/** What one layer remembers of a sequence. */
public sealed interface LayerState permits KdaState, LatentState {

    /** Another state that is as this one is after the given number of tokens, which it has read; neither hears of the other. */
    LayerState fork(int tokens);

    /**
     * Hands out what the state says after the given number of tokens, in a fixed order: the memory of its arrays, native byte
     * order. An empty state is filled that way too.
     */
    void forEachPiece(int tokens, Consumer<MemorySegment> action);

    /** Hands out the arrays that the state holds, each with its bytes. Forks may hold the same ones. */
    void forEachArray(ObjLongConsumer<Object> action);

    /** Heap bytes held now. */
    long bytes();
}
