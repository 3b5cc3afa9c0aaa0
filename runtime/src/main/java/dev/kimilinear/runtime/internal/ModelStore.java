package dev.kimilinear.runtime.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

import dev.kimilinear.runtime.config.KimiLinearFixedConfig;
import io.quarkus.runtime.configuration.ConfigurationException;

/** From what the configuration says of a model to a file that can be opened. Never downloads. */
final class ModelStore {

    private static final String CACHE_KEY = "quarkus.langchain4j.kimi-linear.cache-directory";
    private static final String EMBEDDED_RESOURCE = "/dev/kimilinear/tiny/kimi-linear-tiny.gguf";
    private static final String EMBEDDED_NAME = "kimi-linear-tiny";

    /** A scheme of two letters or more: one letter is a Windows drive. */
    private static final Pattern URI_SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:.*");

    private final Path cacheDirectory;

    ModelStore(Path cacheDirectory) {
        this.cacheDirectory = cacheDirectory;
    }

    /**
     * @param model {@value KimiLinearFixedConfig.ChatModel#EMBEDDED}, a path or a {@code file:} URI
     * @param key the configuration key that holds it, for messages
     * @return a file that exists and can be read
     * @throws ConfigurationException if there is none
     */
    Path resolve(String model, String key) {
        return KimiLinearFixedConfig.ChatModel.EMBEDDED.equals(model) ? embedded() : existing(model, key);
    }

    private static Path existing(String model, String key) {
        Path file = path(model, key).toAbsolutePath().normalize();
        String problem = !Files.exists(file) ? "there is no such file"
                : Files.isDirectory(file) ? "it is a directory"
                        : !Files.isReadable(file) ? "this process may not read it" : null;
        if (problem != null) {
            throw new ConfigurationException("Cannot open model \"" + file + "\" (" + key + "=" + model + "): " + problem
                    + ". Expected a GGUF file of a Kimi-Linear model, or \"" + KimiLinearFixedConfig.ChatModel.EMBEDDED
                    + "\" for the embedded demonstration model.", Set.of(key));
        }
        return file;
    }

    private static Path path(String model, String key) {
        try {
            if (model.startsWith("file:")) {
                return Path.of(URI.create(model));
            }
            if (URI_SCHEME.matcher(model).matches()) {
                throw new ConfigurationException("Cannot open model \"" + model + "\" (" + key
                        + "): models are not downloaded. Expected a path or a file: URI.", Set.of(key));
            }
            return Path.of(model);
        } catch (InvalidPathException e) {
            throw new ConfigurationException("Cannot open model \"" + model + "\" (" + key + "): not a path, "
                    + e.getMessage() + ". Expected a path or a file: URI.", e, Set.of(key));
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Cannot open model \"" + model + "\" (" + key + "): not a file: URI, "
                    + e.getMessage() + ". Expected the form file:///directory/model.gguf.", e, Set.of(key));
        }
    }

    /**
     * The embedded model as a file, unpacked where it is missing or damaged. Its name carries the hash of its content, so
     * another version of the extension has another file; it appears by a move, so another process that starts at the
     * same moment sees all of it or nothing.
     */
    private Path embedded() {
        byte[] content = embeddedContent();
        Path file = cacheDirectory.resolve(EMBEDDED_NAME + "-" + sha256(content) + ".gguf").toAbsolutePath();
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
