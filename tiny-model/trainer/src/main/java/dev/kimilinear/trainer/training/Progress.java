package dev.kimilinear.trainer.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far a run was when it kept a checkpoint: a line of {@code progress.tsv}.
 *
 * @param tokens read so far
 * @param seconds of training so far
 * @param loss mean cross entropy of the last hundred steps or so, in nats
 * @param exact percent of held-out answers that were exact
 */
public record Progress(int step, long tokens, double seconds, double loss, double exact) {

    private static final String HEADER = "step\ttokens\tseconds\tloss\texact\n";

    /** The lines of a file, in order. */
    public static List<Progress> read(Path file) throws IOException {
        List<Progress> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("step")) {
                String[] fields = line.split("\t");
                lines.add(new Progress(Integer.parseInt(fields[0]), Long.parseLong(fields[1]), Double.parseDouble(fields[2]),
                        Double.parseDouble(fields[3]), Double.parseDouble(fields[4])));
            }
        }
        return lines;
    }

    /** Writes a file anew. */
    static void write(Path file, List<Progress> lines) throws IOException {
        StringBuilder text = new StringBuilder(HEADER);
        for (Progress line : lines) {
            text.append(String.format(Locale.ROOT, "%d\t%d\t%.0f\t%.5f\t%.2f\n", line.step, line.tokens, line.seconds,
                    line.loss, line.exact));
        }
        Files.writeString(file, text);
    }
}
