package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * What an argument or a result may be, written as a word and what belongs to it: {@code city}, {@code name}, {@code person},
 * {@code word LIST}, {@code int LEAST MOST}, {@code decimal LEAST MOST}, {@code date}, {@code time}, {@code email},
 * {@code id}, {@code text}, {@code one A/B/C} (an enumeration), {@code bool YES/NO}, {@code list LIST},
 * {@code ints LEAST MOST}, {@code object KEY:TYPE;KEY:TYPE}.
 */
final class ToolType {

    /** A smaller range of numbers has too few of them to be divided between the splits. */
    private static final int LEAST_TO_DIVIDE = 80;
    /** The city that the conformance tests ask the weather of. */
    private static final String RESERVED = "Munich";
    private static final List<String> NUMBER_WORDS = List.of("zero", "one", "two", "three", "four", "five", "six", "seven",
            "eight", "nine", "ten", "eleven", "twelve");
    private static final String MESSAGE = "(I will be (late|early|there at {2}|in {1}|home soon|away until {2})|"
            + "See you (soon|later|at {2}|in {1})|(Please |)(call|meet|bring|wait for|ask|visit|thank|help) {0}( today|"
            + " tomorrow| at {2}|)|The {3} is (here|ready|broken|late|in {1}|for {0}|missing|new)|(Buy|Bring|Find|Take|Sell|"
            + "Keep) the {3}( please| today|)|(Happy birthday|Good luck|Thank you|Congratulations|Welcome|Hello|"
            + "Good morning)( {0}| my friend|)|(Dinner|Lunch|Meeting|Party) (at {2}|in {1}|with {0})|I (need|like|lost|found|"
            + "love) (the|your|my) {3}|{3} (and|or|for|with) {4}|{4} {3}|We (meet|start|leave|eat) at {2}|No {3} today|"
            + "Where is (the {3}|{0})|(Are|Were) you in {1})";

    private final String kind;
    private final String rest;
    private final boolean upperCase;

    private ToolType(String kind, String rest, boolean upperCase) {
        this.kind = kind;
        this.rest = rest;
        this.upperCase = upperCase;
    }

    /** The type that a text names. */
    static ToolType of(String text) {
        return of(text, false);
    }

    /** @param upperCase whether the constants of an enumeration are declared in upper case */
    static ToolType of(String text, boolean upperCase) {
        String[] parts = text.strip().split(" ", 2);
        return new ToolType(parts[0], parts.length > 1 ? parts[1] : "", upperCase);
    }

    /** Whether several values can be listed in one sentence in place of one. */
    boolean canBeListed() {
        return switch (kind) {
            case "city", "name", "person", "word", "id" -> true;
            default -> false;
        };
    }

