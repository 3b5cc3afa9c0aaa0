package dev.kimilinear.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.quarkus.runtime.configuration.ConfigurationException;

class ModelStoreTest {

    private static final String KEY = "quarkus.langchain4j.kimi-linear.chat-model.model-path";

    @TempDir
    Path directory;

    private Path cache;
    private ModelStore store;

    @BeforeEach
    void newCache() {
        cache = directory.resolve("not/yet/there");
        store = new ModelStore(cache);
    }

    private static Path resolve(ModelStore store, String model, String key) {
        return store.find(model, key).orElseThrow();
    }

    private static byte[] embedded() throws IOException {
        try (InputStream resource = ModelStoreTest.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf")) {
            return resource.readAllBytes();
        }
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @Test
    void theEmbeddedModelIsUnpackedUnderItsContentHash() throws Exception {
        Path file = resolve(store, "tiny", KEY);

        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(embedded()));
        assertThat(file).isEqualTo(cache.resolve("kimi-linear-tiny-" + hash + ".gguf")).hasBinaryContent(embedded());
        assertThat(cached()).containsExactly(file);
    }

    @Test
    void anUnpackedModelIsNotWrittenAgain() throws Exception {
        Path file = resolve(store, "tiny", KEY);
        Object before = Files.readAttributes(file, "fileKey,lastModifiedTime");

        assertThat(resolve(store, "tiny", KEY)).isEqualTo(file);

        assertThat((Object) Files.readAttributes(file, "fileKey,lastModifiedTime")).isEqualTo(before);
    }

    @Test
    void aDamagedUnpackedModelIsRepaired() throws Exception {
        Path file = resolve(store, "tiny", KEY);
        byte[] damaged = embedded();
        damaged[damaged.length / 2] ^= 1;
        Files.write(file, damaged);

        assertThat(resolve(store, "tiny", KEY)).hasBinaryContent(embedded());
    }

    @Test
    void aTruncatedUnpackedModelIsRepaired() throws Exception {
        Path file = resolve(store, "tiny", KEY);
        Files.write(file, new byte[10]);

        assertThat(resolve(store, "tiny", KEY)).hasBinaryContent(embedded());
        assertThat(cached()).containsExactly(file);
    }

    @Test
    void processesThatStartAtTheSameMomentDoNotDisturbEachOther() throws Exception {
        int starts = 8;
        byte[] expected = embedded();
        CyclicBarrier barrier = new CyclicBarrier(starts);
        try (ExecutorService threads = Executors.newFixedThreadPool(starts)) {
            List<Future<byte[]>> contents = new ArrayList<>();
            for (int i = 0; i < starts; i++) {
                contents.add(threads.submit(() -> {
                    ModelStore own = new ModelStore(cache);
                    barrier.await();
                    return Files.readAllBytes(resolve(own, "tiny", KEY));
                }));
            }
            for (Future<byte[]> content : contents) {
                assertThat(content.get()).isEqualTo(expected);
            }
        }
        assertThat(cached()).hasSize(1);
    }

    @Test
    void aCacheDirectoryThatCannotBeWrittenIsNamedWithItsKey() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> resolve(new ModelStore(file), "tiny", KEY))
                .withMessageContainingAll("Cannot unpack", file.toString(), "quarkus.langchain4j.kimi-linear.cache-directory");
    }

    @Test
    void aPathAndAFileUriNameTheSameFile() throws Exception {
        Path file = Files.createFile(directory.resolve("a model.gguf"));

        assertThat(resolve(store, file.toString(), KEY)).isEqualTo(file);
        assertThat(resolve(store, file.toUri().toString(), KEY)).isEqualTo(file);
        assertThat(cache).doesNotExist();
    }

    @Test
    void aRelativePathStartsAtTheWorkingDirectory() {
        assertThat(resolve(store, "pom.xml", KEY)).isEqualTo(Path.of("pom.xml").toAbsolutePath());
    }

    @Test
    void aMissingFileIsRefusedWithItsAbsolutePathAndKey() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> resolve(store, "models/none.gguf", KEY))
                .withMessage("Cannot open model \"" + Path.of("models/none.gguf").toAbsolutePath() + "\" (" + KEY
                        + "=models/none.gguf): there is no such file. Expected a GGUF file of a Kimi-Linear model, or \"tiny\" "
                        + "for the embedded demonstration model.")
                .satisfies(e -> assertThat(e.getConfigKeys()).containsExactly(KEY));
    }

    @Test
    void aDirectoryIsRefused() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> resolve(store, directory.toString(), KEY))
                .withMessageContainingAll(KEY, "it is a directory");
    }

    @Test
    void aModelOfTheHubOrOfAUrlIsLookedForOnThisMachine() {
        assertThat(store.find("http://localhost/kimi.gguf", KEY)).isEmpty();
    }

    @Test
    void anotherSchemeIsRefused() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> store.find("ftp://localhost/kimi.gguf", KEY))
                .withMessageContainingAll(KEY, "models do not come from ftp:")
                .satisfies(e -> assertThat(e.getConfigKeys()).containsExactly(KEY));
    }

    @Test
    void aPackagedModelLiesBesideTheJar() throws Exception {
        Path folder = Files.createDirectories(directory.resolve("models/default"));
        Path jar = directory.resolve("quarkus-run.jar");
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> ModelStore.packaged("default", jar, KEY))
                .withMessageContainingAll(folder.toString(), "beside the jar", KEY);

        Files.createFile(folder.resolve("kimi-00002-of-00002.gguf"));
        Path first = Files.createFile(folder.resolve("kimi-00001-of-00002.gguf"));
        assertThat(ModelStore.packaged("default", jar, KEY)).isEqualTo(first);
    }

    @Test
    void aMalformedFileUriIsRefused() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> resolve(store, "file:relative.gguf", KEY))
                .withMessageContainingAll(KEY, "file:///directory/model.gguf");
    }

    @Test
    void aTextThatIsNoPathIsRefused() {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> resolve(store, "kimi\0.gguf", KEY))
                .withMessageContainingAll(KEY, "it is not a path");
    }
}
