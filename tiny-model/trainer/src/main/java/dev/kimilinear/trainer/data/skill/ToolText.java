package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;

import dev.kimilinear.trainer.data.Words;

/** Small things about words: identifiers, enumerations, articles. */
final class ToolText {

    /** How identifiers are composed of words. */
    enum Case {
        CAMEL,
        SNAKE,
        PASCAL,
        KEBAB,
        FLAT
    }

    private ToolText() {
    }

    /** Words as an identifier: {@code getWeather}, {@code get_weather}. */
    static String identifier(String words, Case style) {
        String[] parts = words.strip().split("[ -]+");
        return switch (style) {
            case CAMEL -> joinCapitalised(parts, 1);
            case PASCAL -> joinCapitalised(parts, 0);
            case SNAKE -> String.join("_", parts);
            case KEBAB -> String.join("-", parts);
            case FLAT -> String.join("", parts);
        };
    }

    private static String joinCapitalised(String[] parts, int from) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            text.append(i < from ? parts[i] : Words.capitalise(parts[i]));
        }
        return text.toString();
    }

    /** An identifier as words: {@code userId} is "user id". */
    static String words(String identifier) {
        return identifier.replaceAll("([a-z0-9])([A-Z])", "$1 $2").replaceAll("[_-]", " ").toLowerCase(Locale.ROOT);
    }

    /** "a, b and c". */
    static String enumerate(List<?> elements) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < elements.size(); i++) {
            text.append(i == 0 ? "" : i + 1 < elements.size() ? ", " : " and ").append(elements.get(i));
        }
        return text.toString();
    }

    /** The word with "a" or "an". */
    static String withArticle(String word) {
        return ("aeiou".indexOf(word.charAt(0)) >= 0 ? "an " : "a ") + word;
    }
}
