package dev.kimilinear.engine.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Physical cores. Two hardware threads of one core share its vector units and caches: kernels gain nothing from the second
 * one, and the barrier at the end of each operation waits for the slower of the two.
 */
public final class Cores {

    private static final Path CPUS = Path.of("/sys/devices/system/cpu");
    private static final Path STATUS = Path.of("/proc/self/status");

    private Cores() {
    }

    /**
     * Physical cores that this process may run on, at least 1 and at most {@link Runtime#availableProcessors}, which knows
     * of a container's limits. Where the system does not tell its cores (it does on Linux), that number itself.
     */
    public static int physical() {
        return physical(CPUS, STATUS, Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param cpus Linux' folder of {@code cpuN/topology/thread_siblings_list}
     * @param status Linux' file with the line {@code Cpus_allowed_list}
     * @param processors what the JVM may use
     */
    static int physical(Path cpus, Path status, int processors) {
        try {
            BitSet allowed = allowed(status);
            Set<String> cores = new HashSet<>();
            for (int cpu = allowed.nextSetBit(0); cpu >= 0; cpu = allowed.nextSetBit(cpu + 1)) {
                // One core has one list, which all its hardware threads show. Ids of cores repeat from package to package.
                cores.add(Files.readString(cpus.resolve("cpu" + cpu + "/topology/thread_siblings_list")).strip());
            }
            return cores.isEmpty() ? processors : Math.min(cores.size(), processors);
        } catch (IOException | NumberFormatException e) {
            return processors;
        }
    }

    private static BitSet allowed(Path status) throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("Cpus_allowed_list:")) {
                return list(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        throw new IOException(status + " has no line Cpus_allowed_list");
    }

    /** Reads a list such as {@code 0-3,8,10-11}. */
    private static BitSet list(String text) {
        BitSet bits = new BitSet();
        for (String range : text.split(",")) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            if (last < first) {
                throw new NumberFormatException(text);
            }
            bits.set(first, last + 1);
        }
        return bits;
    }
}
