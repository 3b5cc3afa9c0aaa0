package dev.kimilinear.trainer.data.skill;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * A kind of texts to extract fields from.
 *
 * @param noun what a text tells of, as a request names it; a pattern
 * @param sentences patterns with a place for each field by its number, {@code {0}} being the subject; {@code >} begins one
 *        that may open a text; {@code +5} and {@code -5} begin ones that say that field 5 is true or false
 */
record ExtractionDomain(String noun, List<Field> fields, List<String> sentences) {

    /** An article in front of a vowel, with or without something that is no letter between them. */
    private static final Pattern ARTICLE = Pattern.compile("\\b([Aa]) (\\P{L}?[aeioAEIO])");

    /** What a field holds. */
    enum Type {
        TEXT,
        INTEGER,
        NUMBER,
        TRUTH,
        DATE,
        LIST,
        CHOICE,
        ADDRESS
    }

    /** What a text says of a field, and its value in JSON. */
    record Value(String text, Object json) {
    }

    /**
     * A field.
     *
     * @param keys what a schema may call it, in words; the first is the usual one
     * @param choices what a {@link Type#CHOICE} chooses from
     */
    record Field(List<String> keys, Type type, List<String> choices, Function<Source, Value> value) {
    }

    /** @param lines the sentences, one in a line */
    static ExtractionDomain of(String noun, List<Field> fields, String lines) {
        return new ExtractionDomain(noun, fields, lines.lines().filter(line -> !line.isBlank()).toList());
    }

    private static Field field(String keys, Type type, Function<Source, Value> value) {
        return new Field(List.of(keys.split(", ")), type, List.of(), value);
    }

    static Field text(String keys, Function<Source, String> value) {
        return field(keys, Type.TEXT, source -> {
            String text = value.apply(source);
            return new Value(text, text);
        });
    }

    static Field integer(String keys, int least, int most) {
        return field(keys, Type.INTEGER, source -> {
            int number = source.between(least, most);
            return new Value(String.valueOf(number), number);
        });
    }

    /** An amount of money, or a measure: whole, or with one or two places behind the point. */
    static Field number(String keys, int most) {
        return field(keys, Type.NUMBER, source -> {
            int whole = source.between(1, most);
            String text = switch (source.between(0, 2)) {
                case 0 -> whole + "." + source.between(1, 9);
                case 1 -> whole + "." + source.between(1, 9) + source.pick(0, 5, 9);
                default -> String.valueOf(whole);
            };
            return new Value(text, new BigDecimal(text));
        });
    }

    static Field truth(String keys) {
        return field(keys, Type.TRUTH, source -> {
            boolean truth = source.chance(0.5);
            return new Value(truth ? "yes" : "no", truth);
        });
    }

    static Field date(String keys) {
        return field(keys, Type.DATE, source -> {
            String text = ExtractionValues.date(source);
            return new Value(text, text);
        });
    }

    static Field list(String keys, Function<Source, List<String>> value) {
        return field(keys, Type.LIST, source -> {
            List<String> list = value.apply(source);
            return new Value(joined(list), list);
        });
    }

    static Field choice(String keys, String... choices) {
        return new Field(List.of(keys.split(", ")), Type.CHOICE, List.of(choices), source -> {
            String chosen = source.pick(choices);
            return new Value(chosen, chosen);
        });
    }

    static Field address(String keys) {
        return field(keys, Type.ADDRESS, source -> {
            Map<String, Object> address = new LinkedHashMap<>();
            address.put("street", ExtractionValues.street(source));
            address.put("city", source.city());
            return new Value(address.get("street") + source.pick(", ", " in ") + address.get("city"), address);
        });
    }

    /** Words as a sentence lists them: {@code a, b and c}. */
    static String joined(List<String> words) {
        return words.size() == 1 ? words.getFirst()
                : words.stream().limit(words.size() - 1).collect(Collectors.joining(", ")) + " and " + words.getLast();
    }

    /** A text of this domain, with the numbers of the fields it tells. */
    record Told(String text, List<Integer> told) {
    }

    /** Writes a text of one to {@code most} sentences that tells each field at most once. */
    Told tell(List<Value> values, int most, Source source) {
        List<Integer> told = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        List<String> drawn = source.pickSome(sentences, sentences.size());
        String opening = drawn.stream().filter(sentence -> sentence.startsWith(">")).findFirst().orElseThrow();
        add(opening.substring(1).strip(), opening, values, told, text, source);
        int count = 1;
        for (String sentence : drawn) {
            if (count < most && !sentence.startsWith(">") && fits(sentence, values, told)) {
                String pattern = sentence.substring(isTruth(sentence) ? 2 : 0).strip();
                text.append(source.pick(" ", " ", " ", "\n"));
                add(pattern, sentence, values, told, text, source);
                count++;
            }
        }
        return new Told(text.toString(), told);
    }

    /** Says a sentence, and notes which fields the chosen wording tells. */
    private static void add(String pattern, String sentence, List<Value> values, List<Integer> told, StringBuilder text,
            Source source) {
        Object[] places = IntStream.range(0, values.size()).mapToObj(ExtractionDomain::place).toArray();
        String said = source.say(pattern, places);
        for (int number = 0; number < values.size(); number++) {
            boolean truthSaid = isTruth(sentence) && sentence.charAt(1) - '0' == number;
            if ((said.contains(place(number)) || truthSaid) && !told.contains(number)) {
                told.add(number);
            }
            said = said.replace(place(number), values.get(number).text());
        }
        text.append(Words.capitalise(ARTICLE.matcher(said).replaceAll("$1n $2"))).append(source.pick(".", ".", ".", ".", "!"));
    }

    private static String place(int number) {
        return "<" + number + ">";
    }

    private static boolean isTruth(String sentence) {
        return sentence.startsWith("+") || sentence.startsWith("-");
    }

    private static boolean fits(String sentence, List<Value> values, List<Integer> told) {
        if (isTruth(sentence)) {
            int number = sentence.charAt(1) - '0';
            return !told.contains(number) && values.get(number).json().equals(sentence.startsWith("+"));
        }
        return mentioned(sentence).stream().noneMatch(number -> number > 0 && told.contains(number));
    }

    private static List<Integer> mentioned(String sentence) {
        List<Integer> numbers = new ArrayList<>();
        if (isTruth(sentence)) {
            numbers.add(sentence.charAt(1) - '0');
        }
        for (int i = 0; i + 2 < sentence.length(); i++) {
            if (sentence.charAt(i) == '{' && sentence.charAt(i + 2) == '}') {
                numbers.add(sentence.charAt(i + 1) - '0');
            }
        }
        return numbers;
    }
}
