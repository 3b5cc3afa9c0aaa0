package dev.kimilinear.trainer.data.skill;

import java.util.List;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Values of fields to extract. */
final class ExtractionValues {

    private static final List<String> MONTHS = List.of("January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December");
    private static final List<String> DAYS = List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
            "Sunday");

    private ExtractionValues() {
    }

    static String name(Source source) {
        return source.chance(0.6) ? source.firstName() : fullName(source);
    }

    static String fullName(Source source) {
        return source.firstName() + " " + lastName(source);
    }

    static String lastName(Source source) {
        return source.chance(0.7) ? source.word("last-names") : Words.capitalise(source.inventedWord());
    }

    static String company(Source source) {
        return lastName(source) + source.pick("", "", " Ltd", " GmbH", " Inc", " Group", " and Sons", " Systems");
    }

    static String street(Source source) {
        return source.between(1, 199) + " " + (source.chance(0.5) ? lastName(source) : Words.capitalise(source.word("nouns")))
                + source.pick(" Street", " Road", " Lane", " Avenue", " Street");
    }

    static String email(Source source) {
        return (source.firstName() + source.pick(".", "") + source.inventedWord() + "@" + source.inventedWord()
                + source.pick(".com", ".org", ".net", ".de")).toLowerCase(java.util.Locale.ROOT);
    }

    static String phone(Source source) {
        return source.owned(() -> source.pick("0", "+49 ", "555-", "+1 ") + source.between(100, 999)
                + source.pick(" ", "-", "") + source.between(1000, 99_999));
    }

    /** A number like {@code AB-1234}. */
    static String code(Source source) {
        return source.owned(() -> source.inventedWord().substring(0, source.between(1, 2)).toUpperCase(java.util.Locale.ROOT)
                + source.pick("-", "", "-") + source.between(10, 9999));
    }

    static String date(Source source) {
        int day = source.between(1, 28);
        int month = source.between(1, 12);
        int year = source.between(1980, 2035);
        return switch (source.between(0, 3)) {
            case 0 -> MONTHS.get(month - 1) + " " + day + ", " + year;
            case 1 -> day + " " + MONTHS.get(month - 1) + " " + year;
            default -> "%d-%02d-%02d".formatted(year, month, day);
        };
    }

    static String isoDate(String date) {
        for (int month = 0; month < MONTHS.size(); month++) {
            if (date.contains(MONTHS.get(month))) {
                String[] parts = date.replace(MONTHS.get(month), "").replace(",", "").strip().split(" +");
                return "%s-%02d-%02d".formatted(parts[1], month + 1, Integer.parseInt(parts[0]));
            }
        }
        return date;
    }

    static String time(Source source) {
        return source.between(0, 3) == 0 ? source.between(1, 12) + source.pick(" am", " pm")
                : "%02d:%02d".formatted(source.between(0, 23), source.between(0, 59));
    }

    static String day(Source source) {
        return source.pick(DAYS);
    }

    /** A title of two or three words. */
    static String title(Source source) {
        String noun = Words.capitalise(noun(source));
        return switch (source.between(0, 3)) {
            case 0 -> "The " + Words.capitalise(source.word("adjectives")) + " " + noun;
            case 1 -> noun + " of " + source.city();
            case 2 -> noun + " and " + Words.capitalise(noun(source));
            default -> "The " + noun;
        };
    }

    static String noun(Source source) {
        return source.chance(0.7) ? source.word("nouns") : source.inventedWord();
    }

    static String colour(Source source) {
        return source.chance(0.8) ? source.word("colours") : source.inventedWord();
    }

    static String job(Source source) {
        return source.chance(0.75) ? source.word("jobs") : source.inventedWord();
    }

    static String product(Source source) {
        return switch (source.between(0, 4)) {
            case 0 -> source.inventedWord();
            case 1 -> source.word("adjectives") + " " + source.word("objects");
            case 2 -> source.word("objects");
            default -> source.word("products");
        };
    }

    static String food(Source source) {
        return source.chance(0.75) ? source.word("foods") : source.inventedWord();
    }

    static List<String> words(Source source, String list) {
        List<String> words = source.words(list, source.between(2, 3));
        return source.chance(0.3) ? List.of(source.inventedWord(), words.getFirst()) : words;
    }
}
