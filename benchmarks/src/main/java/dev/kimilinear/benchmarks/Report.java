package dev.kimilinear.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import dev.kimilinear.benchmarks.realshape.WeightMix;

/** The measurements as an AsciiDoc include file with tables and an SVG image of the ratios. */
final class Report {

    /** Below the folder of a documentation module. */
    static final String TABLES = "pages/includes/benchmark-results.adoc";
    static final String PLOT = "images/benchmarks.svg";

    private static final List<String> SERIES = List.of("1 thread", "2 threads");

    private final List<Measurement> all;
    private final Machine machine;

    /** @param measurements of this machine, of one kind of run, one for each cell */
    Report(List<Measurement> measurements, Machine machine) {
        this.machine = machine;
        // In the order of the mixes, so that the table does not depend on what was measured when.
        all = measurements.stream()
                .sorted(Comparator.comparing((Measurement m) -> m.cell().kind())
                        .thenComparing(m -> m.cell().weights().isEmpty() ? -1 : WeightMix.valueOf(m.cell().weights()).ordinal())
                        .thenComparing(m -> m.cell().depth()).thenComparing(m -> m.cell().tokens())
                        .thenComparing(m -> m.cell().threads()))
                .toList();
    }

    /** Writes the tables, and the image if there is something to show. */
    void write(Path documentation) throws IOException {
        Path tables = documentation.resolve(TABLES);
        Files.createDirectories(tables.getParent());
        Files.writeString(tables, tables());
        if (!all.isEmpty()) {
            Path plot = documentation.resolve(PLOT);
            Files.createDirectories(plot.getParent());
            Files.writeString(plot, plot());
        }
    }

    String tables() {
        StringBuilder out = new StringBuilder("// Written by benchmarks/compare. Changes are lost.\n\n");
        if (all.isEmpty()) {
            return out.append("Nothing has been measured yet.\n").toString();
        }
        conditions(out);
        out.append("image::benchmarks.svg[Speed of this engine over llama.cpp's]\n\n");
        speeds(out, "Decode", "Tokens a second, one token a step, behind an empty sequence.", select(Cell.Kind.DECODE, false));
        speeds(out, "Prompt", "Prompt tokens a second, from an empty sequence.", select(Cell.Kind.PREFILL, false));
        chats(out);
        depth(out);
        shares(out);
        others(out);
        return out.toString();
    }

    private void conditions(StringBuilder out) {
        TreeSet<String> dates = new TreeSet<>(all.stream().map(Measurement::date).toList());
        TreeSet<String> javas = new TreeSet<>(all.stream().map(Measurement::java).toList());
        out.append(
                dates.size() == 1 ? "Measured on " + dates.first() : "Measured from " + dates.first() + " to " + dates.last())
                .append(".\n\n");
        out.append("Machine:: ").append(machine).append("\n");
        out.append("This engine:: ").append(String.join("; ", javas)).append(settings(true)).append("\n");
        out.append("llama.cpp:: ").append(all.getFirst().peer()).append(settings(false)).append("\n\n");
    }

    /** What all runs have in common, as the sides reported it. */
    private String settings(boolean ours) {
        Map<String, TreeSet<String>> values = new LinkedHashMap<>();
        for (Measurement measurement : all) {
            (ours ? measurement.ourSettings() : measurement.peerSettings()).forEach((key, value) -> {
                if (!key.startsWith("threads") && !key.equals("java") && !key.equals("context")) {
                    values.computeIfAbsent(key, k -> new TreeSet<>()).add(value);
                }
            });
        }
        StringBuilder text = new StringBuilder();
        values.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(entry -> text.append("; ").append(entry.getKey()).append(" ")
                        .append(String.join(" or ", entry.getValue()).replace("|", ",")));
        return text.toString();
    }

    private List<Measurement> select(Cell.Kind kind, boolean atDepth) {
        return all.stream().filter(m -> m.cell().kind() == kind && m.cell().depth() > 0 == atDepth).toList();
    }

    private static void speeds(StringBuilder out, String title, String note, List<Measurement> rows) {
        if (rows.isEmpty()) {
            return;
        }
        boolean prompt = rows.getFirst().cell().kind() == Cell.Kind.PREFILL;
        out.append(".").append(title).append(". ").append(note).append("\n[%autowidth]\n|===\n|Weights ")
                .append(prompt ? "|Prompt " : "").append("|Threads |This engine |llama.cpp |Ratio |Spread\n\n");
        for (Measurement m : rows) {
            out.append("|").append(m.cell().weights()).append(" ");
            if (prompt) {
                out.append("|").append(m.cell().tokens()).append(" ");
            }
            out.append(speedColumns(m)).append("\n");
        }
        out.append("|===\n\n");
    }

    private static String speedColumns(Measurement m) {
        return String.format(Locale.ROOT, "|%d |%.1f |%.1f |*%.2f* |%.2f to %.2f", m.cell().threads(), m.ourSpeed(),
                m.peerSpeed(), m.ratio(), m.smallestRatio(), m.largestRatio());
    }

