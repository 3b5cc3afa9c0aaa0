package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what others have written. */
class HubCacheTest {

    private static final String COMMIT = "1".repeat(40);
    private static final String HASH = "a".repeat(64);

    @TempDir
    Path directory;

    private HubCache cache() {
        return new HubCache(directory, "owner/name", Machine.THIS);
    }

    private Path put(String path, byte[] content) throws Exception {
        Path file = directory.resolve("models--owner--name/" + path);
        Files.createDirectories(file.getParent());
        return Files.write(file, content);
    }

    @Test
    void theFilesOfASnapshotHaveTheSizeAndTheNameOfTheirBlobs() throws Exception {
        Path blob = put("blobs/" + HASH, new byte[7]);
        put("snapshots/" + COMMIT + "/plain.gguf", new byte[5]);
        Path link = directory.resolve("models--owner--name/snapshots/" + COMMIT + "/sub/a.gguf");
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, link.getParent().relativize(blob));
        Files.createSymbolicLink(link.resolveSibling("lost.gguf"), Path.of("../../../blobs/" + "b".repeat(64)));

        assertThat(cache().files(COMMIT)).containsExactlyInAnyOrder(new HubFile("sub/a.gguf", 7, HASH),
                new HubFile("plain.gguf", 5, ""));
        assertThat(cache().files("2".repeat(40))).isEmpty();
        assertThat(cache().has(COMMIT, new HubFile("sub/a.gguf", 7, HASH))).isTrue();
        assertThat(cache().has(COMMIT, new HubFile("sub/a.gguf", 8, HASH))).isFalse();
        assertThat(cache().has(COMMIT, new HubFile("sub/a.gguf", 7, "b".repeat(64)))).isFalse();
        assertThat(cache().has(COMMIT, new HubFile("other.gguf", 7, HASH))).as("as a blob").isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = { "1111111111111111111111111111111111111111", "1111111111111111111111111111111111111111\n" })
    void aRevisionIsTheCommitInItsFile(String content) throws Exception {
        put("refs/refs/pr/1", content.getBytes());

        assertThat(cache().commit("refs/pr/1")).hasValue(COMMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "main", "../../../../../../../../../../etc" })
    void whatIsNoCommitIsNotOne(String content) throws Exception {
        put("refs/main", content.getBytes());

        assertThat(cache().commit("main")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = { "main", "a/b", "v1.0", "..a", "a..b", "ü ü/1+1", "refs/pr/1" })
    void aPathIsOne(String text) {
        assertThat(HubCache.isPath(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = { "", ".", "..", "../a", "a/..", "a/../b", "/a", "a/", "a//b", "a\\b", "C:a", "a\0b", "a\nb",
            "a?b" })
    void aPathThatLeadsElsewhereIsNone(String text) {
        assertThat(HubCache.isPath(text)).isFalse();
    }
}
