package dev.kimilinear.trainer.data.skill;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Source;

/** Draws contents by the name of their kind, as lists of wordings give it. */
final class Contents {

    private static final String[] RELATIONS = { "sister", "brother", "mother", "father", "wife", "husband", "son", "daughter",
            "best friend", "friend", "boss", "teacher", "uncle", "aunt", "cousin" };
    private static final String[] PETS = { "dog", "cat", "horse", "rabbit", "bird", "hamster", "fish", "mouse", "parrot",
            "turtle" };
    private static final String[] BUILDINGS = { "museum", "library", "bakery", "bank", "theatre", "cinema", "zoo", "gym",
            "restaurant", "cafe", "hotel", "pharmacy", "school", "shop", "gallery", "castle", "post office", "market",
            "swimming pool", "bookshop" };
    private static final String[] EVENTS = { "concert", "meeting", "party", "lesson", "match", "lecture", "wedding", "race",
            "show", "exam", "festival", "course", "workshop", "conference", "exhibition" };
    private static final String[] WEEKDAYS = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" };
    private static final double INVENTED = 0.15;
    /** Fewer numbers are not divided. */
    private static final int FEW = 30;
    private static final String CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final Pattern NAMED = Pattern.compile("\\[([^]]+)]");

    private final Source source;

    Contents(Source source) {
        this.source = source;
    }

    /**
     * A content.
     *
     * @param kind {@code name}, {@code relation}, {@code pet}, {@code building}, {@code event}, {@code weekday},
     *        {@code city}, {@code word} (invented), {@code int LEAST MOST}, {@code pick ONE/ANOTHER}, {@code code},
     *        {@code any LIST} (a word of the list, now and then an invented one), or a list of words
     */
    String draw(String kind) {
        String[] parts = kind.split(" ", 2);
        return switch (parts[0]) {
            case "name" -> source.firstName();
            case "relation" -> source.pick(RELATIONS);
            case "pet" -> source.pick(PETS);
            case "building" -> source.pick(BUILDINGS);
            case "event" -> source.pick(EVENTS);
            case "weekday" -> source.pick(WEEKDAYS);
            case "city" -> source.city();
            case "word" -> source.inventedWord();
            case "int" -> number(parts[1].split(" "));
            case "pick" -> source.pick(parts[1].split("/"));
            case "code" -> source.owned(this::code);
            case "any" -> source.chance(INVENTED) ? source.inventedWord() : source.word(parts[1]);
            default -> source.word(kind);
        };
    }

    /** A noun with its article: "an apple". */
    static String withArticle(String noun) {
        boolean vowel = "aeiouAEIOU".indexOf(noun.charAt(0)) >= 0 && !noun.matches("(?i)(uni|eu|use|one|uk).*");
        return (vowel ? "an " : "a ") + noun;
    }

    /** Fills places like {@code [animals]} and {@code [a animals]} (with its article). */
    String fill(String text) {
        Matcher places = NAMED.matcher(text);
        return places.replaceAll(place -> Matcher.quoteReplacement(named(place.group(1))));
    }

    private String named(String kind) {
        return kind.startsWith("a ") ? withArticle(draw(kind.substring(2))) : draw(kind);
    }

    private String number(String[] ends) {
        int least = Integer.parseInt(ends[0]);
        int most = Integer.parseInt(ends[1]);
        if (most - least < FEW) {
            return String.valueOf(source.between(least, most));
        }
        return source.owned(() -> String.valueOf(source.between(least, most)));
    }

    /** Two letters and two digits: "KX48". */
    private String code() {
        return String.valueOf(letter()) + letter() + source.between(10, 99);
    }

    private char letter() {
        return CODE_LETTERS.charAt(source.between(0, CODE_LETTERS.length() - 1));
    }
}
