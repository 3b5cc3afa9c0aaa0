package dev.kimilinear.trainer.data.skill;

import dev.kimilinear.trainer.data.Words;

/** Identifiers, as programs compose them of words. */
final class ToolText {

    /** How an identifier is composed. */
    enum Case {
        CAMEL,
        SNAKE
    }

    private ToolText() {
    }

    /** Words as an identifier: {@code getWeather}, {@code get_weather}. */
    static String identifier(String words, Case style) {
        String[] parts = words.strip().split("[ -]+");
        return switch (style) {
            case CAMEL -> camel(parts);
            case SNAKE -> String.join("_", parts);
        };
    }

    private static String camel(String[] parts) {
        StringBuilder text = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            text.append(Words.capitalise(parts[i]));
        }
        return text.toString();
    }
}
