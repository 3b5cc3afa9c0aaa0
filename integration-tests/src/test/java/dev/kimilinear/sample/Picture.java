package dev.kimilinear.sample;

import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.Map;

/** What can be said of a screenshot without knowing what is on it. */
final class Picture {

    private final BufferedImage image;
    private final Map<Integer, Integer> pixels = new HashMap<>();

    Picture(BufferedImage image) {
        this.image = image;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                pixels.merge(image.getRGB(x, y) & 0xffffff, 1, Integer::sum);
            }
        }
    }

    int width() {
        return image.getWidth();
    }

    int height() {
        return image.getHeight();
    }

    /** How many: one or two if it is blank, many where text is smoothed. */
    int colours() {
        return pixels.size();
    }

    /** Whether its ground, the colour of most pixels, is nearer to black than to white. */
    boolean isDark() {
        int ground = pixels.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
        return (ground >> 16 & 0xff) * 3 + (ground >> 8 & 0xff) * 6 + (ground & 0xff) < 10 * 128;
    }
}
