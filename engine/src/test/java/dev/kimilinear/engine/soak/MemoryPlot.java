package dev.kimilinear.engine.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Values over time, as a table and as lines in an SVG image. */
final class MemoryPlot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 300;
    private static final int LEFT = 60;
    private static final int TOP = 20;
    private static final List<String> COLOURS = List.of("#1f6f8b", "#c8553d", "#6a994e", "#8d6b94");

    private final List<String> names;
    private final long start = System.nanoTime();
    private final List<double[]> samples = new ArrayList<>();

    MemoryPlot(List<String> names) {
        this.names = names;
    }

    String name(int series) {
        return names.get(series);
    }

    void add(double... values) {
        double[] sample = new double[values.length + 1];
        sample[0] = (System.nanoTime() - start) / 1e9;
        System.arraycopy(values, 0, sample, 1, values.length);
        samples.add(sample);
    }

    /** Over the samples of a part of the time. */
    double median(int series, double from, double to) {
        double[] values = samples.subList((int) (from * samples.size()), (int) (to * samples.size())).stream()
                .mapToDouble(sample -> sample[series + 1]).sorted().toArray();
        return values[values.length / 2];
    }

    /** {@code memory.csv} and {@code memory.svg}. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        StringBuilder table = new StringBuilder(
                "seconds," + String.join(",", names.stream().map(n -> n.replace(",", "")).toList())
                        + "\n");
        for (double[] sample : samples) {
            table.append(String.join(",", Arrays.stream(sample).mapToObj(v -> String.format(Locale.ROOT, "%.1f", v)).toList()))
                    .append("\n");
        }
        Files.writeString(folder.resolve("memory.csv"), table);
        Files.writeString(folder.resolve("memory.svg"), svg());
    }

    private String svg() {
        double seconds = samples.getLast()[0];
        double most = samples.stream().flatMapToDouble(s -> Arrays.stream(s, 1, s.length)).max().orElse(1) * 1.05;
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                LEFT + WIDTH + 40, TOP + HEIGHT + 60));
        for (int i = 0; i <= 4; i++) {
            double y = TOP + HEIGHT - HEIGHT * i / 4.0;
            svg.append(String.format(Locale.ROOT,
                    "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>%n",
                    LEFT,
                    y, WIDTH, LEFT - 6, y + 4, most * i / 4));
            svg.append(String.format(Locale.ROOT, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.1f min</text>%n",
                    LEFT + WIDTH * i / 4, TOP + HEIGHT + 18, seconds * i / 4 / 60));
        }
        int legendAt = LEFT;
        for (int series = 0; series < names.size(); series++) {
            StringBuilder points = new StringBuilder();
            for (double[] sample : samples) {
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", LEFT + WIDTH * sample[0] / seconds,
                        TOP + HEIGHT - HEIGHT * sample[series + 1] / most));
            }
            svg.append(String.format(Locale.ROOT,
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/><text x=\"%d\" y=\"%d\" fill=\"%s\">%s"
                            + "</text>%n",
                    points.toString().strip(), COLOURS.get(series), legendAt, TOP + HEIGHT + 42,
                    COLOURS.get(series), names.get(series)));
            legendAt += 20 + 7 * names.get(series).length();
        }
        return svg.append("</svg>\n").toString();
    }
}
