package dev.kimilinear.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** As the comparison itself, on the one system that it runs on. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class ResidentFileTest {

    @TempDir
    Path folder;

    /** Small enough for the limit of a user without rights. */
    @Test
    void pagesOfTheFileAreLockedUntilItIsClosed() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[40_000]);
        long before = lockedKilobytes();

        try (ResidentFile resident = ResidentFile.lock(file)) {
            assertThat(resident.bytes()).isEqualTo(40_000);
            assertThat(lockedKilobytes()).isEqualTo(before + 40);
        }
        assertThat(lockedKilobytes()).isEqualTo(before);
    }

    @Test
    void aFileThatIsNotThereIsAnError() {
        assertThatIOException().isThrownBy(() -> ResidentFile.lock(folder.resolve("missing")))
                .isInstanceOf(NoSuchFileException.class);
    }

    private static long lockedKilobytes() throws IOException {
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        String line = status.stream().filter(l -> l.startsWith("VmLck:")).findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
