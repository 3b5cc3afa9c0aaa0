package dev.kimilinear.cli;

import java.nio.file.Path;

import picocli.CommandLine.Option;

/** The model, the same in each command. */
final class ModelOption {

    @Option(names = "--model", required = true, paramLabel = "FILE", description = "The GGUF file, of a split model any of its parts.")
    Path file;
}
