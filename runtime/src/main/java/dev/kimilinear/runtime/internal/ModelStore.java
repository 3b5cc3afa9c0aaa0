package dev.kimilinear.runtime.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.HubEnvironment;
import dev.kimilinear.engine.supply.ModelSource;
import dev.kimilinear.engine.supply.ModelSupply;
import dev.kimilinear.runtime.config.KimiLinearFixedConfig;
import io.quarkus.runtime.configuration.ConfigurationException;

/** From what the configuration says of a model to a file that can be opened. Never downloads. */
public final class ModelStore {

    /** The folder beside the jar that has packaged models, each in a folder with its name. */
    public static final String PACKAGED = "models";

    private static final String CACHE_KEY = "quarkus.langchain4j.kimi-linear.cache-directory";
    private static final String EMBEDDED_RESOURCE = "/dev/kimilinear/tiny/kimi-linear-tiny.gguf";
    private static final String EMBEDDED_NAME = "kimi-linear-tiny";
    private static final String GGUF = ".gguf";

    private final Path cacheDirectory;

    public ModelStore(Path cacheDirectory) {
        this.cacheDirectory = cacheDirectory;
    }

    /**
     * Where models of the hub and of URLs come from.
     *
     * @throws ModelSupplyException if the environment says something about it that makes no sense
     */
    ModelSupply supply() {
        return new ModelSupply(new HubEnvironment(System.getenv(), Path.of(System.getProperty("user.home"))), cacheDirectory);
    }

    /**
     * A model that may have to be fetched; empty if it is embedded or a file.
     *
     * @param key the configuration key that holds the text, for messages
     * @throws ConfigurationException if the text names no model
     */
    public static Optional<ModelSource.Remote> remote(String model, String key) {
        return !isEmbedded(model) && source(model, key) instanceof ModelSource.Remote remote ? Optional.of(remote)
                : Optional.empty();
    }

    private static boolean isEmbedded(String model) {
        return KimiLinearFixedConfig.ChatModel.EMBEDDED.equals(model);
    }

    private static ModelSource source(String model, String key) {
        try {
            return ModelSource.parse(model);
        } catch (ModelSupplyException e) {
            throw new ConfigurationException(e.getMessage() + " Or \"" + KimiLinearFixedConfig.ChatModel.EMBEDDED
                    + "\", the embedded demonstration model. (" + key + ")", e, Set.of(key));
        }
    }

    /**
     * The first file of a model on this machine; empty if it would have to be fetched.
     *
     * @param key the configuration key that holds the text, for messages
     * @throws ConfigurationException if the text names no model, or a file that is not there
     */
    public Optional<Path> find(String model, String key) {
        if (isEmbedded(model)) {
            return Optional.of(embedded());
        }
        return switch (source(model, key)) {
            case ModelSource.LocalFile file -> Optional.of(existing(file.path(), key));
            case ModelSource.Remote remote -> supply().find(remote);
        };
    }

    private static Path existing(Path path, String key) {
        Path file = path.toAbsolutePath().normalize();
        String problem = !Files.exists(file) ? "there is no such file"
                : Files.isDirectory(file) ? "it is a directory"
                        : !Files.isReadable(file) ? "this process may not read it" : null;
        if (problem != null) {
            throw new ConfigurationException("Cannot open model \"" + file + "\" (" + key + "=" + path + "): " + problem
                    + ". Expected a GGUF file of a Kimi-Linear model, or \"" + KimiLinearFixedConfig.ChatModel.EMBEDDED
                    + "\" for the embedded demonstration model.", Set.of(key));
        }
        return file;
    }

    /**
     * The first file of a model that the build has put beside the jar.
     *
     * @param name of the model, as a reader knows it
     * @param jar the jar that this process was started with
     * @throws ConfigurationException if it is not there
     */
    static Path packaged(String name, Path jar, String key) {
        Path folder = jar.toAbsolutePath().resolveSibling(PACKAGED).resolve(name);
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                // Of a split model the first part comes first.
                Optional<Path> first = files.filter(file -> file.toString().endsWith(GGUF)).sorted().findFirst();
                if (first.isPresent()) {
                    return first.get();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot list \"" + folder + "\"", e);
            }
        }
        throw new ConfigurationException("The model was packaged with the application, but there is no " + GGUF + " file in \""
                + folder + "\". Keep that folder beside the jar, or say with " + key + " where the model is.", Set.of(key));
    }

    /**
     * The embedded model as a file, unpacked where it is missing or damaged. Its name carries the hash of its content, so
     * another version of the extension has another file; it appears by a move, so another process that starts at the
     * same moment sees all of it or nothing.
     */
    private Path embedded() {
        byte[] content = embeddedContent();
        Path file = cacheDirectory.resolve(EMBEDDED_NAME + "-" + sha256(content) + GGUF).toAbsolutePath();
        try {
            if (!holds(file, content)) {
                Files.createDirectories(file.getParent());
                Path part = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".part");
                try {
                    Files.write(part, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                } finally {
                    Files.deleteIfExists(part);
                }
            }
        } catch (IOException e) {
            throw new ConfigurationException("Cannot unpack the embedded model to \"" + file + "\": " + e + ". Set "
                    + CACHE_KEY + " to a directory that can be written.", e, Set.of(CACHE_KEY));
        }
        return file;
    }

    private static boolean holds(Path file, byte[] content) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) == content.length
                && Arrays.equals(Files.readAllBytes(file), content);
    }

    private static byte[] embeddedContent() {
        try (InputStream resource = ModelStore.class.getResourceAsStream(EMBEDDED_RESOURCE)) {
            if (resource == null) {
                throw new ConfigurationException("The embedded model is missing: no resource " + EMBEDDED_RESOURCE
                        + ". Add the dependency dev.kimilinear:kimi-linear-tiny-model.");
            }
            return resource.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the resource " + EMBEDDED_RESOURCE, e);
        }
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
