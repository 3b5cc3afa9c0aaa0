package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The embedded model as a file. */
public final class TinyModel {

    private TinyModel() {
    }

    /** Where it lies in the folder; copied the first time. */
    public static Path copyTo(Path folder) throws IOException {
        Path file = folder.resolve("tiny.gguf");
        if (!Files.exists(file)) {
            try (InputStream in = TinyModel.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf")) {
                Files.copy(in, file);
            }
        }
        return file;
    }
}
