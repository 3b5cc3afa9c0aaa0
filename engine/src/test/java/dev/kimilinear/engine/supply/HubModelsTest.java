package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.HubDouble.Fault;

class HubModelsTest extends SupplyTest {

    private Path repository;

    @BeforeEach
    void nameRepository() {
        repository = directory.resolve("hub/models--owner--name");
    }

    private Path snapshot(String path) {
        return repository.resolve("snapshots/" + hub.commit() + "/" + path);
    }

    @Test
    void aModelIsLaidOutAsOtherToolsReadIt() throws Exception {
        byte[] content = hub.add("sub/folder/a-Q4_K_M.gguf", HubDouble.model(10_000, 1));

        Path file = fetch("hf:owner/name:q4_k_m");

        assertThat(file).isEqualTo(snapshot("sub/folder/a-Q4_K_M.gguf")).hasBinaryContent(content);
        assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("../../../../blobs", HubDouble.sha256(content)));
        assertThat(repository.resolve("blobs/" + HubDouble.sha256(content))).hasBinaryContent(content);
        assertThat(repository.resolve("refs/main")).hasContent(hub.commit());
        assertThat(supply().find(remote("hf:owner/name:Q4_K_M"))).hasValue(file);
    }

    @Test
    void aSplitModelIsAllItsPartsInOneFolder() throws Exception {
        byte[] first = hub.add("q/a-Q8_0-00001-of-00002.gguf", HubDouble.model(10_000, 1));
        byte[] second = hub.add("q/a-Q8_0-00002-of-00002.gguf", HubDouble.model(5_000, 2));

        Path file = fetch("hf:owner/name");

        assertThat(file).isEqualTo(snapshot("q/a-Q8_0-00001-of-00002.gguf")).hasBinaryContent(first);
        assertThat(file.resolveSibling("a-Q8_0-00002-of-00002.gguf")).hasBinaryContent(second);
        assertThat(ear.progress).extracting(DownloadProgress::bytesTotal).containsOnly(15_000L);
        assertThat(ear.progress.getLast()).extracting(DownloadProgress::file, DownloadProgress::bytesDone)
                .containsExactly("q/a-Q8_0-00002-of-00002.gguf", 15_000L);
    }

    @Test
    void onlyTheMissingPartsOfASplitModelAreFetched() throws Exception {
        hub.add("a-Q8_0-00001-of-00002.gguf", HubDouble.model(10_000, 1));
        byte[] second = hub.add("a-Q8_0-00002-of-00002.gguf", HubDouble.model(5_000, 2));
        fetch("hf:owner/name");
        Files.delete(repository.resolve("blobs/" + HubDouble.sha256(second)));
        ModelSource.Remote source = remote("hf:owner/name");

        assertThat(supply().find(source)).isEmpty();
        DownloadPlan plan = supply().plan(source);
        fetch("hf:owner/name");

        assertThat(plan.bytesTotal()).isEqualTo(15_000);
        assertThat(plan.bytesMissing()).isEqualTo(5_000);
        assertThat(plan.files()).containsExactly(
                new DownloadPlan.PlannedFile("a-Q8_0-00001-of-00002.gguf", 10_000, 10_000),
                new DownloadPlan.PlannedFile("a-Q8_0-00002-of-00002.gguf", 5_000, 0));
        assertThat(hub.downloads()).isEqualTo(3);
        assertThat(ear.progress.getLast().bytesDone()).isEqualTo(15_000);
    }

    @Test
    void aModelThatIsThereIsNotFetchedAgain() {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Path file = fetch("hf:owner/name");
        ear.progress.clear();

        assertThat(fetch("hf:owner/name")).isEqualTo(file);

        assertThat(hub.downloads()).isEqualTo(1);
        assertThat(ear.progress).isEmpty();
    }

    @Test
    void manyThreadsFetchAModelOnce() throws Exception {
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(100_000, 1));
        hub.storeHabit = Fault.pause(200);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Path>> files = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                files.add(threads.submit(() -> fetch("hf:owner/name")));
            }
            for (Future<Path> file : files) {
                assertThat(file.get()).hasBinaryContent(content);
            }
        }
        assertThat(hub.downloads()).isEqualTo(1);
    }

    @Test
    void aBlobThatAnotherToolHasFetchedIsUsed() throws Exception {
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Files.createDirectories(repository.resolve("blobs"));
        Files.write(repository.resolve("blobs/" + HubDouble.sha256(content)), content);

        assertThat(fetch("hf:owner/name")).isEqualTo(snapshot("a-Q4_K_M.gguf")).hasBinaryContent(content);

        assertThat(hub.downloads()).isZero();
    }

    @Test
    void aFileWithoutLinksIsUsedBySize() throws Exception {
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Files.createDirectories(snapshot("").normalize());
        Files.write(snapshot("a-Q4_K_M.gguf"), content);

        assertThat(fetch("hf:owner/name")).hasBinaryContent(content);

        assertThat(hub.downloads()).isZero();
    }

    @Test
    void aLinkToAnotherBlobIsReplaced() throws Exception {
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Path file = fetch("hf:owner/name");
        Path other = repository.resolve("blobs/" + "f".repeat(64));
        Files.write(other, new byte[10_000]);
        Files.delete(file);
        Files.createSymbolicLink(file, file.getParent().relativize(other));

        assertThat(fetch("hf:owner/name")).hasBinaryContent(content);
    }

    @Test
    void aModelInTheCacheOfLlamaCppIsUsedThere() throws Exception {
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Path llama = directory.resolve("llama");
        fetch("hf:owner/name", "HF_HUB_CACHE", llama.toString());

        Path file = fetch("hf:owner/name", "LLAMA_CACHE", llama.toString());

        assertThat(file).startsWith(llama).hasBinaryContent(content);
        assertThat(hub.downloads()).isEqualTo(1);
        assertThat(supply("LLAMA_CACHE", llama.toString()).find(remote("hf:owner/name"))).hasValue(file);
    }

    @Test
    void aBranchThatMovesOnIsFollowed() throws Exception {
        byte[] old = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Path oldFile = fetch("hf:owner/name");
        hub.commit("main", 'b');
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 2));

        Path file = fetch("hf:owner/name");

        assertThat(file).isEqualTo(snapshot("a-Q4_K_M.gguf")).hasBinaryContent(content);
        assertThat(oldFile).hasBinaryContent(old);
        assertThat(repository.resolve("refs/main")).hasContent(hub.commit());
    }

    @Test
    void everythingComesFromOneCommit() {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        hub.apiFaults.add(answer -> hub.commit("main", 'b'));
        hub.commit("old", 'a');

        Path file = fetch("hf:owner/name");

        assertThat(file.toString()).contains("/snapshots/" + "a".repeat(40));
        assertThat(hub.hubRequests).extracting(HubDouble.Request::path).containsExactly(
                "/api/models/owner/name/revision/main",
                "/api/models/owner/name/tree/" + "a".repeat(40) + "?recursive=true",
                "/owner/name/resolve/" + "a".repeat(40) + "/a-Q4_K_M.gguf");
    }

    @Test
    void aCommitIsNotAskedForAndNotRemembered() {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));

        fetch("hf:owner/name@" + hub.commit());

        assertThat(hub.hubRequests).noneMatch(request -> request.path().contains("/revision/"));
        assertThat(repository.resolve("refs")).doesNotExist();
        assertThat(supply().find(remote("hf:owner/name@" + hub.commit()))).isPresent();
    }

    @Test
    void aRevisionMayHaveASlash() {
        hub.add("a b/ü+#-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        hub.commit("feature/x", 'a');

        Path file = fetch("hf:owner/name@feature/x");

        assertThat(file).exists();
        assertThat(hub.hubRequests.getFirst().path()).isEqualTo("/api/models/owner/name/revision/feature%2Fx");
        assertThat(hub.hubRequests.getLast().path()).endsWith("/a%20b/%C3%BC%2B%23-Q4_K_M.gguf");
        assertThat(repository.resolve("refs/feature/x")).hasContent(hub.commit());
    }

    @Test
    void aLongListIsReadToItsEnd() {
        hub.entriesPerPage = 2;
        for (String name : List.of("a-IQ1_S", "a-Q2_K", "a-Q3_K_M", "a-Q4_K_M", "a-Q5_K_M")) {
            hub.add(name + ".gguf", HubDouble.model(100, 1));
        }

        assertThat(fetch("hf:owner/name:Q5_K_M")).exists();

        assertThat(hub.hubRequests.stream().filter(request -> request.path().contains("/tree/"))).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = { "http://127.0.0.1:1", "https://localhost", "mailto:", "http://{}" })
    void aListDoesNotGoOnAtAnotherHost(String host) {
        hub.apiFaults.addAll(List.of(Fault.none(), Fault.header("Link", "<" + host + "/more>; rel=\"next\"")));

        refused(() -> fetch("hf:owner/name"))
                .withMessageContainingAll("not go on at the same host, but at " + host + "/more", "HF_ENDPOINT");
    }

    @Test
    void namesThatLeadElsewhereAreNotTaken() {
        hub.add("../../../x-Q4_K_M.gguf", HubDouble.model(100, 1));
        hub.add("/etc/y-Q4_K_M.gguf", HubDouble.model(100, 1));
        hub.add("z-Q4_K_S.gguf", HubDouble.model(100, 1));

        assertThat(fetch("hf:owner/name")).isEqualTo(snapshot("z-Q4_K_S.gguf"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "<html>login</html>", "{\"sha\":\"../../x\"}", "{}", "null", "" })
    void aHubThatIsNoneIsSaidToBe(String body) {
        hub.apiFaults.add(answer -> answer.body = body.getBytes());

        refused(() -> fetch("hf:owner/name"))
                .withMessageContainingAll("Cannot understand what http://localhost:",
                        "/revision/main says of hf:owner/name@main",
                        "Expected a Hugging Face hub", "HF_ENDPOINT");
    }

    @Test
    void aGatedRepositoryAsksForAToken() {
        hub.token = "hf_right";

        refused(() -> fetch("hf:owner/name"))
                .withMessage("Cannot fetch hf:owner/name@main: " + hub.endpoint()
                        + "/api/models/owner/name/revision/main answers HTTP 401, the repository is gated or private, or there "
                        + "is none of this name. Check the name, and set HF_TOKEN to a token that may read it.");
        refused(() -> fetch("hf:owner/name", "HF_TOKEN", "hf_wrong"))
                .withMessageContainingAll("HTTP 403", "the token given has no access", "Ask for access")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hf_wrong"));
        hub.add("a-Q4_K_M.gguf", HubDouble.model(100, 1));
        assertThat(fetch("hf:owner/name", "HF_TOKEN", "hf_right")).exists();
    }

    @Test
    void aFileMayBeGatedWhereTheListIsNot() {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(100, 1));
        hub.resolveFaults.add(Fault.status(403));

        refused(() -> fetch("hf:owner/name"))
                .withMessageContainingAll("HTTP 403", "gated or private", "HF_TOKEN");
        assertThat(ear.reasons).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "hf:owner/other@main    | there is no such repository",
            "hf:owner/name@none     | there is no such revision",
            "hf:owner/name@ffffffffffffffffffffffffffffffffffffffff | there is no such revision",
            "hf:owner/name/b.gguf@main | there is no such file. The repository has a-Q4_K_M.gguf (100 bytes)",
            "hf:owner/name:Q9@main  | there is no such quantisation. The repository has a-Q4_K_M.gguf (100 bytes)" })
    void whatIsNotThereIsNamed(String source, String problem) {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(100, 1));

        refused(() -> fetch(source))
                .withMessageContainingAll(source, problem);
        assertThat(ear.reasons).isEmpty();
    }

    @Test
    void aHubThatIsBusyIsAskedAgain() {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(100, 1));
        hub.apiFaults.add(Fault.status(429, "Retry-After", "2"));
        hub.apiFaults.add(Fault.status(500));
        hub.apiFaults.add(Fault.none());
        hub.apiFaults.add(Fault.cut(3));

        assertThat(fetch("hf:owner/name")).exists();

        assertThat(ear.delays).hasSize(3).startsWith(Duration.ofSeconds(2));
    }

    @Test
    void whatTheCacheKnowsIsGoodEnoughWhenTheHubIsAway() {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Path file = fetch("hf:owner/name:Q4_K_M");
        int asked = hub.hubRequests.size();
        for (int i = 0; i < Retries.TRIES; i++) {
            hub.apiFaults.add(Fault.status(503));
        }

        assertThat(fetch("hf:owner/name:Q4_K_M")).isEqualTo(file);

        assertThat(hub.hubRequests).as("asked once").hasSize(asked + 1);
        assertThat(ear.reasons).isEmpty();
    }

    @Test
    void withoutACacheAHubThatIsAwayIsAnError() {
        hub.apiFaults.addAll(Collections.nCopies(Retries.TRIES, Fault.status(503)));

        assertThatExceptionOfType(ModelSupplyException.Unreachable.class).isThrownBy(() -> fetch("hf:owner/name"))
                .withMessage("Cannot ask " + hub.endpoint() + " for hf:owner/name@main: " + hub.endpoint()
                        + "/api/models/owner/name/revision/main answers HTTP 503 (tries without progress: 6). Check the "
                        + "network, and the proxy if there is one, and start again.");
    }

    @Test
    void nobodyListeningIsAnErrorToo() {
        String closed = hub.endpoint().toString();
        hub.close();

        assertThatExceptionOfType(ModelSupplyException.Unreachable.class).isThrownBy(() -> fetch("hf:owner/name"))
                .withMessageContainingAll("Cannot ask " + closed, "ConnectException");
    }

    @ParameterizedTest
    @ValueSource(strings = { "1", "true", "YES", "On" })
    void offlineOnlyTheCacheIsLookedAt(String offline) {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Path file = fetch("hf:owner/name");
        int asked = hub.hubRequests.size();

        assertThat(fetch("hf:owner/name", "HF_HUB_OFFLINE", offline)).isEqualTo(file);
        assertThat(supply("HF_HUB_OFFLINE", offline).plan(remote("hf:owner/name")).bytesMissing()).isZero();
        assertThatExceptionOfType(ModelSupplyException.Unreachable.class)
                .isThrownBy(() -> fetch("hf:owner/name:Q8_0", "HF_HUB_OFFLINE", offline))
                .withMessageContainingAll("HF_HUB_OFFLINE is set", directory.resolve("hub").toString());
        assertThat(hub.hubRequests).hasSize(asked);
        for (String other : List.of("hf:owner/name@other", "hf:owner/other", "hf:owner/name@" + "f".repeat(40))) {
            assertThat(supply().find(remote(other))).as(other).isEmpty();
        }
    }

    @Test
    void aBranchIsRememberedOnceTheFilesAreThere() throws Exception {
        hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Path file = fetch("hf:owner/name");
        hub.commit("main", 'b');
        hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 2));
        hub.resolveFaults.add(Fault.status(403));

        refused(() -> fetch("hf:owner/name"));

        assertThat(supply().find(remote("hf:owner/name"))).hasValue(file);
    }

    @Test
    void withoutSymbolicLinksTheBlobMovesToItsName() throws Exception {
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));
        Machine machine = quick();
        ModelSupply supply = supply(new Machine(machine.nanos(), machine.sleep(), machine.usableBytes(), (name, target) -> {
            throw new UnsupportedOperationException();
        }, machine.http(), machine.longestSilence()));

        Path file = supply.fetch(remote("hf:owner/name"), ear);

        assertThat(file).hasBinaryContent(content).isRegularFile();
        assertThat(Files.isSymbolicLink(file)).isFalse();
        assertThat(repository.resolve("blobs/" + HubDouble.sha256(content))).doesNotExist();
        assertThat(supply.fetch(remote("hf:owner/name"), ear)).isEqualTo(file);
        assertThat(supply.find(remote("hf:owner/name"))).hasValue(file);
        assertThat(hub.downloads()).isEqualTo(1);
    }

    @Test
    void theRoomIsForAllParts() {
        hub.add("a-Q8_0-00001-of-00002.gguf", HubDouble.model(10_000, 1));
        hub.add("a-Q8_0-00002-of-00002.gguf", HubDouble.model(5_000, 2));
        refused(() -> supply(withRoom(14_999)).fetch(remote("hf:owner/name"), ear))
                .withMessageContainingAll("15,000 bytes are missing", "room for 14,999");
        assertThat(hub.downloads()).isZero();
    }
}
