package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.ModelSupplyException;

class DownloadLockTest extends SupplyTest {

    private DownloadLock acquire(Path target) {
        return DownloadLock.acquire(new RemoteFile("a.gguf", URI.create("https://host/a.gguf"), target, OptionalLong.empty(),
                Optional.empty()), quick(), ear);
    }

    /** Somebody has it: who wants it is told that once, and here gives up then. */
    private void assertThatItIsTaken(Path target) {
        ear.waiting.clear();
        ear.impatient = true;
        assertThatExceptionOfType(ModelSupplyException.Cancelled.class).isThrownBy(() -> acquire(target));
        assertThat(Thread.interrupted()).isTrue();
        ear.impatient = false;
        assertThat(ear.waiting).containsExactly("a.gguf");
    }

    @Test
    void oneThreadAtATimeHasIt() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(threads.submit(() -> {
                    try (DownloadLock _ = acquire(directory.resolve("not/yet/a.gguf"))) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        Thread.sleep(2);
                        inside.decrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertThat(most).hasValue(1);
        assertThat(ear.waiting).contains("a.gguf");
    }

    @Test
    void whoGivesUpDoesNotTakeItFromTheOther() {
        Path target = directory.resolve("a.gguf");
        DownloadLock lock = acquire(target);

        assertThatItIsTaken(target);
        assertThatItIsTaken(target);
        lock.close();

        acquire(target).close();
    }

    @Test
    void theSameFileByAnotherPathIsTheSame() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Files.createDirectory(directory.resolve("real")));
        try (DownloadLock _ = acquire(directory.resolve("real/a.gguf"))) {
            assertThatItIsTaken(link.resolve("a.gguf"));
        }
    }

    @Test
    void aLockOfAnotherClassLoaderOfThisProcessCounts() throws Exception {
        Path target = directory.resolve("a.gguf");
        try (FileChannel other = FileChannel.open(directory.resolve("a.gguf.lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            other.lock();
            assertThatItIsTaken(target);
        }
        acquire(target).close();
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamed() throws Exception {
        Path target = Files.createFile(directory.resolve("file")).resolve("a.gguf");

        refused(() -> acquire(target)).withMessageContainingAll("Cannot lock \"" + target, "Choose a directory");
    }
}
