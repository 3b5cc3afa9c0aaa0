package dev.kimilinear.engine.api;

import java.nio.file.Path;

/**
 * What is loaded and how it runs.
 *
 * @param name {@code general.name} of the file, or the file's name without its ending
 * @param file the file, of a split model its first part
 * @param parameters weights in the file
 * @param bytes size of the file or of all its parts
 * @param weightTypes the matrices' types with the share of each in bytes, largest first, such as
 *        {@code "Q4_K 71 %, Q6_K 29 %"}
 * @param layers decoder blocks
 * @param vocabularySize tokens
 * @param contextTokens the most tokens of one sequence in this engine
 * @param fileContextTokens {@code context_length} of the file
 * @param threads threads that compute one step
 * @param kernels the kernel set in use, such as {@code "vector 512 bit"} or {@code "scalar"}
 */
public record ModelInfo(String name, Path file, long parameters, long bytes, String weightTypes, int layers,
        int vocabularySize, int contextTokens, int fileContextTokens, int threads, String kernels) {
}
