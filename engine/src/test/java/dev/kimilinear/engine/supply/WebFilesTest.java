package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.HubDouble.Fault;

class WebFilesTest extends SupplyTest {

    private byte[] content;
    private String url;

    @BeforeEach
    void addFile() {
        content = hub.add("a.gguf", HubDouble.model(200_000, 1));
        url = hub.fileUri("a.gguf").toString();
    }

    private Path folder() {
        return directory.resolve("cache/downloads").resolve(Sha256.hex(url));
    }

    @Test
    void aFileIsKeptWithWhatIsKnownOfIt() throws Exception {
        Path file = fetch(url + "?key=secret");

        assertThat(file).isEqualTo(folder().resolve("a.gguf")).hasBinaryContent(content);
        JsonNode facts = new ObjectMapper().readTree(folder().resolve("a.gguf.json").toFile());
        assertThat(facts.path("url").asText()).isEqualTo(url);
        assertThat(facts.path("size").asLong()).isEqualTo(200_000);
        assertThat(facts.path("sha256").asText()).isEqualTo(HubDouble.sha256(content));
        assertThat(hub.storeRequests.getFirst().path()).isEqualTo("/files/a.gguf?key=secret");
    }

    @Test
    void aFileIsFoundWithoutTheNetworkWhateverTheQuery() {
        Path file = fetch(url + "?key=1");

        assertThat(supply().find(remote(url + "?key=2"))).hasValue(file);
        assertThat(fetch(url)).isEqualTo(file);
        assertThat(supply("HF_HUB_OFFLINE", "1").fetch(remote(url), ear)).isEqualTo(file);
        assertThat(hub.downloads()).isEqualTo(1);
    }

    @Test
    void offlineNothingElseIsTried() {
        assertThatExceptionOfType(ModelSupplyException.Unreachable.class)
                .isThrownBy(() -> supply("HF_HUB_OFFLINE", "1").fetch(remote(url), ear))
                .withMessageContainingAll("Cannot ask " + url, "HF_HUB_OFFLINE is set");
        assertThat(hub.downloads()).isZero();
    }

    @Test
    void aHashThatIsGivenIsCompared() {
        assertThat(fetch(url + "#sha256=" + HubDouble.sha256(content))).hasBinaryContent(content);

        String other = "0".repeat(64);
        assertThat(supply().find(remote(url + "#sha256=" + other))).isEmpty();
        refused(() -> fetch(url + "#sha256=" + other))
                .withMessageContainingAll("its SHA-256 is " + HubDouble.sha256(content), "expected " + other);
    }

    @Test
    void aNewVersionReplacesTheOldOneWhenItsHashIsAskedFor() {
        fetch(url);
        byte[] next = hub.add("a.gguf", HubDouble.model(200_000, 2));

        assertThat(fetch(url)).as("nothing else is asked for").hasBinaryContent(content);
        assertThat(fetch(url + "#sha256=" + HubDouble.sha256(next))).hasBinaryContent(next);
    }

    @Test
    void aFileThatWasCutSinceIsFetchedAgain() throws Exception {
        Path file = fetch(url);
        Files.write(file, new byte[100]);

        assertThat(supply().find(remote(url))).isEmpty();
        assertThat(fetch(url)).hasBinaryContent(content);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "{", "{}", "[]", "{\"size\":\"200000\"}" })
    void aFileOfWhichNothingIsKnownIsFetchedAgain(String facts) throws Exception {
        Path file = fetch(url + "#sha256=" + HubDouble.sha256(content));
        Files.writeString(folder().resolve("a.gguf.json"), facts);

        assertThat(supply().find(remote(url + "#sha256=" + HubDouble.sha256(content)))).isEmpty();
        Files.delete(folder().resolve("a.gguf.json"));
        assertThat(fetch(url)).isEqualTo(file).hasBinaryContent(content);
        assertThat(hub.downloads()).isEqualTo(2);
    }

    @Test
    void aPageIsNoModel() throws Exception {
        hub.add("a.gguf", "<!doctype html>".getBytes(StandardCharsets.UTF_8));

        refused(() -> fetch(url))
                .withMessageContainingAll("Cannot use a.gguf from " + url, "does not begin with \"GGUF\"", "is not the file");
        assertThat(folder().resolve("a.gguf")).doesNotExist();
        assertThat(folder().resolve("a.gguf.part")).doesNotExist();
    }

    @Test
    void aServerMustSayTheLength() {
        hub.storeHabit = Fault.withoutLength();

        refused(() -> fetch(url))
                .withMessageContainingAll("Cannot download a.gguf from " + url, "does not say how long it is");
        refused(() -> supply().plan(remote(url)))
                .withMessageContaining("does not say how long it is");
    }

    @Test
    void aCutIsResumedByTheETag() {
        hub.storeFaults.add(Fault.cut(50_000));

        assertThat(fetch(url)).hasBinaryContent(content);

        assertThat(hub.storeRequests.getLast().range()).isEqualTo("bytes=50000-");
        assertThat(ear.progress.getLast()).extracting(DownloadProgress::bytesDone, DownloadProgress::bytesTotal)
                .containsExactly(200_000L, 200_000L);
    }

    @Test
    void aPartThatIsCompleteIsNotFetchedAgain() throws Exception {
        leavePart(url, 100_000);
        Files.write(folder().resolve("a.gguf.part"), content);

        assertThat(fetch(url)).hasBinaryContent(content);

        assertThat(hub.storeRequests).extracting(HubDouble.Request::range).containsExactly("bytes=200000-");
    }

    @Test
    void thePlanSaysWhatIsThereAndWhatIsMissing() {
        ModelSource.Remote source = remote(url);
        assertThat(supply().plan(source).files()).containsExactly(new DownloadPlan.PlannedFile("a.gguf", 200_000, 0));
        leavePart(url, 50_000);

        assertThat(supply().plan(source).files()).containsExactly(new DownloadPlan.PlannedFile("a.gguf", 200_000, 50_000));
        fetch(url);
        int asked = hub.downloads();
        assertThat(supply().plan(source).bytesMissing()).isZero();
        assertThat(hub.downloads()).isEqualTo(asked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = { "401 | it wants to know who asks", "403 | a signature that has not expired",
            "404 | there is no such file. Check the URL", "418 | not expected" })
    void aRefusalIsSaid(int status, String problem) {
        hub.storeHabit = Fault.status(status);

        refused(() -> fetch(url + "?key=secret"))
                .withMessageContainingAll("Cannot fetch " + url, "HTTP " + status, problem)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        refused(() -> supply().plan(remote(url))).withMessageContaining(problem);
        assertThat(ear.reasons).isEmpty();
    }

    @Test
    void aNameThatIsNoneIsReplaced() {
        hub.add("d/", content);

        assertThat(fetch(hub.fileUri("d/").toString())).hasFileName("model.gguf").hasBinaryContent(content);
    }

    @Test
    void theDirectoryThatCannotBeWrittenIsNamed() throws Exception {
        Files.createFile(directory.resolve("cache"));

        refused(() -> fetch(url))
                .withMessageContainingAll("\"" + folder(), "can be written");
    }
}
