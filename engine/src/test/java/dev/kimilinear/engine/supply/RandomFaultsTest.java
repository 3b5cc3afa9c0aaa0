package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.ModelSupplyException;
import dev.kimilinear.engine.supply.HubDouble.Fault;

/**
 * Whatever goes wrong in whatever order, a fetch ends with the right file or with an error, only the right file has the name
 * of a model, and when nothing goes wrong any more the file comes.
 */
class RandomFaultsTest extends SupplyTest {

    private static final int RUNS = Integer.getInteger("supply.runs", 100);
    private static final int MOST_BYTES = 200_000;
    private static final Path TABLE = Path.of("target/supply-faults.md");

    private enum Kind {
        CUT,
        CUT_AT_ONCE,
        SILENCE,
        CHANGED_BYTE,
        MORE_BYTES,
        FEWER_BYTES,
        WITHOUT_LENGTH,
        WITHOUT_RANGES,
        WITHOUT_ETAG,
        OTHER_ETAG,
        WRONG_RANGE,
        RANGE_REFUSED,
        LINK_EXPIRED,
        BUSY,
        SERVER_ERROR,
        HUB_ERROR,
        HUB_REFUSAL,
        HUB_CUT,
        REDIRECTS_IN_A_CIRCLE,
        DAMAGED_PART,
        LONGER_PART,
        FULL_DISK,
        CANCELLED
    }

    private static final class Row {

        int runs;
        int files;
        int errors;
        int wrong;

        void count(boolean fetched, int wrongFiles) {
            runs++;
            files += fetched ? 1 : 0;
            errors += fetched ? 0 : 1;
            wrong += wrongFiles;
        }

        String text(String name) {
            return String.format(Locale.ROOT, "| %s | %d | %d | %d | %d |%n", name, runs, files, errors, wrong);
        }
    }

    private final Map<Kind, Row> rows = new TreeMap<>();
    private final Row all = new Row();
    private final List<String> problems = new ArrayList<>();

    @Test
    void everyRunEndsWithTheFileOrAnErrorAndNothingWrong() throws Exception {
        for (Kind kind : Kind.values()) {
            rows.put(kind, new Row());
        }
        for (int seed = 0; seed < RUNS; seed++) {
            new Run(seed).check();
        }
        String table = table();
        Files.createDirectories(TABLE.getParent());
        Files.writeString(TABLE, table);
        assertThat(problems).as(table).isEmpty();
        assertThat(rows.values()).as(table).allMatch(row -> row.runs > 0);
        assertThat(all.files).as(table).isPositive();
        assertThat(all.errors).as(table).isPositive();
    }

