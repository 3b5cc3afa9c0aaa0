package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Where something was measured.
 *
 * @param processor the CPU's name for itself, its family and model, and its widest vectors: virtual machines of one name may
 *        differ in these
 * @param processors that this process may use
 * @param memoryBytes of the machine
 * @param system name of the operating system and of the architecture
 */
record Machine(String processor, int processors, long memoryBytes, String system) {

    static Machine current() throws IOException {
        String memory = value(Path.of("/proc/meminfo"), "MemTotal");
        return new Machine(processorName(), Runtime.getRuntime().availableProcessors(),
                Long.parseLong(memory.replaceAll("\\D", "")) * 1024,
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    private static String processorName() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        List<String> flags = List.of(value(file, "flags").split(" "));
        String vectors = flags.contains("avx512f") ? "AVX-512" : flags.contains("avx2") ? "AVX2" : "SSE";
        return String.format(Locale.ROOT, "%s (family %s, model %s, %s)", value(file, "model name"), value(file, "cpu family"),
                value(file, "model"), vectors);
    }

    /** The first value of a key in a file of {@code key : value} lines. */
    private static String value(Path file, String key) throws IOException {
        for (String line : Files.readAllLines(file)) {
            String[] parts = line.split(":", 2);
            if (parts.length == 2 && parts[0].strip().equals(key)) {
                return parts[1].strip().replaceAll("\\s+", " ");
            }
        }
        throw new IOException("There is no \"" + key + "\" in " + file + ". The comparison runs on Linux only.");
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %d processors, %.0f GiB of memory, %s", processor, processors,
                memoryBytes / 0x1p30, system);
    }
}
