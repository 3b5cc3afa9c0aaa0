package dev.kimilinear.engine.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class LargeMemoryTest {

    private static final long BYTES = (64L << 20) + 100;

    @Test
    void memoryIsZeroAndAlignedAndWritableToItsEnd() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = LargeMemory.allocate(BYTES, arena);

            assertThat(memory.byteSize()).isEqualTo(BYTES);
            assertThat(memory.address() % 64).isZero();
            for (long at = 0; at < BYTES; at += 4095) {
                assertThat(memory.get(ValueLayout.JAVA_BYTE, at)).isZero();
            }
            memory.fill((byte) 7);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, BYTES - 1)).isEqualTo((byte) 7);
        }
    }

    @Test
    void nothingIsNoMemory() {
        try (Arena arena = Arena.ofShared()) {
            assertThat(LargeMemory.allocate(0, arena).byteSize()).isZero();
        }
    }

    @Test
    void closingTheArenaEndsIt() {
        Arena arena = Arena.ofShared();
        MemorySegment memory = LargeMemory.allocate(BYTES, arena);
        arena.close();

        assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void closingTheArenaGivesItBackToTheSystem() throws IOException {
        Arena arena = Arena.ofShared();
        MemorySegment memory = LargeMemory.allocate(BYTES, arena);
        memory.fill((byte) 1);
        String range = "%x-".formatted(memory.address());
        assertThat(Files.readAllLines(Path.of("/proc/self/maps"))).anyMatch(line -> line.startsWith(range));
        arena.close();

        assertThat(Files.readAllLines(Path.of("/proc/self/maps"))).noneMatch(line -> line.startsWith(range));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void moreThanThereIsIsRefused() {
        try (Arena arena = Arena.ofShared()) {
            assertThatThrownBy(() -> LargeMemory.allocate(1L << 52, arena)).isInstanceOf(OutOfMemoryError.class)
                    .hasMessageContaining("4503599627370496 bytes");
        }
    }
}
