package dev.kimilinear.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportTest {

    private static final Machine MACHINE = new Machine("CPU <1>", 2, 24L << 30, "Linux amd64");
    private static final Cell DECODE = new Cell("file", "Q4_K_M", 1, Cell.Kind.DECODE, 32, 0);
    private static final Cell DEEP = new Cell("file", "Q4_K_M", 1, Cell.Kind.DECODE, 32, 8192);
    private static final Cell OPEN = new Cell("file", "Q4_K_M", 2, Cell.Kind.OPEN, 16, 0);

    @TempDir
    Path folder;

    @Test
    void figuresAreMediansOfPairs() {
        Measurement measurement = measurement(DECODE, 32, 1.0, 2.0, 4.0);

        assertThat(measurement.ratio()).isEqualTo(1.0);
        assertThat(measurement.smallestRatio()).isEqualTo(0.5);
        assertThat(measurement.largestRatio()).isEqualTo(2.0);
        assertThat(measurement.ourSpeed()).isEqualTo(16.0);
        // 32 tokens of 5e8 bytes in two seconds, of 2e10 bytes a second.
        assertThat(measurement.readShare(Measurement.Pair::ourSeconds)).isCloseTo(0.4, within(1e-9));
        assertThat(measurement(DECODE, 32, 1.0, 2.0).ratio()).isEqualTo(1.5);
    }

    @Test
    void tablesHoldSpeedsRatiosAndTheSpeedAtDepthRelativeToDepthZero() {
        String tables = new Report(List.of(measurement(DEEP, 32, 4.0), measurement(DECODE, 32, 1.0),
                measurement(OPEN, 1, 0.5)), MACHINE).tables();

        assertThat(tables).contains("Measured on 2026-11-24", "CPU <1>, 2 processors, 24 GiB of memory")
                .contains("|Q4_K_M |1 |32.0 |16.0 |*2.00* |2.00 to 2.00")
                .contains("|Q4_K_M |decode |8192 |1 |8.0 |16.0 |*0.50* |0.50 to 0.50 |0.25 |1.00")
                .contains("|Q4_K_M |1 |500 |20.0 |80 % |40 %")
                .contains("first token after a prompt of 16 |2 |500 |2000 |*4.00* |4.00 to 4.00")
                .contains("cache F32").doesNotContain("Prompt. Prompt tokens");
    }

    @Test
    void nothingMeasuredIsSaidSo() {
        assertThat(new Report(List.of(), MACHINE).tables()).contains("Nothing has been measured yet.");
    }

    @Test
    void thePlotIsAnImageWithABarForEachThreadCount() throws Exception {
        Cell twoThreads = new Cell("file", "Q4_K_M", 2, Cell.Kind.DECODE, 32, 0);
        String svg = new Report(List.of(measurement(DECODE, 32, 1.0), measurement(twoThreads, 32, 4.0)), MACHINE).plot();

        Document image = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(image.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg).containsOnlyOnce(">Q4_K_M decode<").contains(">2.00<", ">0.50<", "prefers-color-scheme: dark");
        // Background, two of the legend, one bar each.
        assertThat(image.getElementsByTagName("rect").getLength()).isEqualTo(5);
    }

    @Test
    void resultsAreKeptAndOnlyThoseOfTheSameConditionsAreSeen() throws Exception {
        Path file = folder.resolve("results.jsonl");
        Results results = Results.open(file, MACHINE, "peer", false);
        results.add(measurement(DECODE, 32, 1.0));
        results.add(measurement(DECODE, 32, 4.0));

        assertThat(Files.readAllLines(file)).hasSize(2);
        assertThat(Results.open(file, MACHINE, "peer", false).all()).containsExactly(measurement(DECODE, 32, 4.0));
        assertThat(Results.open(file, MACHINE, "peer", false).of(DEEP)).isEmpty();
        assertThat(Results.open(file, MACHINE, "peer", true).all()).isEmpty();
        assertThat(Results.open(file, MACHINE, "another", false).all()).isEmpty();
        assertThat(Results.open(file, new Machine("other", 2, 1, "Linux"), "peer", false).all()).isEmpty();
    }

    @Test
    void cosinesTellWhetherBothSidesComputeTheSame() {
        assertThat(SideBySide.cosine(new float[] { 1, 2 }, new float[] { 2, 4 })).isCloseTo(1, within(1e-9));
        assertThat(SideBySide.cosine(new float[] { 1, 2 }, new float[] { -2, 1 })).isCloseTo(0, within(1e-9));
        assertThat(SideBySide.cosine(new float[] { 1, Float.NaN }, new float[] { 1, 1 })).isNaN();
    }

    @Test
    void theTextHasAMegabyteOfProseCodeAndChineseAndIsTheSameEachTime() throws Exception {
        String text = MixedText.of(Path.of(".."));

        assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(MixedText.BYTES - 3, MixedText.BYTES);
        assertThat(text).isEqualTo(MixedText.of(Path.of(".."))).contains("public final class", "线性注意力", "= Architecture")
                .doesNotContain("\uFFFD");
    }

    /** The peer takes two seconds for each run. */
    private static Measurement measurement(Cell cell, int units, double... ourSeconds) {
        List<Measurement.Pair> pairs = Arrays.stream(ourSeconds).mapToObj(s -> new Measurement.Pair(s, 2.0, 2e10))
                .toList();
        return new Measurement(cell, MACHINE, false, units, cell.kind() == Cell.Kind.DECODE ? 500_000_000 : 0, pairs,
                "2026-11-24", "JVM", "peer", Map.of("cache", "F32"), Map.of("cache", "F16"));
    }
}
