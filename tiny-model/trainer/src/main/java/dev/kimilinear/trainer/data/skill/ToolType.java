package dev.kimilinear.trainer.data.skill;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Source;

/**
 * What an argument or a result may be, written as a word and what belongs to it: {@code city}, {@code country},
 * {@code name}, {@code word LIST}, {@code thing LIST} (a word that sentences give an article), {@code int LEAST MOST},
 * {@code price}, {@code date}, {@code time}, {@code phone}, {@code id}, {@code text}, {@code invented},
 * {@code any A/B/C} (one of these words), {@code one A/B/C} (an enumeration).
 */
record ToolType(String kind, String rest) {

    /** A smaller range of numbers has too few of them to be divided between the splits. */
    private static final int LEAST_TO_DIVIDE = 80;
    private static final double INVENTED = 0.2;
    /** The city that the conformance tests ask the weather of. */
    private static final String RESERVED = "Munich";
    private static final String MESSAGE = "I am late|I will be late|See you (soon|later|at {1})|(Please |)(call|meet|help) {0}|"
            + "The {2} is (here|ready|broken)|Bring the {2}|(Happy birthday|Good luck|Thank you|Hello|Good morning)( {0}|)|"
            + "(Dinner|Lunch) (at {1}|with {0})|Where is (the {2}|{0})|I (need|like|found) the {2}|We (meet|start) at {1}|"
            + "The meeting is at {1}";

    /** The type that a text names. */
    static ToolType of(String text) {
        String[] parts = text.strip().split(" ", 2);
        return new ToolType(parts[0], parts.length > 1 ? parts[1] : "");
    }

    /** The JSON schema, to which a description may be added. */
    Map<String, Object> schema(String description) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", kind.equals("int") ? "integer" : "string");
        if (description != null) {
            schema.put("description", description);
        }
        if (kind.equals("one")) {
            schema.put("enum", words());
        }
        return schema;
    }

    private List<String> words() {
        return List.of(rest.split("/"));
    }

    /** A value. */
    ToolValue draw(Source source) {
        return switch (kind) {
            case "city" -> ToolValue.of(city(source));
            case "country" -> country(source);
            case "name" -> ToolValue.of(source.firstName());
            case "word" -> ToolValue.of(word(source));
            case "thing" -> thing(source);
            case "int" -> ToolValue.of(number(source));
            case "price" -> ToolValue.of(source.owned(() -> source.between(1, 99) + "." + source.pick("00", "50", "90", "95",
                    "99")));
            case "date" -> ToolValue.of(source.owned(() -> String.format(Locale.ROOT, "%d-%02d-%02d",
                    source.between(2024, 2029), source.between(1, 12), source.between(1, 28))));
            case "time" -> ToolValue.of(source.owned(() -> String.format(Locale.ROOT, "%02d:%02d", source.between(0, 23),
                    source.between(0, 59))));
            case "phone" -> ToolValue.of(source.owned(() -> "555-" + source.between(1000, 9999)));
            case "id" -> ToolValue.of(source.owned(() -> (char) source.between('A', 'Z') + "" + source.between(10, 999)));
            case "text" -> text(source);
            case "invented" -> ToolValue.of(source.inventedWord());
            case "any" -> ToolValue.of(source.pick(words()));
            case "one" -> constant(source.pick(words()));
            default -> throw new IllegalArgumentException("No such type: " + kind);
        };
    }

    private static String city(Source source) {
        String city = source.city();
        while (city.equals(RESERVED)) {
            city = source.city();
        }
        return city;
    }

    private static ToolValue country(Source source) {
        Country country = source.pick(Countries.all());
        return ToolValue.of(country.inSentence(), country.name());
    }

    private String word(Source source) {
        return source.chance(INVENTED) ? source.inventedWord() : source.word(rest);
    }

    private ToolValue thing(Source source) {
        String word = word(source);
        return ToolValue.of("the " + word, word);
    }

    private int number(Source source) {
        String[] ends = rest.split(" ");
        int least = Integer.parseInt(ends[0]);
        int most = Integer.parseInt(ends[1]);
        return most - least < LEAST_TO_DIVIDE ? source.between(least, most) : source.owned(() -> source.between(least, most));
    }

    /** A text that requests quote. */
    private static ToolValue text(Source source) {
        String text = Dialogue.withoutMarks(source.say(MESSAGE, source.firstName(), of("time").draw(source).shown(),
                source.word("objects")));
        String mark = source.pick("'", "\"");
        return new ToolValue(mark + text + mark, text, text);
    }

    /** A constant of an enumeration, which people write in small letters. */
    private static ToolValue constant(String constant) {
        String words = constant.toLowerCase(Locale.ROOT);
        return new ToolValue(words, words, constant);
    }
}
