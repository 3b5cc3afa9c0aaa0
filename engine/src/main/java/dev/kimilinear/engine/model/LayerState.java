package dev.kimilinear.engine.model;

/** What one layer remembers of a sequence. */
public sealed interface LayerState permits KdaState, LatentState {

    /** Heap bytes held now. */
    long bytes();
}
