package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Everything measured on this machine, in a file of one JSON object a line that only grows. The last line about a cell
 * counts. Lines of other machines, of another peer, and of the other kind of run (quick or not) stay and are not seen.
 */
final class Results {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<Cell, Measurement> byCell = new LinkedHashMap<>();

    private Results(Path file) {
        this.file = file;
    }

    static Results open(Path file, Machine machine, String peer, boolean quick) throws IOException {
        Results results = new Results(file);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                Measurement measurement = JSON.readValue(line, Measurement.class);
                if (measurement.machine().equals(machine) && measurement.peer().equals(peer)
                        && measurement.quick() == quick) {
                    results.byCell.put(measurement.cell(), measurement);
                }
            }
        }
        return results;
    }

    void add(Measurement measurement) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(measurement) + "\n", StandardCharsets.UTF_8,
                StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        byCell.put(measurement.cell(), measurement);
    }

    Optional<Measurement> of(Cell cell) {
        return Optional.ofNullable(byCell.get(cell));
    }

    List<Measurement> all() {
        return List.copyOf(byCell.values());
    }
}
