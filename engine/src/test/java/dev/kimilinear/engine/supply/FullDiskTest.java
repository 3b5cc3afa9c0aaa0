package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk that others fill while a model comes. Real, where this process may mount one; it says so where it may not. */
class FullDiskTest extends SupplyTest {

    private static final int DISK_BYTES = 2 << 20;
    private static final int CAP_SYS_ADMIN = 21;

    private Path disk;
    private boolean mounted;

    @BeforeEach
    void mountDisk() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        mounted = run("mount", "-t", "tmpfs", "-o", "size=" + DISK_BYTES, "kimi-linear-test", disk.toString());
        if (mayMount()) {
            assertThat(mounted).as("this process may mount a disk").isTrue();
        }
        assumeTrue(mounted, "Only a process with the capability CAP_SYS_ADMIN can mount a small disk");
    }

    @AfterEach
    void unmountDisk() throws Exception {
        if (mounted) {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    /** Whether the system lets this process mount disks: then the test must not be left out. */
    private static boolean mayMount() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status) && Files.readAllLines(status).stream().filter(line -> line.startsWith("CapEff:"))
                .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) >> CAP_SYS_ADMIN & 1) == 1);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false; // there is no such command
        }
    }

    @Test
    void aDiskThatFillsUpIsNamedAndThePartGoesOnWhenThereIsRoom() throws Exception {
        byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(1_500_000, 1));
        Path others = Files.write(disk.resolve("others"), new byte[1_000_000]);
        ModelSupply blind = supply(withRoom(Long.MAX_VALUE), "HF_HUB_CACHE", disk.toString());

        refused(() -> blind.fetch(remote("hf:owner/name"), ear))
                .withMessageMatching("Cannot write a-Q4_K_M.gguf to \"" + disk + "/.*\": .*: No space left on device. "
                        + "[0-9,]+ bytes of it are kept, [0-9,]+ are missing. Free some space, .*");
        assertThat(ear.reasons).as("a full disk is no failure of the network").isEmpty();

        refused(() -> fetch("hf:owner/name", "HF_HUB_CACHE", disk.toString()))
                .withMessageContainingAll("bytes are missing of the model", "room for 0");
        Files.delete(others);
        assertThat(fetch("hf:owner/name", "HF_HUB_CACHE", disk.toString())).hasBinaryContent(content);
        assertThat(hub.storeRequests.getLast().range()).isNotNull();
    }
}
