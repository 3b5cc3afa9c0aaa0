package dev.kimilinear.engine.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PageLoaderTest {

    private static final long LARGE = (40L << 20) + 12_345;

    @TempDir
    Path folder;

    private MemorySegment map(String name, long bytes, Arena arena) throws IOException {
        Path file = folder.resolve(name);
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(bytes);
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes, arena);
        }
    }

    private static void awaitLoaded(PageLoader loader, long bytes) throws InterruptedException {
        while (loader.loadedBytes() < bytes) {
            Thread.sleep(Duration.ofMillis(1));
        }
    }

    @Test
    void allFilesAreLoadedToTheirEnds() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment large = map("large", LARGE, arena);
            MemorySegment small = map("small", 100, arena);
            try (PageLoader loader = PageLoader.start("test", List.of(large, small))) {
                awaitLoaded(loader, LARGE + 100);
                assertThat(loader.loadedBytes()).isEqualTo(LARGE + 100);
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void loadedPagesAreInMemory() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment large = map("resident", LARGE, arena);
            assertThat(residentKilobytes("resident")).isLessThan(LARGE / 1024 / 2);
            try (PageLoader loader = PageLoader.start("test", List.of(large))) {
                awaitLoaded(loader, LARGE);
            }
            assertThat(residentKilobytes("resident")).isGreaterThanOrEqualTo(LARGE / 1024);
        }
    }

    @Test
    void closingStopsTheThreadBeforeTheMappingGoes() throws Exception {
        for (int i = 0; i < 20; i++) {
            Arena arena = Arena.ofShared();
            MemorySegment large = map("closed" + i, LARGE, arena);
            PageLoader loader = PageLoader.start("closing" + i, List.of(large, large, large));
            if (i % 2 == 0) {
                awaitLoaded(loader, 1);
            }
            loader.close();
            String name = "closing" + i + "-pages";

            assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().equals(name));
            arena.close();
            loader.close();
        }
    }

    /** What Linux says is in memory of a mapped file. */
    private long residentKilobytes(String name) throws IOException {
        long kilobytes = 0;
        boolean ours = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ours = line.endsWith(folder.resolve(name).toString());
            } else if (ours && line.startsWith("Rss:")) {
                kilobytes += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kilobytes;
    }
}