    /** The JSON schema, to which a description may be added. */
    Map<String, Object> schema(String description) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", switch (kind) {
            case "int" -> "integer";
            case "decimal" -> "number";
            case "bool" -> "boolean";
            case "list", "ints" -> "array";
            case "object" -> "object";
            default -> "string";
        });
        if (description != null) {
            schema.put("description", description);
        }
        switch (kind) {
            case "one" -> schema.put("enum", constants());
            case "list" -> schema.put("items", Map.of("type", "string"));
            case "ints" -> schema.put("items", Map.of("type", "integer"));
            case "object" -> {
                Map<String, Object> properties = new LinkedHashMap<>();
                fields().forEach((key, type) -> properties.put(key, type.schema(null)));
                schema.put("properties", properties);
                schema.put("required", List.copyOf(properties.keySet()));
            }
            default -> {
            }
        }
        return schema;
    }

    private List<String> constants() {
        List<String> constants = List.of(rest.split("/"));
        return upperCase ? constants.stream().map(c -> c.toUpperCase(Locale.ROOT).replace(' ', '_')).toList() : constants;
    }

    private Map<String, ToolType> fields() {
        Map<String, ToolType> fields = new LinkedHashMap<>();
        for (String field : rest.split(";")) {
            String[] parts = field.split(":");
            fields.put(parts[0].strip(), of(parts[1]));
        }
        return fields;
    }

    /** A value. */
    ToolValue draw(Source source) {
        return switch (kind) {
            case "city" -> ToolValue.of(city(source));
            case "name" -> ToolValue.of(source.firstName());
            case "person" -> ToolValue.of(source.firstName() + " "
                    + (source.chance(0.6) ? source.word("last-names") : Words.capitalise(source.inventedWord())));
            case "word" -> ToolValue.of(source.chance(0.3) ? source.inventedWord() : source.word(rest));
            case "int" -> number(source);
            case "decimal" -> decimal(source);
            case "date" -> ToolValue.of(source.owned(() -> String.format(Locale.ROOT, "%d-%02d-%02d",
                    source.between(2024, 2029), source.between(1, 12), source.between(1, 28))));
            case "time" -> ToolValue.of(source.owned(() -> String.format(Locale.ROOT, "%02d:%02d", source.between(0, 23),
                    source.between(0, 59))));
            case "email" -> ToolValue.of(source.firstName().toLowerCase(Locale.ROOT) + "@" + source.inventedWord() + "."
                    + source.pick("com", "org", "net", "de", "io"));
            case "id" -> ToolValue.of(id(source));
            case "text" -> text(source);
            case "one" -> enumerated(source);
            case "bool" -> truth(source.chance(0.5));
            case "list" -> list(source.words(rest, source.between(2, 4)));
            case "ints" -> list(Stream.generate(() -> wholeNumber(source))
                    .limit(source.between(2, 4)).toList());
            case "object" -> object(source);
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

    private int wholeNumber(Source source) {
        String[] ends = rest.split(" ");
        int least = Integer.parseInt(ends[0]);
        int most = Integer.parseInt(ends[1]);
        return most - least < LEAST_TO_DIVIDE ? source.between(least, most) : source.owned(() -> source.between(least, most));
    }

    private ToolValue number(Source source) {
        int number = wholeNumber(source);
        boolean inWords = number >= 2 && number < NUMBER_WORDS.size() && source.chance(0.25);
        return new ToolValue(inWords ? NUMBER_WORDS.get(number) : String.valueOf(number), number);
    }

    private ToolValue decimal(Source source) {
        int whole = wholeNumber(source);
        if (source.chance(0.3)) {
            return new ToolValue(String.valueOf(whole), whole);
        }
        String text = source.owned(() -> whole + "." + source.between(0, 9) + source.between(1, 9));
        return new ToolValue(text, Double.valueOf(text));
    }

    private static String id(Source source) {
        return source.owned(() -> switch (source.between(0, 5)) {
            case 0 -> (char) source.between('A', 'Z') + "-" + source.between(100, 9999);
            case 1 -> (char) source.between('A', 'Z') + "" + source.between(10, 999);
            case 2 -> (char) source.between('A', 'Z') + "" + (char) source.between('A', 'Z') + source.between(100, 9999);
            case 3 -> source.pick("ORD", "INV", "USR", "TX", "DOC", "REF", "ID", "PR") + "-" + source.between(10, 9999);
            case 4 -> String.valueOf(source.between(100, 99999));
            default -> (char) source.between('a', 'z') + "" + source.between(1, 9) + (char) source.between('a', 'z')
                    + source.between(10, 99);
        });
    }

    private static ToolValue text(Source source) {
        String text = Dialogue
                .withoutMarks(source.say(MESSAGE, source.firstName(), source.city(), of("time").draw(source).spoken(),
                        source.word("objects"), source.chance(0.5) ? source.inventedWord() : source.word("adjectives")));
        String mark = source.pick("'", "\"");
        return new ToolValue(mark + text + mark, text);
    }

    private ToolValue enumerated(Source source) {
        int at = source.between(0, constants().size() - 1);
        String spoken = rest.split("/")[at].replace('_', ' ');
        return new ToolValue(spoken, constants().get(at));
    }

    private static ToolValue list(List<?> elements) {
        return new ToolValue(ToolText.enumerate(elements), elements);
    }

    private ToolValue object(Source source) {
        Map<String, Object> json = new LinkedHashMap<>();
        List<String> spoken = new ArrayList<>();
        int style = source.between(0, 3);
        fields().forEach((key, type) -> {
            ToolValue value = type.draw(source);
            json.put(key, value.json());
            String words = ToolText.words(key);
            spoken.add(switch (style) {
                case 0 -> words + " " + value.spoken();
                case 1 -> words + ": " + value.spoken();
                case 2 -> value.spoken() + (words.equals("age") ? " years old" : "");
                default -> (spoken.isEmpty() ? "" : words + " ") + value.spoken();
            });
        });
        return new ToolValue(String.join(", ", spoken), json);
    }

    private ToolValue truth(boolean yes) {
        return new ToolValue(rest.split("/")[yes ? 0 : 1], yes);
    }
}