    private String table() {
        StringBuilder table = new StringBuilder(
                "| fault | runs | ended with the file | ended with an error | files lost or wrong |\n"
                        + "|---|---|---|---|---|\n");
        rows.forEach((kind, row) -> table.append(row.text(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '))));
        return table.append(all.text("all")).toString();
    }

    /** One model, some faults, up to three starts, and one without faults. */
    private final class Run {

        private final int seed;
        private final SplittableRandom random;
        private final byte[] content;
        private final Path home;
        private final String source;
        private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);

        Run(int seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.content = hub.add("a-Q4_K_M.gguf", HubDouble.model(1 + MOST_BYTES / 2 + random.nextInt(MOST_BYTES / 2), seed));
            this.home = directory.resolve("run-" + seed);
            this.source = random.nextInt(3) > 0 ? "hf:owner/name"
                    : hub.fileUri("a-Q4_K_M.gguf") + "#sha256=" + HubDouble.sha256(content);
        }

        void check() throws IOException {
            int faults = 1 + random.nextInt(6);
            for (int i = 0; i < faults; i++) {
                prepare(Kind.values()[random.nextInt(Kind.values().length)]);
            }
            int wrong = 0;
            boolean fetched = false;
            for (int start = 0; start < 3 && !fetched; start++) {
                damageParts();
                boolean full = kinds.contains(Kind.FULL_DISK) && start < 2;
                fetched = isContent(fetchOrNull(full ? 1_000 : Long.MAX_VALUE, Duration.ofMillis(150)));
                wrong += wrongFiles();
            }
            List.of(hub.storeFaults, hub.resolveFaults, hub.apiFaults).forEach(Queue::clear);
            hub.storeHabit = Fault.none();
            hub.ranges = true;
            if (!isContent(fetchOrNull(Long.MAX_VALUE, PATIENCE))) {
                problems.add("seed " + seed + " " + kinds + ": no file without faults");
                wrong++;
            }
            wrong += wrongFiles();
            all.count(fetched, wrong);
            for (Kind kind : kinds) {
                rows.get(kind).count(fetched, wrong);
            }
        }

        private Path fetchOrNull(long room, Duration longestSilence) {
            HubEnvironment environment = environment("HF_HUB_CACHE", home.resolve("hub").toString());
            Machine machine = machine(folder -> room, HttpClient::newBuilder, longestSilence);
            try {
                return new ModelSupply(environment, home.resolve("cache"), machine).fetch(remote(source), new Ear());
            } catch (ModelSupplyException e) {
                if (!e.getMessage().matches("(?s)(Cannot |The download was cancelled).*\\.")) {
                    problems.add("seed " + seed + " " + kinds + ": unclear message " + e.getMessage());
                }
                return null;
            } catch (RuntimeException e) {
                problems.add("seed " + seed + " " + kinds + ": " + e);
                return null;
            } finally {
                Thread.interrupted();
            }
        }

        private boolean isContent(Path file) {
            return file != null && Arrays.equals(read(file), content);
        }

        /** Whatever has the name of a blob or of a model, and is not the content. */
        private int wrongFiles() throws IOException {
            if (!Files.exists(home)) {
                return 0;
            }
            try (Stream<Path> files = Files.walk(home)) {
                List<Path> wrong = files.filter(Files::isRegularFile)
                        .filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}|.*\\.gguf"))
                        .filter(file -> !isContent(file)).toList();
                wrong.forEach(file -> problems.add("seed " + seed + " " + kinds + ": wrong content in " + file));
                return wrong.size();
            }
        }

        private static byte[] read(Path file) {
            try {
                return Files.readAllBytes(file);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void damageParts() throws IOException {
            if (!Files.exists(home)) {
                return;
            }
            try (Stream<Path> files = Files.walk(home)) {
                for (Path part : files.filter(file -> file.toString().endsWith(".part")).toList()) {
                    byte[] bytes = Files.readAllBytes(part);
                    if (kinds.contains(Kind.DAMAGED_PART) && bytes.length > 0) {
                        bytes[random.nextInt(bytes.length)] ^= 4;
                    }
                    Files.write(part, kinds.contains(Kind.LONGER_PART) ? Arrays.copyOf(bytes, content.length + 10) : bytes);
                }
            }
        }

        private void prepare(Kind kind) {
            kinds.add(kind);
            switch (kind) {
                case CUT -> hub.storeFaults.add(Fault.cut(random.nextInt(content.length)));
                case CUT_AT_ONCE -> hub.storeFaults.add(Fault.cut(0));
                case SILENCE -> hub.storeFaults.add(Fault.silence(random.nextInt(content.length), 400));
                case CHANGED_BYTE -> hub.storeFaults.add(Fault.changedByte(random.nextInt(content.length)));
                case MORE_BYTES -> hub.storeFaults.add(Fault.moreBytes(1 + random.nextInt(1000)));
                case FEWER_BYTES -> hub.storeFaults.add(Fault.fewerBytes(1 + random.nextInt(100)));
                case WITHOUT_LENGTH -> hub.storeHabit = Fault.withoutLength();
                case WITHOUT_RANGES -> {
                    hub.ranges = false;
                    hub.storeFaults.add(Fault.cut(random.nextInt(content.length)));
                }
                case WITHOUT_ETAG -> hub.storeHabit = Fault.withoutHeader("ETag");
                case OTHER_ETAG -> hub.storeFaults.add(Fault.header("ETag", "\"" + random.nextInt() + "\""));
                case WRONG_RANGE -> hub.storeFaults.add(Fault.header("Content-Range", "bytes 17-99/100"));
                case RANGE_REFUSED -> hub.storeFaults.add(Fault.status(416));
                case LINK_EXPIRED -> hub.storeFaults.add(Fault.status(403));
                case BUSY -> hub.storeFaults.add(Fault.status(429, "Retry-After", "1"));
                case SERVER_ERROR -> hub.storeFaults.add(Fault.status(500 + random.nextInt(5)));
                case HUB_ERROR -> hub.apiFaults.add(Fault.status(503));
                case HUB_REFUSAL -> hub.resolveFaults.add(Fault.status(403));
                case HUB_CUT -> hub.apiFaults.add(Fault.cut(random.nextInt(20)));
                case REDIRECTS_IN_A_CIRCLE -> {
                    for (int i = 0; i < 15; i++) {
                        hub.resolveFaults.add(Fault.header("Location", "a-Q4_K_M.gguf"));
                    }
                }
                case DAMAGED_PART, LONGER_PART -> { // a start that leaves a part
                    hub.storeFaults.add(Fault.cut(1 + random.nextInt(content.length - 1)));
                    hub.resolveFaults.addAll(List.of(Fault.none(), Fault.status(403)));
                }
                case CANCELLED -> {
                    Thread caller = Thread.currentThread();
                    hub.storeFaults.add(Fault.silence(random.nextInt(content.length), 50).and(answer -> caller.interrupt()));
                }
                case FULL_DISK -> {
                    // Said at the start.
                }
            }
        }
    }
}
