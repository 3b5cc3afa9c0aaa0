package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Values of fields to extract. */
final class ExtractionValues {

    private static final List<String> DAYS = List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
            "Sunday");
    private static final List<String> EVENTS = List.of("meeting", "party", "lesson", "workshop", "course", "call", "talk",
            "dinner", "training", "review");
    /** Words whose plural is made with an s. */
    private static final Pattern REGULAR = Pattern.compile(".*[^sxzyhf](?<!fe)");

    private ExtractionValues() {
    }

    static String name(Source source) {
        return source.chance(0.7) ? source.firstName() : fullName(source);
    }

    static String fullName(Source source) {
        return source.firstName() + " " + lastName(source);
    }

    static String lastName(Source source) {
        return source.chance(0.8) ? source.word("last-names") : Words.capitalise(source.inventedWord());
    }

    static String time(Source source) {
        return source.chance(0.3) ? source.between(1, 12) + source.pick(" am", " pm")
                : "%02d:%02d".formatted(source.between(7, 21), source.pick(0, 15, 30, 45));
    }

    static String day(Source source) {
        return source.pick(DAYS);
    }

    /** An event of two words: {@code piano lesson}. */
    static String event(Source source) {
        return noun(source) + " " + source.pick(EVENTS);
    }

    /** Where people meet. */
    static String place(Source source) {
        return source.chance(0.4) ? "room " + source.between(1, 99) : source.city();
    }

    static String noun(Source source) {
        return source.chance(0.8) ? source.word("nouns") : source.inventedWord();
    }

    static String colour(Source source) {
        return source.chance(0.8) ? source.word("colours") : source.inventedWord();
    }

    static String job(Source source) {
        return source.chance(0.85) ? source.word("jobs") : source.inventedWord();
    }

    static String thing(Source source) {
        return source.chance(0.8) ? source.word("objects") : source.inventedWord();
    }

    /** Several things of one kind: {@code lamps}. */
    static String products(Source source) {
        String product = thing(source);
        while (!REGULAR.matcher(product).matches()) {
            product = thing(source);
        }
        return product + "s";
    }

    static String adjective(Source source) {
        return source.chance(0.8) ? source.word("adjectives") : source.inventedWord();
    }
}
