package dev.kimilinear.engine.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MemoryAdviceTest {

    @TempDir
    Path folder;

    @Test
    void withoutNativeAccessOrMadviseNothingIsCalled() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(4096, 1 << 16);

            assertThat(MemoryAdvice.of("Linux", false).willNeed(page)).isFalse();
            assertThat(MemoryAdvice.of("Linux", false).hugePages(page)).isFalse();
            assertThat(MemoryAdvice.of("Windows 11", true).willNeed(page)).isFalse();
            assertThat(MemoryAdvice.of("Windows 11", true).hugePages(page)).isFalse();
        }
    }

    @Test
    @EnabledOnOs({ OS.LINUX, OS.MAC })
    void adviceOnAMappedFileIsTakenAndMayBeginWithinAPage() throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[100_000]);
        try (Arena arena = Arena.ofShared(); FileChannel channel = FileChannel.open(file)) {
            MemorySegment mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, 100_000, arena);

            assertThat(MemoryAdvice.ofThisProcess().willNeed(mapping)).isTrue();
            assertThat(MemoryAdvice.ofThisProcess().willNeed(mapping.asSlice(123))).isTrue();
        }
    }

    @Test
    @EnabledOnOs({ OS.LINUX, OS.MAC })
    void aRefusalIsNoError() {
        assertThat(MemoryAdvice.ofThisProcess().advise(0, 4096, 3)).isFalse();
    }
}