    private void chats(StringBuilder out) {
        List<Measurement> rows = select(Cell.Kind.CHATS, false);
        if (rows.isEmpty()) {
            return;
        }
        out.append(".Several chats at a time. Tokens a second of all of them together; the last two columns are how many times"
                + " as fast that is as one chat.\n[%autowidth]\n|===\n|Weights |Chats |Threads |This engine |llama.cpp |Ratio"
                + " |Spread |This engine, times one |llama.cpp, times one\n\n");
        for (Measurement m : rows) {
            Cell cell = m.cell();
            Optional<Measurement> one = select(Cell.Kind.DECODE, false).stream()
                    .filter(other -> other.cell().model().equals(cell.model()) && other.cell().threads() == cell.threads())
                    .findFirst();
            out.append("|").append(cell.weights()).append(" |").append(cell.tokens()).append(" ").append(speedColumns(m))
                    .append(relative(one.map(s -> m.ourSpeed() / s.ourSpeed())))
                    .append(relative(one.map(s -> m.peerSpeed() / s.peerSpeed()))).append("\n");
        }
        out.append("|===\n\n");
    }

    private void depth(StringBuilder out) {
        List<Measurement> rows = new ArrayList<>(select(Cell.Kind.DECODE, true));
        rows.addAll(select(Cell.Kind.PREFILL, true));
        if (rows.isEmpty()) {
            return;
        }
        out.append(".Behind a long sequence. Tokens a second; the last two columns are the speed relative to that behind an"
                + " empty one.\n[%autowidth]\n|===\n|Weights |Step |Depth |Threads |This engine |llama.cpp |Ratio |Spread"
                + " |This engine, relative |llama.cpp, relative\n\n");
        for (Measurement m : rows) {
            Cell cell = m.cell();
            Optional<Measurement> shallow = all.stream().filter(other -> other.cell()
                    .equals(new Cell(cell.model(), cell.weights(), cell.threads(), cell.kind(), cell.tokens(), 0))).findFirst();
            out.append("|").append(cell.weights()).append(" |")
                    .append(cell.kind() == Cell.Kind.DECODE ? "decode" : "prompt of " + cell.tokens()).append(" |")
                    .append(cell.depth()).append(" ").append(speedColumns(m))
                    .append(relative(shallow.map(s -> m.ourSpeed() / s.ourSpeed())))
                    .append(relative(shallow.map(s -> m.peerSpeed() / s.peerSpeed()))).append("\n");
        }
        out.append("|===\n\n");
    }

    private static String relative(Optional<Double> value) {
        return value.map(v -> String.format(Locale.ROOT, " |%.2f", v)).orElse(" |not measured");
    }

    private void shares(StringBuilder out) {
        List<Measurement> rows = select(Cell.Kind.DECODE, false).stream().filter(Measurement::knowsReadShare).toList();
        if (rows.isEmpty()) {
            return;
        }
        out.append(".Share of the memory bandwidth in decode. Bytes of weights read a second over what plain reading reached"
                + " between the runs.\n[%autowidth]\n|===\n|Weights |Threads |MB of weights a token |Plain reading, GB/s"
                + " |This engine |llama.cpp\n\n");
        for (Measurement m : rows) {
            out.append(String.format(Locale.ROOT, "|%s |%d |%.0f |%.1f |%.0f %% |%.0f %%\n", m.cell().weights(),
                    m.cell().threads(), m.weightBytesPerToken() / 1e6, m.readSpeed() / 1e9,
                    100 * m.readShare(Measurement.Pair::ourSeconds), 100 * m.readShare(Measurement.Pair::peerSeconds)));
        }
        out.append("|===\n\n");
    }

    private void others(StringBuilder out) {
        List<Measurement> rows = all.stream()
                .filter(m -> m.cell().kind() == Cell.Kind.TOKENIZE || m.cell().kind() == Cell.Kind.OPEN).toList();
        if (rows.isEmpty()) {
            return;
        }
        out.append(".Loading and tokenizing, in milliseconds\n[%autowidth]\n|===\n|What |Threads |This engine |llama.cpp"
                + " |Ratio |Spread\n\n");
        for (Measurement m : rows) {
            String what = m.cell().kind() == Cell.Kind.TOKENIZE
                    ? String.format(Locale.ROOT, "Tokenizing 1 MB of text into %,d tokens", m.units())
                    : m.cell().weights() + ": opening the file, to the first token after a prompt of " + m.cell().tokens();
            double scale = 1000.0 * m.units();
            out.append(String.format(Locale.ROOT, "|%s |%d |%.0f |%.0f |*%.2f* |%.2f to %.2f\n", what, m.cell().threads(),
                    scale / m.ourSpeed(), scale / m.peerSpeed(), m.ratio(), m.smallestRatio(), m.largestRatio()));
        }
        out.append("|===\n\n");
    }

    String plot() {
        Map<String, List<SvgBars.Bar>> rows = new LinkedHashMap<>();
        for (Measurement m : all) {
            if (m.cell().threads() <= SERIES.size()) {
                rows.computeIfAbsent(m.cell().label(), label -> new ArrayList<>())
                        .add(new SvgBars.Bar(m.cell().threads() - 1, m.ratio(), m.smallestRatio(), m.largestRatio()));
            }
        }
        return SvgBars.render("Speed over llama.cpp's, median and spread; right of 1.00 this engine is faster", SERIES,
                rows.entrySet().stream().map(row -> new SvgBars.Row(row.getKey(), row.getValue())).toList());
    }
}
