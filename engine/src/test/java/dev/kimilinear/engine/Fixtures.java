package dev.kimilinear.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Where tests find their files. */
public final class Fixtures {

    /** Names a folder with {@code models/, quant/, tokenizer/, chat/, blocks/}: more fixtures than the project carries. */
    public static final String FULL_SET_VARIABLE = "KIMI_FIXTURES";

    private Fixtures() {
    }

    /** A file or folder of the project's fixtures, say {@code models/tiny-f32/model.gguf}. */
    public static Path project(String relative) {
        URL resource = Fixtures.class.getResource("/fixtures/" + relative);
        if (resource == null) {
            throw new IllegalArgumentException("The project has no fixture \"" + relative + "\".");
        }
        try {
            return Path.of(resource.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The folder of the full set, where the environment names one. */
    public static Optional<Path> fullSet() {
        String folder = System.getenv(FULL_SET_VARIABLE);
        if (folder == null || folder.isEmpty()) {
            return Optional.empty();
        }
        Path path = Path.of(folder);
        if (!Files.isDirectory(path)) {
            throw new IllegalStateException(FULL_SET_VARIABLE + " is \"" + folder + "\", which is not a folder.");
        }
        return Optional.of(path);
    }

    /** The embedded tiny model, copied from the class path to a file once. */
    public static Path embeddedModel() {
        return EmbeddedModel.FILE;
    }

    private static final class EmbeddedModel {

        static final Path FILE = copy();

        private static Path copy() {
            try (InputStream model = Fixtures.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf")) {
                Path file = Files.createTempFile("kimi-linear-tiny", ".gguf");
                file.toFile().deleteOnExit();
                Files.copy(model, file, StandardCopyOption.REPLACE_EXISTING);
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
