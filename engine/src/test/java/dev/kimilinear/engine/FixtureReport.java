package dev.kimilinear.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The lines about golden tests that {@code ./verify} prints at its end. */
public final class FixtureReport {

    private static final Path FILE = Path.of("target", "fixtures-report.txt");

    private FixtureReport() {
    }

    /** Adds a line such as {@code "Fixtures, full set, tokenizer: 422 of 422 cases held"}. */
    public static void add(String set, String kind, int held, int cases) {
        String line = "Fixtures, " + set + " set, " + kind + ": " + held + " of " + cases + " cases held\n";
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
