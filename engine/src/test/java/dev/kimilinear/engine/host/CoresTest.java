package dev.kimilinear.engine.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counting cores in a copy of what Linux shows. */
class CoresTest {

    @TempDir
    Path folder;

    /** The siblings of cpu 0, 1, 2 .. */
    private void siblings(String... lists) throws IOException {
        for (int cpu = 0; cpu < lists.length; cpu++) {
            Path topology = Files.createDirectories(folder.resolve("cpu" + cpu + "/topology"));
            Files.writeString(topology.resolve("thread_siblings_list"), lists[cpu] + "\n");
        }
    }

    private int cores(String allowed, int processors) throws IOException {
        Path status = Files.writeString(folder.resolve("status"),
                "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t" + allowed + "\nMems_allowed:\t1\n");
        return Cores.physical(folder, status, processors);
    }

    @Test
    void hardwareThreadsOfACoreCountOnce() throws IOException {
        siblings("0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7");

        assertThat(cores("0-7", 8)).isEqualTo(4);
    }

    @Test
    void coresWithoutHardwareThreadsCountOnceEach() throws IOException {
        siblings("0-1", "0-1", "2", "3");

        assertThat(cores("0-3", 4)).isEqualTo(3);
    }

    @Test
    void onlyCoresThatTheProcessMayUseCount() throws IOException {
        siblings("0,4", "1,5", "2,6", "3,7", "0,4", "1,5", "2,6", "3,7");

        assertThat(cores("0,4", 2)).isEqualTo(1);
        assertThat(cores("1-2,6", 3)).isEqualTo(2);
    }

    @Test
    void theLimitOfAContainerIsKept() throws IOException {
        siblings("0", "1", "2", "3");

        assertThat(cores("0-3", 2)).isEqualTo(2);
        assertThat(cores("0-3", 1)).isEqualTo(1);
    }

    @Test
    void whereTheSystemDoesNotTellTheProcessorsCount() throws IOException {
        siblings("0,2", "1,3");

        assertThat(cores("0-3", 4)).as("a cpu without topology").isEqualTo(4);
        assertThat(cores("", 4)).as("no list").isEqualTo(4);
        assertThat(cores("3-1", 4)).as("a damaged list").isEqualTo(4);
        assertThat(Cores.physical(folder, folder.resolve("absent"), 4)).as("no status").isEqualTo(4);
        assertThat(Cores.physical(folder, Files.writeString(folder.resolve("other"), "Name:\tjava\n"), 4)).isEqualTo(4);
    }

    @Test
    void thisMachineHasCores() {
        assertThat(Cores.physical()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }
}
