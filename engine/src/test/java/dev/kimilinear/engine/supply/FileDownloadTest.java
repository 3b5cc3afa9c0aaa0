package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.HubDouble.Fault;

/** One file of a hub, through everything that can happen to it. */
class FileDownloadTest extends SupplyTest {

    private static final int BYTES = 300_000;
    private static final String SOURCE = "hf:owner/name/a-Q4_K_M.gguf";

    private byte[] content;
    private Path blobs;

    @BeforeEach
    void addFile() {
        hub.token = "hf_secret";
        content = hub.add("a-Q4_K_M.gguf", HubDouble.model(BYTES, 1));
        blobs = directory.resolve("hub/models--owner--name/blobs");
    }

    private Path fetch() {
        return fetch(SOURCE, "HF_TOKEN", "hf_secret");
    }

    private Path fetch(Machine machine) {
        return supply(machine, "HF_TOKEN", "hf_secret").fetch(remote(SOURCE), ear);
    }

    private void leavePart(int bytes) {
        leavePart(SOURCE, bytes, "HF_TOKEN", "hf_secret");
    }

    private Path part() {
        return blobs.resolve(HubDouble.sha256(content) + ".part");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(blobs)) {
            return files.map(file -> file.getFileName().toString().replace(HubDouble.sha256(content), "SHA")).sorted().toList();
        }
    }

    private List<String> ranges() {
        return hub.storeRequests.stream().map(HubDouble.Request::range).toList();
    }

    @Test
    void aFileComesFromTheStoreWithoutTheToken() throws Exception {
        assertThat(fetch()).hasBinaryContent(content);

        assertThat(names()).containsExactly("SHA", "SHA.lock");
        assertThat(hub.hubRequests).extracting(HubDouble.Request::authorization).containsOnly("Bearer hf_secret");
        assertThat(hub.storeRequests).extracting(HubDouble.Request::authorization).containsOnlyNulls();
        assertThat(ear.reasons).isEmpty();
    }

    /**
     * Faults of the store, one for each answer, after which the file comes all the same.
     *
     * @param ranges the ranges that are asked for, in order; null is all
     * @param reason said with the last try
     */
    private record Recovery(String name, List<Fault> faults, List<String> ranges, String reason) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Recovery recovery(String name, String reason, List<String> ranges, Fault... faults) {
        return new Recovery(name, List.of(faults), ranges, reason);
    }

    static Stream<Recovery> recoveries() {
        Fault cut = Fault.cut(1000);
        List<String> resumed = Arrays.asList(null, "bytes=1000-");
        List<String> anew = Arrays.asList(null, "bytes=1000-", null);
        List<String> never = Arrays.asList(null, null);
        Stream.Builder<Recovery> all = Stream.builder();
        for (int after : new int[] { 1, 4, 8191, 65_536, 299_999 }) {
            all.add(recovery("cut after " + after, "", Arrays.asList(null, "bytes=" + after + "-"), Fault.cut(after)));
        }
        for (int status : new int[] { 408, 429, 500, 502, 503, 504 }) {
            all.add(recovery("status " + status, "answers HTTP " + status, never, Fault.status(status)));
        }
        for (int status : new int[] { 401, 403, 404, 410 }) {
            all.add(recovery("expired by " + status, "HTTP " + status + " to a link that has expired",
                    Arrays.asList(null, "bytes=1000-", "bytes=1000-"), cut, Fault.status(status)));
        }
        for (String range : List.of("bytes 999-299999/300000", "bytes 1001-299999/300000", "bytes",
                "items 1000-299999/300000", "bytes 1000-299999/99999999999999999999")) {
            all.add(recovery("range " + range, "HTTP 206 with the range \"" + range + "\", expected bytes 1000-", anew, cut,
                    Fault.header("Content-Range", range)));
        }
        for (String wish : List.of("soon", "-1", "12345678901234567890")) {
            all.add(recovery("Retry-After " + wish, "HTTP 503", never, Fault.status(503, "Retry-After", wish)));
        }
        return all.add(recovery("cut at once", "", never, Fault.cut(0)))
                .add(recovery("total unknown", "", resumed, cut, Fault.header("Content-Range", "bytes 1000-299999/*")))
                .add(recovery("ETag of other content", "HTTP 206", anew, cut, Fault.header("ETag", "\"other\"")))
                .add(recovery("no ETag", "", never, Fault.cut(100_000).and(Fault.withoutHeader("ETag"))))
                .add(recovery("weak ETag", "", never, Fault.cut(100_000).and(Fault.header("ETag", "W/\"weak\""))))
                .add(recovery("range refused", "HTTP 416", anew, cut, Fault.status(416, "Content-Range", "bytes */500")))
                .add(recovery("no length", "", Arrays.asList((String) null), Fault.withoutLength()))
                .add(recovery("too short", "the connection ended after 299,900 of 300,000 bytes",
                        Arrays.asList(null, "bytes=299900-"), Fault.fewerBytes(100).and(Fault.withoutLength())))
                .add(recovery("wrong once", "its SHA-256 is ", never, Fault.changedByte(12_345)))
                .build();
    }

    @ParameterizedTest
    @MethodSource("recoveries")
    void theFileComesAfterAFault(Recovery recovery) {
        hub.storeFaults.addAll(recovery.faults());

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(ranges()).isEqualTo(recovery.ranges());
        assertThat(hub.storeRequests).allMatch(request -> (request.range() == null) == (request.ifRange() == null));
        assertThat(hub.hubRequests.stream().filter(request -> request.path().contains("/resolve/"))).as("a new link each time")
                .hasSize(recovery.ranges().size());
        assertThat(ear.reasons).hasSize(recovery.ranges().size() - 1).allMatch(reason -> !reason.isEmpty());
        assertThat(String.join(" ", ear.reasons)).contains(recovery.reason());
        assertThat(ear.delays).allMatch(delay -> delay.compareTo(Duration.ofSeconds(2)) <= 0);
    }

    @Test
    void aServerWithoutRangesStartsAnew() {
        hub.ranges = false;
        hub.storeFaults.addAll(List.of(Fault.cut(100_000), Fault.cut(200_000)));

        assertThat(fetch()).hasBinaryContent(content);
    }

    @Test
    void progressIsToldAtTheStartAndTheEnd() {
        fetch();

        assertThat(ear.progress.getFirst()).isEqualTo(new DownloadProgress("a-Q4_K_M.gguf", 0, BYTES, 0));
        assertThat(ear.progress.getLast().bytesDone()).isEqualTo(BYTES);
    }

    @Test
    void progressResetsTheCountOfTries() {
        for (int i = 0; i < 3 * Retries.TRIES; i++) {
            hub.storeFaults.add(Fault.cut(10_000));
        }

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(ear.reasons).hasSize(3 * Retries.TRIES);
        assertThat(ear.delays).allMatch(delay -> delay.compareTo(Duration.ofSeconds(1)) <= 0);
    }

    @Test
    void triesWithoutProgressEnd() throws Exception {
        hub.storeHabit = Fault.cut(0);

        assertThatExceptionOfType(ModelSupplyException.Unreachable.class).isThrownBy(this::fetch)
                .withMessageContainingAll("Cannot download a-Q4_K_M.gguf from http://localhost:", "without progress: 6",
                        "Check the network");

        assertThat(ear.delays).hasSize(Retries.TRIES - 1);
        for (int i = 0; i < ear.delays.size(); i++) {
            assertThat(ear.delays.get(i)).isBetween(Duration.ofMillis(500L << i), Duration.ofMillis(1000L << i));
        }
        assertThat(names()).doesNotContain("SHA");
    }

    @Test
    void aServerThatAlwaysStartsAnewAndNeverEndsIsGivenUp() {
        hub.ranges = false;
        hub.storeHabit = Fault.cut(100_000);

        assertThatExceptionOfType(ModelSupplyException.Unreachable.class).isThrownBy(this::fetch);

        assertThat(hub.downloads()).isEqualTo(Retries.TRIES);
    }

    @Test
    void anotherStartResumesAndHashesWhatWasThere() {
        leavePart(200_000);

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(ranges()).containsExactly("bytes=200000-");
        assertThat(ear.progress.getLast().bytesDone()).isEqualTo(BYTES);
    }

    @Test
    void aPartThatIsCompleteNeedsNoDownload() throws Exception {
        leavePart(200_000);
        Files.write(part(), content);

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(hub.downloads()).isZero();
    }

    @Test
    void aDamagedPartCostsOneMoreDownload() throws Exception {
        leavePart(200_000);
        byte[] damaged = Arrays.copyOf(content, 200_000);
        damaged[100_000] ^= 1;
        Files.write(part(), damaged);

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(ranges()).containsExactly("bytes=200000-", null);
        assertThat(ear.reasons.getLast()).contains("its SHA-256 is ", "expected " + HubDouble.sha256(content));
    }

    @Test
    void aPartThatIsLongerThanTheFileIsThrownAway() throws Exception {
        leavePart(200_000);
        Files.write(part(), Arrays.copyOf(content, BYTES + 1));

        assertThat(fetch()).hasBinaryContent(content);
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "\"half", "two\nlines", "W/\"weak\"", "\u00e4\u00ff" })
    void aPartWithoutAWholeETagIsThrownAway(String etag) throws Exception {
        leavePart(200_000);
        Files.writeString(blobs.resolve(HubDouble.sha256(content) + ".part.etag"), etag, StandardCharsets.ISO_8859_1);

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(ranges()).containsOnlyNulls();
    }

    @Test
    void anotherETagThrowsThePartAway() throws Exception {
        hub.etag = "one";
        leavePart(200_000);
        hub.etag = "two";
        Files.write(part(), new byte[200_000]);

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(hub.storeRequests).extracting(HubDouble.Request::ifRange).containsExactly("\"one\"");
        assertThat(ear.reasons).noneMatch(reason -> reason.contains("SHA-256"));
    }

    @ParameterizedTest
    @CsvSource({ "7, 7", "0, 0", "301, 300", "999999999, 300" })
    void aServerSaysHowLongToWaitUpToALimit(String wish, long seconds) {
        hub.storeFaults.add(Fault.status(429, "Retry-After", wish));

        assertThat(fetch()).hasBinaryContent(content);

        assertThat(ear.delays).containsExactly(Duration.ofSeconds(seconds));
    }

    @Test
    void aWrongHashIsFetchedAnewOnceAndThenAnError() throws Exception {
        hub.storeHabit = Fault.changedByte(12_345);
        byte[] changed = content.clone();
        changed[12_345] ^= 1;

        refused(this::fetch).withMessageContainingAll("Cannot use a-Q4_K_M.gguf from http://localhost:", "its SHA-256 is "
                + HubDouble.sha256(changed) + ", expected " + HubDouble.sha256(content), "tried twice", "Check ");

        assertThat(hub.downloads()).isEqualTo(2);
        assertThat(names()).containsExactly("SHA.lock");
    }

    @ParameterizedTest
    @ValueSource(booleans = { true, false })
    void aWrongSizeIsAnError(boolean saysLength) throws Exception {
        Fault more = Fault.moreBytes(7);
        hub.storeHabit = saysLength ? more : more.and(Fault.withoutLength());

        refused(this::fetch).withMessageContaining(saysLength ? "it has 300,007 bytes, expected 300,000"
                : "it has more than the expected 300,000 bytes");

        assertThat(names()).containsExactly("SHA.lock");
    }

    @ParameterizedTest
    @ValueSource(ints = { 0, 5000 })
    void aServerThatFallsSilentIsLeft(int after) {
        hub.storeFaults.add(Fault.silence(after, 60_000));

        assertThat(fetch(machine(folder -> Long.MAX_VALUE, HttpClient::newBuilder, Duration.ofSeconds(1))))
                .hasBinaryContent(content);

        assertThat(ear.reasons).first().asString().contains("nothing was heard for 1.0 s");
    }

    @Test
    void whatHasArrivedIsSaidWhileAServerIsSilent() {
        hub.storeFaults.add(Fault.silence(5000, 60_000));

        fetch(machine(folder -> Long.MAX_VALUE, HttpClient::newBuilder, Duration.ofSeconds(2)));

        assertThat(ear.progress).extracting(DownloadProgress::bytesDone).contains(5000L);
    }

    /** While nothing comes from the server, so that nothing but the interrupt can end it. */
    @Test
    void whoIsInterruptedStopsAtOnceAndFindsThePartLater() throws Exception {
        hub.storeFaults.add(Fault.silence(100_000, 60_000));
        Thread caller = Thread.currentThread();
        Thread.ofVirtual().start(() -> {
            while (part().toFile().length() < 100_000) {
                Thread.yield();
            }
            caller.interrupt();
        });

        assertThatExceptionOfType(ModelSupplyException.Cancelled.class).isThrownBy(this::fetch);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(ear.reasons).as("nobody waited until the server was given up").isEmpty();
        assertThat(names()).containsExactly("SHA.lock", "SHA.part", "SHA.part.etag");
        assertThat(fetch()).hasBinaryContent(content);
        assertThat(ranges()).containsExactly(null, "bytes=100000-");
    }

    /** While the disk is read or written, which then fails: that is not a failure of the disk. */
    @Test
    void whoIsInterruptedAtTheDiskIsNotToldOfIt() {
        leavePart(200_000);
        DownloadListener interrupting = new DownloadListener() {
            @Override
            public void progress(DownloadProgress now) {
                Thread.currentThread().interrupt();
            }
        };

        assertThatExceptionOfType(ModelSupplyException.Cancelled.class)
                .isThrownBy(() -> supply("HF_TOKEN", "hf_secret").fetch(remote(SOURCE), interrupting));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(part()).hasSize(200_000);
        assertThat(hub.downloads()).isZero();
    }

    @Test
    void whoIsInterruptedBeforeDoesNotAsk() {
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(ModelSupplyException.Cancelled.class).isThrownBy(this::fetch);

        assertThat(hub.hubRequests).isEmpty();
    }

    @Test
    void redirectsEnd() {
        for (int i = 0; i < 20; i++) {
            hub.resolveFaults.add(answer -> answer.headers.put("Location", "a-Q4_K_M.gguf?again"));
        }

        refused(this::fetch).withMessageContainingAll("Cannot follow ", "more than 10 redirects");
    }

    @ParameterizedTest
    @ValueSource(strings = { "ftp://localhost/x", "mailto:x", "http:// /", "" })
    void aRedirectToSomethingElseIsRefused(String location) {
        hub.resolveFaults.add(Fault.header("Location", location));

        refused(this::fetch).withMessageContainingAll("Cannot follow http://localhost:", "/resolve/",
                "it redirects to \"" + location,
                "expected an https: URL");
    }

    @Test
    void aDiskWithoutRoomIsSaidBeforeAnythingIsFetched() {
        refused(() -> fetch(withRoom(299_999)))
                .withMessageContainingAll("Cannot download to ", "300,000 bytes are missing", "room for 299,999", "Free some");

        assertThat(hub.downloads()).isZero();
    }

    @Test
    void whatIsThereNeedsNoRoom() {
        leavePart(200_000);

        assertThat(fetch(withRoom(100_000))).hasBinaryContent(content);
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamed() throws Exception {
        Files.createFile(directory.resolve("hub"));

        refused(this::fetch).withMessageContainingAll("\"" + directory.resolve("hub"), "Choose one that can be written");
    }

    @Test
    void aFileInTheWayOfThePartIsNamed() throws Exception {
        Files.createDirectories(part());

        refused(this::fetch).withMessageContainingAll("Cannot write a-Q4_K_M.gguf to \"" + blobs, "300,000 are missing",
                "start again");
    }
}
