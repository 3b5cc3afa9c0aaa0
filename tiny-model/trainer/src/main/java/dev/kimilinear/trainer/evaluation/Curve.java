package dev.kimilinear.trainer.evaluation;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import dev.kimilinear.trainer.training.Progress;

/** The course of a run as an SVG image: loss, and exact answers to held-out questions, over tokens. */
public final class Curve {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 280;
    private static final int LEFT = 50;
    private static final int TOP = 20;
    private static final String LOSS = "#c8553d";
    private static final String EXACT = "#1f6f8b";

    private Curve() {
    }

    /** Draws a run. */
    public static String svg(List<Progress> points) {
        double tokens = points.isEmpty() ? 1 : points.getLast().tokens();
        double loss = points.stream().mapToDouble(Progress::loss).max().orElse(1);
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                LEFT + WIDTH + 60, TOP + HEIGHT + 60));
        for (int i = 0; i <= 4; i++) {
            double y = TOP + HEIGHT - HEIGHT * i / 4.0;
            svg.append(String.format(Locale.ROOT, "<path d=\"M%d %.1fh%d\" stroke=\"#ddd\"/>%n", LEFT, y, WIDTH));
            label(svg, LEFT - 6, y + 4, "end", LOSS, String.format(Locale.ROOT, "%.2f", loss * i / 4));
            label(svg, LEFT + WIDTH + 6, y + 4, "start", EXACT, 25 * i + " %");
            label(svg, LEFT + WIDTH * i / 4.0, TOP + HEIGHT + 18, "middle", "black",
                    String.format(Locale.ROOT, "%.1f M", tokens * i / 4 / 1e6));
        }
        line(svg, points, tokens, point -> point.loss() / loss, LOSS);
        line(svg, points, tokens, point -> point.exact() / 100, EXACT);
        label(svg, LEFT, TOP + HEIGHT + 42, "start", LOSS, "loss in training");
        label(svg, LEFT + 160, TOP + HEIGHT + 42, "start", EXACT, "held-out answers exact");
        label(svg, LEFT + WIDTH, TOP + HEIGHT + 42, "end", "black", "tokens");
        return svg.append("</svg>\n").toString();
    }

    private static void label(StringBuilder svg, double x, double y, String anchor, String colour, String text) {
        svg.append(String.format(Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n", x, y,
                anchor, colour, text));
    }

    private static void line(StringBuilder svg, List<Progress> points, double tokens, ToDoubleFunction<Progress> height,
            String colour) {
        StringBuilder path = new StringBuilder();
        for (Progress point : points) {
            path.append(String.format(Locale.ROOT, "%.1f,%.1f ", LEFT + WIDTH * point.tokens() / tokens,
                    TOP + HEIGHT - HEIGHT * height.applyAsDouble(point)));
        }
        svg.append(String.format(Locale.ROOT, "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>%n",
                path.toString().strip(), colour));
    }
}
