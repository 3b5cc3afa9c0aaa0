package dev.kimilinear.benchmarks.contender;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * llama.cpp as node-llama-cpp ships it for 64-bit Linux on x86. The lock file pins version and checksum of the package; no
 * script of it is run.
 */
public final class LlamaPackage {

    /** The package and its version, for the record. */
    public static final String NAME = "@node-llama-cpp/linux-x64 3.22.1";

    private LlamaPackage() {
    }

    /**
     * Installs the package if it is missing.
     *
     * @param folder the package's own, below the cache
     * @return the folder of its shared libraries
     * @throws IOException if npm cannot be run or fails
     */
    public static Path install(Path folder) throws IOException, InterruptedException {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.equals("Linux amd64")) {
            throw new IOException("The pinned package " + NAME + " runs on \"Linux amd64\", found \"" + system + "\".");
        }
        Path libraries = folder.resolve("node_modules/@node-llama-cpp/linux-x64/bins/linux-x64");
        if (!Files.isDirectory(libraries)) {
            Files.createDirectories(folder);
            for (String name : new String[] { "package.json", "package-lock.json" }) {
                try (InputStream in = LlamaPackage.class.getResourceAsStream(name)) {
                    Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Process npm;
            try {
                npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
                        .directory(folder.toFile()).inheritIO().start();
            } catch (IOException e) {
                throw new IOException("npm cannot be started, which fetches " + NAME
                        + ". Install Node.js 20 or later (Debian: apt-get install npm).", e);
            }
            if (npm.waitFor() != 0 || !Files.isDirectory(libraries)) {
                throw new IOException("npm ci in " + folder + " ended with exit code " + npm.exitValue() + " and "
                        + (Files.isDirectory(libraries) ? "" : "without ") + "the folder " + libraries
                        + "; its messages are above.");
            }
        }
        return libraries;
    }
}
