package dev.kimilinear.engine.api;

import java.nio.file.Path;

/**
 * How to open an engine. Start from {@link #defaults} and change what should differ.
 *
 * @param contextTokens the most tokens, prompt and answer together, that one sequence may hold; 0 means the smaller of
 *        the file's {@code context_length} and {@value #DEFAULT_CONTEXT_TOKENS}
 * @param threads threads that compute one step, the owner thread included; 0 means one per physical core
 * @param kernels which kernel set computes
 * @param parallelSequences the most requests in work at a time, 1 to {@value #MAX_PARALLEL_SEQUENCES}; memory is planned for
 *        as many
 * @param maxQueuedRequests the most requests that wait for those in work, 1 or more; one more is refused
 * @param stepTokens the most tokens that the model reads in one step, 1 to {@value #MAX_STEP_TOKENS}: those of prompts, and one
 *        of each answer. Answers do not depend on it; the time between two words of an answer does while prompts are read, and
 *        memory
 * @param latentCache how the rows that MLA layers cache are stored
 * @param panels where weights are kept in the order that vector kernels read fastest
 * @param cacheDirectory the folder for files that the engine makes of a model and of conversations (panels, snapshots); made
 *        when it is needed
 * @param maxMemoryBytes the most memory that state, workspace, snapshots and panels may take together; 0 means what the machine
 *        or
 *        container has
 * @param snapshots what is remembered of conversations that are not in work
 */
public record EngineOptions(int contextTokens, int threads, KernelChoice kernels, int parallelSequences,
        int maxQueuedRequests, int stepTokens, LatentCacheType latentCache, PanelMode panels, Path cacheDirectory,
        long maxMemoryBytes, SnapshotOptions snapshots) {

    /** The context length used when none is asked for and the file allows it. */
    public static final int DEFAULT_CONTEXT_TOKENS = 8192;

    /** More sequences than a step can usefully hold. */
    public static final int MAX_PARALLEL_SEQUENCES = 4096;

    /** Answers in work at a time if nothing else is asked for. */
    public static final int DEFAULT_PARALLEL_SEQUENCES = 4;

    /** Requests that may wait if nothing else is asked for. */
    public static final int DEFAULT_QUEUED_REQUESTS = 64;

    /**
     * Tokens of a step if nothing else is asked for: many enough that an expert, which sees one row of 32 where 8 of 256 are
     * chosen, is read once for many rows.
     */
    public static final int DEFAULT_STEP_TOKENS = 512;

    /** More tokens than a step can usefully hold. */
    public static final int MAX_STEP_TOKENS = 16384;

    public EngineOptions {
        if (contextTokens < 0) {
            throw new IllegalArgumentException("contextTokens is " + contextTokens + ", expected 0 (default) or more");
        }
        if (threads < 0) {
            throw new IllegalArgumentException("threads is " + threads + ", expected 0 (one per core) or more");
        }
        if (kernels == null) {
            throw new IllegalArgumentException("kernels is null, expected AUTO, SCALAR or VECTOR");
        }
        if (parallelSequences < 1 || parallelSequences > MAX_PARALLEL_SEQUENCES) {
            throw new IllegalArgumentException(
                    "parallelSequences is " + parallelSequences + ", expected 1 to " + MAX_PARALLEL_SEQUENCES);
        }
        if (maxQueuedRequests < 1) {
            throw new IllegalArgumentException("maxQueuedRequests is " + maxQueuedRequests + ", expected 1 or more");
        }
        if (stepTokens < 1 || stepTokens > MAX_STEP_TOKENS) {
            throw new IllegalArgumentException("stepTokens is " + stepTokens + ", expected 1 to " + MAX_STEP_TOKENS);
        }
        if (latentCache == null) {
            throw new IllegalArgumentException("latentCache is null, expected F16 or F32");
        }
        if (panels == null) {
            throw new IllegalArgumentException("panels is null, expected AUTO, FILE, MEMORY or OFF");
        }
        if (cacheDirectory == null) {
            throw new IllegalArgumentException("cacheDirectory is null, expected the path of a folder");
        }
        if (maxMemoryBytes < 0) {
            throw new IllegalArgumentException(
                    "maxMemoryBytes is " + maxMemoryBytes + ", expected 0 (what the machine has) or more");
        }
        if (snapshots == null) {
            throw new IllegalArgumentException("snapshots is null, expected options (SnapshotOptions.off() for none)");
        }
    }

    /**
     * Context by the file, one thread per core, kernels and panels chosen automatically, memory for
     * {@value #DEFAULT_PARALLEL_SEQUENCES} sequences with an F16 latent cache, steps of {@value #DEFAULT_STEP_TOKENS} tokens,
     * {@value #DEFAULT_QUEUED_REQUESTS} requests that wait, and files in {@code kimi-linear} under the user's cache folder
     * ({@code XDG_CACHE_HOME}, or
     * {@code .cache} in the home folder).
     */
    public static EngineOptions defaults() {
        return new EngineOptions(0, 0, KernelChoice.AUTO, DEFAULT_PARALLEL_SEQUENCES, DEFAULT_QUEUED_REQUESTS,
                DEFAULT_STEP_TOKENS, LatentCacheType.F16, PanelMode.AUTO, userCacheDirectory(), 0,
                SnapshotOptions.defaults());
    }

    private static Path userCacheDirectory() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return caches.resolve("kimi-linear");
    }

    public EngineOptions withContextTokens(int contextTokens) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withThreads(int threads) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withKernels(KernelChoice kernels) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withParallelSequences(int parallelSequences) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withMaxQueuedRequests(int maxQueuedRequests) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withStepTokens(int stepTokens) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withLatentCache(LatentCacheType latentCache) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withPanels(PanelMode panels) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withCacheDirectory(Path cacheDirectory) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withMaxMemoryBytes(long maxMemoryBytes) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }

    public EngineOptions withSnapshots(SnapshotOptions snapshots) {
        return new EngineOptions(contextTokens, threads, kernels, parallelSequences, maxQueuedRequests,
                stepTokens, latentCache, panels, cacheDirectory, maxMemoryBytes, snapshots);
    }
}
