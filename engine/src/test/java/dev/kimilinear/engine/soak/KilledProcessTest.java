package dev.kimilinear.engine.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.GenerationListener;
import dev.kimilinear.engine.api.SnapshotOptions;

/**
 * A process that is killed (SIGKILL on Unix) while it writes snapshots, again and again: each start is clean, goes on from
 * what the ones before finished, and gives the answers of an engine without snapshots.
 */
@Tag("soak")
class KilledProcessTest {

    private static final int KILLS = Integer.getInteger("soak.kills", 50);
    private static final int DIALOGUES = 12;

    @TempDir
    Path folder;

    private final Map<String, String> expected = new HashMap<>();

    @Test
    void aKilledProcessLosesNothingButWhatItWasWriting() throws Exception {
        Random random = new Random(7);
        int answers = 0;
        int restoredFirst = 0;
        int unfinished = 0;
        try (Engine straight = Engine.open(Fixtures.embeddedModel(),
                EngineOptions.defaults().withSnapshots(SnapshotOptions.off()))) {
            for (int kill = 0; kill < KILLS; kill++) {
                Path log = folder.resolve("log.txt");
                Process process = start(random.nextInt(DIALOGUES), log);
                // Either when an answer has just come, which is when its snapshot is written, or at any time.
                List<String> lines = random.nextBoolean() ? readUntilKilled(process, 2 + random.nextInt(8), 0)
                        : readUntilKilled(process, 2, 20 + random.nextInt(600));
                assertThat(lines).as("start %d: %s", kill, Files.readString(log)).startsWith("open");
                assertThat(Files.readString(log)).as("start %d", kill).doesNotContain("is not used", "cannot be", "Exception");
                for (String line : lines.subList(1, lines.size())) {
                    String[] parts = line.split(" ", 5);
                    if (parts.length < 5) {
                        // The last one, cut off.
                        continue;
                    }
                    assertThat(parts[3]).as("failed").isEqualTo("0");
                    assertThat(parts[4]).as("%s, restored %s", parts[0], parts[2])
                            .isEqualTo(expected(straight, Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
                    answers++;
                }
                if (lines.size() > 1 && Integer.parseInt(lines.get(1).split(" ")[2]) > 0) {
                    restoredFirst++;
                }
                unfinished += files(".part").size();
                for (Path part : files(".part")) {
                    Files.delete(part);
                }
            }
        }
        System.out.printf("%d kills: %d answers compared, %d starts went on from the disk at once, %d kills left an unfinished"
                + " file, %d snapshots at the end%n", KILLS, answers, restoredFirst, unfinished, files(".snapshot").size());
        assertThat(answers).isGreaterThan(KILLS);
        assertThat(restoredFirst).isGreaterThan(KILLS / 10);
        assertThat(unfinished).as("kills that hit a file being written").isPositive();
    }

    private Process start(int number, Path log) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"), KilledProcess.class.getName(), Fixtures.embeddedModel().toString(),
                folder.resolve("cache").toString(), String.valueOf(number)).redirectError(log.toFile()).start();
    }

    /** What it prints until so many milliseconds after a number of lines. (Process itself would close what we read, too.) */
    private static List<String> readUntilKilled(Process process, int count, int millis) throws Exception {
        List<String> lines = new ArrayList<>();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            while (line != null) {
                lines.add(line);
                if (lines.size() == count && millis == 0) {
                    process.toHandle().destroyForcibly();
                } else if (lines.size() == count) {
                    Thread.ofVirtual().start(() -> killAfter(process, millis));
                }
                line = out.readLine();
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    private static void killAfter(Process process, int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            // Then at once.
        }
        process.toHandle().destroyForcibly();
    }

    private String expected(Engine straight, int number, int turn) throws InterruptedException {
        List<String> said = new ArrayList<>();
        for (int i = 0; i <= turn; i++) {
            String key = number + "/" + i;
            if (!expected.containsKey(key)) {
                expected.put(key, straight.submit(KilledProcess.request(number, i, said), GenerationListener.silent()).await()
                        .text());
            }
            said.add(expected.get(key));
        }
        return KilledProcess.oneLine(said.getLast());
    }

    private List<Path> files(String ending) throws IOException {
        Path snapshots = folder.resolve("cache/snapshots");
        if (!Files.isDirectory(snapshots)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(snapshots)) {
            return all.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }
}
