package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Draws contents by the name of their kind, as lists of wordings give it. For one text or dialogue. */
final class Contents {

    private static final String[] RELATIONS = { "sister", "brother", "mother", "father", "wife", "husband", "son", "daughter",
            "best friend", "friend", "neighbour", "boss", "teacher", "uncle", "aunt", "cousin", "grandmother", "grandfather",
            "girlfriend", "boyfriend", "partner", "colleague", "doctor", "flatmate", "trainer", "nephew", "niece" };
    /** Lists whose words may also be invented. */
    private static final Set<String> OPEN = Set.of("animals", "foods", "jobs", "objects", "places", "products", "nouns");
    private static final double INVENTED = 0.15;
    /** Fewer numbers are not divided. */
    private static final int FEW = 30;
    private static final String CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final Pattern NAMED = Pattern.compile("\\[([^]]+)]");

    private final Source source;
    private final List<String> persons = new ArrayList<>();

    /** @param persons among so many persons {@code person} draws */
    Contents(Source source, int persons) {
        this.source = source;
        while (this.persons.size() < persons) {
            String name = source.firstName();
            if (!this.persons.contains(name)) {
                this.persons.add(name);
            }
        }
    }

    /**
     * A content.
     *
     * @param kind {@code name}, {@code person} (drawn again and again), {@code relation}, {@code city}, {@code word} and
     *        {@code Word} (invented), {@code int LEAST MOST}, {@code digits COUNT}, {@code code}, {@code time},
     *        {@code pick ONE/ANOTHER}, or a list of words
     */
    String draw(String kind) {
        String[] parts = kind.split(" ", 2);
        return switch (parts[0]) {
            case "name" -> source.firstName();
            case "person" -> source.pick(persons);
            case "relation" -> source.pick(RELATIONS);
            case "city" -> source.city();
            case "word" -> source.inventedWord();
            case "Word" -> Words.capitalise(source.inventedWord());
            case "int" -> number(parts[1].split(" "));
            case "digits" -> digits(Integer.parseInt(parts[1]));
            case "code" -> code();
            case "time" -> source.owned(() -> "%02d:%02d".formatted(source.between(6, 23), 5 * source.between(0, 11)));
            case "pick" -> source.pick(parts[1].split("/"));
            default -> OPEN.contains(kind) && source.chance(INVENTED) ? source.inventedWord() : source.word(kind);
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
        // Of large ranges small numbers too.
        int end = most > 1000 && source.chance(0.5) ? Math.min(most, least + 100) : most;
        if (end - least < FEW) {
            return String.valueOf(source.between(least, end));
        }
        return source.owned(() -> String.valueOf(source.between(least, end)));
    }

    private String digits(int count) {
        return source.owned(() -> {
            StringBuilder digits = new StringBuilder();
            for (int i = 0; i < count; i++) {
                digits.append(source.between(0, 9));
            }
            return digits.toString();
        });
    }

    private String code() {
        return source.chance(0.4) ? source.inventedWord() : source.owned(() -> {
            StringBuilder code = new StringBuilder();
            int letters = source.between(1, 4);
            for (int i = 0; i < letters; i++) {
                code.append(CODE_LETTERS.charAt(source.between(0, CODE_LETTERS.length() - 1)));
            }
            return code.append(source.between(1, 9999)).toString();
        });
    }
}
