package dev.kimilinear.engine.api;

/**
 * How to open an engine.
 *
 * @param contextTokens the most tokens, prompt and answer together, that one sequence may hold; 0 means the smaller of
 *        the file's {@code context_length} and {@value #DEFAULT_CONTEXT_TOKENS}
 * @param threads threads that compute one step, the owner thread included; 0 means one per available processor
 * @param kernels which kernel set computes
 */
public record EngineOptions(int contextTokens, int threads, KernelChoice kernels) {

    /** The context length used when none is asked for and the file allows it. */
    public static final int DEFAULT_CONTEXT_TOKENS = 8192;

    public EngineOptions {
        if (contextTokens < 0) {
            throw new IllegalArgumentException("contextTokens is " + contextTokens + ", expected 0 (default) or more");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads is " + threads + ", expected 0 (one per processor) or more");
        }
        if (kernels == null) {
            throw new IllegalArgumentException("kernels is null, expected AUTO, SCALAR or VECTOR");
        }
    }

    /** Context by the file, one thread per processor, kernels chosen automatically. */
    public static EngineOptions defaults() {
        return new EngineOptions(0, 0, KernelChoice.AUTO);
    }

    public EngineOptions withContextTokens(int contextTokens) {
        return new EngineOptions(contextTokens, threads, kernels);
    }

    public EngineOptions withThreads(int threads) {
        return new EngineOptions(contextTokens, threads, kernels);
    }

    public EngineOptions withKernels(KernelChoice kernels) {
        return new EngineOptions(contextTokens, threads, kernels);
    }
}
