package dev.kimilinear.engine.api;

/**
 * Where panels are kept: quantised weights re-ordered into interleaved rows, which the vector kernels read at the speed of
 * memory. Panels hold the same weights in about the same number of bytes, and give the same bits as the file's own layout.
 */
public enum PanelMode {
    /**
     * {@link #MEMORY} for a small model (panels below 256 MB), else {@link #FILE}. Where the file cannot be written:
     * MEMORY if it fits, else {@link #OFF} with a warning that says how to get panels.
     */
    AUTO,
    /** In a file in the cache folder, written once for each model and mapped like the model. */
    FILE,
    /** In private memory, built each time the model is opened. */
    MEMORY,
    /** Nowhere: kernels read the file's own layout, which is slower. */
    OFF
}
