package dev.kimilinear.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars of ratios around the line at 1, as an SVG image. A bar that is longer than the plot ends in an arrow before
 * its figure. Colours follow the reader's light or dark scheme.
 */
final class SvgBars {

    /**
     * One bar.
     *
     * @param series which colour, from 0
     * @param value length of the bar
     * @param least left end of the line that shows the spread
     * @param most right end of it
     */
    record Bar(int series, double value, double least, double most) {
    }

    /** Bars that share a label. */
    record Row(String label, List<Bar> bars) {
    }

    /** Where the axis ends at the latest, so that one large ratio does not make the others small. */
    private static final double LONGEST = 2;
    private static final int LABEL_WIDTH = 230;
    private static final int PLOT_WIDTH = 460;
    private static final int BAR_HEIGHT = 11;
    private static final int ROW_GAP = 9;
    private static final int TOP = 58;
    private static final int BOTTOM = 30;

    private SvgBars() {
    }

    /** @param series names of the colours, at most two */
    static String render(String title, List<String> series, List<Row> rows) {
        double most = rows.stream().flatMap(row -> row.bars().stream()).mapToDouble(Bar::most).max().orElse(1);
        double end = Math.clamp(Math.ceil(most * 4) / 4, 1.25, LONGEST);
        int height = TOP + BOTTOM
                + rows.stream().mapToInt(row -> row.bars().size() * (BAR_HEIGHT + 2) + ROW_GAP).sum();
        int width = LABEL_WIDTH + PLOT_WIDTH + 60;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n",
                width, height, width, height));
        svg.append("<title>").append(escape(title)).append("</title>\n").append("""
                <style>
                  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
                  .title { font-size: 15px; font-weight: 600; }
                  .ground { fill: #ffffff; }
                  .grid { stroke: #d0d7de; } .one { stroke: #1f2328; stroke-width: 1.5; }
                  .spread { stroke: #1f2328; }
                  .s0 { fill: #4184e4; } .s1 { fill: #e0823d; }
                  @media (prefers-color-scheme: dark) {
                    text { fill: #e6edf3; }
                    .ground { fill: #0d1117; }
                    .grid { stroke: #3d444d; } .one { stroke: #e6edf3; }
                    .spread { stroke: #e6edf3; }
                  }
                </style>
                """);
        svg.append("<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n");
        text(svg, 12, 22, "title", "start", title);
        for (int i = 0; i < series.size(); i++) {
            svg.append(String.format(Locale.ROOT, "<rect class=\"s%d\" x=\"%d\" y=\"33\" width=\"11\" height=\"11\"/>\n", i,
                    LABEL_WIDTH + i * 110));
            text(svg, LABEL_WIDTH + 16 + i * 110, 43, "", "start", series.get(i));
        }
        for (int i = 0; i <= Math.round(end * 4); i++) {
            double at = i / 4.0;
            svg.append(String.format(Locale.ROOT, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
                    i == 4 ? "one" : "grid", x(at, end), x(at, end), TOP - 6, height - BOTTOM));
            text(svg, x(at, end), height - BOTTOM + 16, "", "middle", String.format(Locale.ROOT, "%.2f", at));
        }
        int y = TOP;
        for (Row row : rows) {
            int rowHeight = row.bars().size() * (BAR_HEIGHT + 2);
            text(svg, LABEL_WIDTH - 8, y + rowHeight / 2 + 4, "", "end", row.label());
            for (Bar bar : row.bars()) {
                bar(svg, bar, y, end);
                y += BAR_HEIGHT + 2;
            }
            y += ROW_GAP;
        }
        return svg.append("</svg>\n").toString();
    }

    private static void bar(StringBuilder svg, Bar bar, int y, double end) {
        double middle = y + BAR_HEIGHT / 2.0;
        svg.append(String.format(Locale.ROOT,
                "<rect class=\"s%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n"
                        + "<line class=\"spread\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
                bar.series(), LABEL_WIDTH, y, x(bar.value(), end) - LABEL_WIDTH, BAR_HEIGHT, x(bar.least(), end),
                x(bar.most(), end), middle, middle));
        text(svg, x(bar.most(), end) + 6, middle + 4, "", "start",
                (bar.value() > end ? "\u2192 " : "") + String.format(Locale.ROOT, "%.2f", bar.value()));
    }

    private static double x(double value, double end) {
        return LABEL_WIDTH + Math.min(value, end) / end * PLOT_WIDTH;
    }

    private static void text(StringBuilder svg, double x, double y, String style, String anchor, String text) {
        svg.append(String.format(Locale.ROOT, "<text%s x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
                style.isEmpty() ? "" : " class=\"" + style + "\"", x, y, anchor, escape(text)));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
