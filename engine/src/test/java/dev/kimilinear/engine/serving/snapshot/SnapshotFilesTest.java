package dev.kimilinear.engine.serving.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.api.SnapshotKey;

class SnapshotFilesTest {

    private static final String MODEL = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path parent;

    private Path folder() {
        return parent.resolve("a/b");
    }

    private SnapshotFiles files(long budget) {
        return new SnapshotFiles(folder(), budget);
    }

    @Test
    void whatIsSavedIsLoaded() throws IOException {
        SnapshotFiles files = files(1000);
        assertThat(files.keys(MODEL)).isEmpty();
        assertThat(files.load(key(1))).isEmpty();

        save(files, key(1), 100);
        save(files, key(2), 200);
        save(files, new SnapshotKey(MODEL.replace('0', '9'), 1, MODEL), 10);

        assertThat(files.keys(MODEL)).containsExactlyInAnyOrder(key(1), key(2));
        assertThat(load(files, key(2))).hasSize(200).containsOnly(2);
    }

    @Test
    void savingAgainReplaces() throws IOException {
        SnapshotFiles files = files(1000);
        save(files, key(1), 100);
        save(files, key(1), 300);

        assertThat(load(files, key(1))).hasSize(300);
        assertThat(names()).hasSize(1);
    }

    @Test
    void whatWasUsedLongestAgoMakesRoom() throws IOException {
        SnapshotFiles files = files(300);
        for (int i = 1; i <= 3; i++) {
            save(files, key(i), 100);
            Files.setLastModifiedTime(folder().resolve(key(i) + ".snapshot"), FileTime.fromMillis(1000 * i));
        }
        load(files, key(2));
        files.used(key(1));
        save(files, key(4), 100);

        assertThat(files.keys(MODEL)).as("to look into one is no use of it")
                .containsExactlyInAnyOrder(key(1), key(3), key(4));
        save(files, key(5), 300);
        assertThat(files.keys(MODEL)).containsExactly(key(5));
    }

    @Test
    void whatIsLargerThanAllMayBeIsRefused() throws IOException {
        SnapshotFiles files = files(300);
        save(files, key(1), 100);

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> save(files, key(2), 301))
                .withMessage("a snapshot takes 301 bytes, and all of them may take 300");
        assertThat(files.keys(MODEL)).containsExactly(key(1));
    }

    @Test
    void onlyTheOwnerMayRead() throws IOException {
        save(files(300), key(1), 100);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder()))).isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder().resolve(key(1) + ".snapshot"))))
                .isEqualTo("rw-------");
    }

    @Test
    void nothingIsSeenOfWhatFailsHalfway() throws IOException {
        SnapshotFiles files = files(300);

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> files.save(key(1), 100, out -> {
            out.write(new byte[50]);
            assertThat(files.keys(MODEL)).isEmpty();
            throw new IOException("on purpose");
        })).withMessage("on purpose");
        assertThat(names()).isEmpty();
    }

    /** What a process that was killed left behind, and what another one is writing now. */
    @Test
    void unfinishedFilesOfTheDeadAreDeletedAndThoseOfOthersAreNot() throws IOException {
        SnapshotFiles files = files(300);
        save(files, key(1), 100);
        Path dead = Files.write(folder().resolve(key(2) + "-x.part"), new byte[10]);
        Files.setLastModifiedTime(dead, FileTime.fromMillis(System.currentTimeMillis() - 3_600_000));
        Path alive = Files.write(folder().resolve(key(3) + "-x.part"), new byte[10]);
        save(files, key(4), 100);

        assertThat(dead).doesNotExist();
        assertThat(alive).exists();
        assertThat(files.keys(MODEL)).containsExactlyInAnyOrder(key(1), key(4));
    }

    @Test
    void otherFilesInTheFolderAreLeftAlone() throws IOException {
        SnapshotFiles files = files(300);
        save(files, key(1), 300);
        Files.setLastModifiedTime(folder().resolve(key(1) + ".snapshot"), FileTime.fromMillis(1000));
        Path stranger = Files.write(folder().resolve("notes.txt"), new byte[1000]);
        Path almost = Files.write(folder().resolve(MODEL + "-0-" + MODEL + ".snapshot"), new byte[10]);

        assertThat(files.keys(MODEL)).containsExactly(key(1));
        save(files, key(2), 280);
        assertThat(stranger).exists();
        assertThat(almost).as("counts as one of ours, and is the newest").exists();
        assertThat(files.keys(MODEL)).containsExactly(key(2));
    }

    @Test
    void manyAtATimeLeaveWholeFilesWithinTheBudget() throws Exception {
        List<Future<?>> running = new ArrayList<>();
        try (ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(4)) {
            for (int t = 0; t < 4; t++) {
                int seed = t;
                running.add(threads.submit(() -> {
                    SnapshotFiles files = files(10_000);
                    for (int i = 0; i < 50; i++) {
                        SnapshotKey key = key(1 + (i * 7 + seed) % 20);
                        save(files, key, 1000);
                        for (SnapshotKey other : files.keys(MODEL)) {
                            Optional<InputStream> in = files.load(other);
                            if (in.isPresent()) {
                                try (InputStream bytes = in.get()) {
                                    assertThat(bytes.readAllBytes()).hasSize(1000).containsOnly(other.tokens());
                                }
                            }
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
        }
        save(files(10_000), key(1), 1000);
        assertThat(names()).hasSizeBetween(1, 10).allMatch(name -> name.endsWith(".snapshot"));
    }

    private static SnapshotKey key(int tokens) {
        return new SnapshotKey(MODEL, tokens, MODEL);
    }

    /** As many bytes, all of the value of the key's length. */
    private static void save(SnapshotFiles files, SnapshotKey key, int bytes) throws IOException {
        files.save(key, bytes, out -> {
            for (int i = 0; i < bytes; i++) {
                out.write(key.tokens());
            }
        });
    }

    private static byte[] load(SnapshotFiles files, SnapshotKey key) throws IOException {
        try (InputStream in = files.load(key).orElseThrow()) {
            return in.readAllBytes();
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder())) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
