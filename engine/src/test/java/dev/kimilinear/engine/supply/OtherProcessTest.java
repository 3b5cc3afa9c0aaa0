package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.kimilinear.engine.supply.HubDouble.Fault;

/** Several Java processes and one cache. */
@Timeout(300)
class OtherProcessTest extends SupplyTest {

    private static final int BYTES = 3_000_000;

    private byte[] content;
    private Path blobs;

    /** Fetches what it is told, and writes where it is. */
    static final class Child {

        public static void main(String[] arguments) throws IOException {
            HubEnvironment environment = new HubEnvironment(
                    Map.of("HF_ENDPOINT", arguments[0], "HF_HUB_CACHE", arguments[1]), Path.of(arguments[1]));
            Path file = new ModelSupply(environment, Path.of(arguments[1])).fetch(remote(arguments[2]), new Ear());
            Files.writeString(Path.of(arguments[3]), file.toString());
        }
    }

    @BeforeEach
    void addFile() {
        content = hub.add("a-Q4_K_M.gguf", HubDouble.model(BYTES, 1));
        blobs = directory.resolve("hub/models--owner--name/blobs");
    }

    private Process child(String result) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:TieredStopAtLevel=1", "-cp", classPath, Child.class.getName(), hub.endpoint().toString(),
                directory.resolve("hub").toString(), "hf:owner/name", directory.resolve(result).toString())
                .redirectErrorStream(true).redirectOutput(directory.resolve(result + ".log").toFile()).start();
    }

    private String log(String result) {
        try {
            return Files.readString(directory.resolve(result + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Path fetch(DownloadListener listener) {
        return supply(Machine.THIS).fetch(remote("hf:owner/name"), listener);
    }

    private void waitForPart(int bytes) throws Exception {
        Path part = blobs.resolve(HubDouble.sha256(content) + ".part");
        while (!Files.exists(part) || Files.size(part) < bytes) {
            Thread.sleep(10);
        }
    }

    @Test
    void twoProcessesFetchAFileOnce() throws Exception {
        hub.storeHabit = Fault.pause(1500);
        Process one = child("one");
        Process two = child("two");

        Path file = fetch(ear);

        assertThat(file).hasBinaryContent(content);
        assertThat(one.waitFor()).as(() -> log("one")).isZero();
        assertThat(two.waitFor()).as(() -> log("two")).isZero();
        assertThat(List.of(directory.resolve("one"), directory.resolve("two"))).allSatisfy(
                result -> assertThat(result).hasContent(file.toString()));
        assertThat(hub.downloads()).isEqualTo(1);
    }

    @Test
    void whoComesSecondWaitsAndUsesTheResult() throws Exception {
        hub.storeFaults.add(Fault.silence(1_000_000, 600_000));
        Process child = child("one");
        waitForPart(1_000_000);
        DownloadListener killing = new DownloadListener() {
            @Override
            public void waiting(String file) {
                ear.waiting(file);
                child.destroyForcibly();
            }
        };

        assertThat(fetch(killing)).as("the lock of a dead process is free").hasBinaryContent(content);

        assertThat(ear.waiting).containsExactly("a-Q4_K_M.gguf");
        assertThat(hub.storeRequests.getLast().range()).isEqualTo("bytes=1000000-");
    }

    @Test
    void aProcessThatIsKilledLeavesNothingWrongAndTheNextGoesOn() throws Exception {
        for (int killed = 1; killed <= 2; killed++) {
            hub.storeFaults.add(Fault.silence(800_000, 600_000));
            Process child = child("killed-" + killed);
            waitForPart(killed * 800_000);
            child.destroyForcibly();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();

            assertThat(blobs.resolve(HubDouble.sha256(content))).doesNotExist();
            assertThat(directory.resolve("hub/models--owner--name/snapshots")).doesNotExist();
        }

        Process last = child("last");

        assertThat(last.waitFor()).as(() -> log("last")).isZero();
        assertThat(Path.of(Files.readString(directory.resolve("last")))).hasBinaryContent(content);
        assertThat(hub.storeRequests).extracting(HubDouble.Request::range).containsExactly(null, "bytes=800000-",
                "bytes=1600000-");
    }
}
