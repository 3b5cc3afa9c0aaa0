package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** The JSON object that shall be extracted: some fields of a domain, their keys as this schema spells them. */
record ExtractionSchema(List<Key> keys) {

    private static final double USUAL_ORDER = 0.7;
    private static final double USUAL_NAME = 0.5;
    private static final double PREFIX = 0.2;

    /**
     * A field as the schema has it.
     *
     * @param number of the field in its domain
     */
    record Key(String name, int number, ExtractionField field) {
    }

    /**
     * A schema of two to four fields.
     *
     * @param camel whether keys of several words are written as in Java; otherwise it is drawn
     */
    static ExtractionSchema draw(ExtractionDomain domain, boolean camel, Source source) {
        boolean javaNames = camel || source.chance(0.5);
        String prefix = prefix(domain, source);
        List<Key> keys = new ArrayList<>();
        for (int number : numbers(domain, source)) {
            ExtractionField field = domain.fields().get(number);
            String words = source.chance(USUAL_NAME) ? field.names().getFirst() : source.pick(field.names());
            keys.add(new Key(spelled(words.startsWith(prefix) ? words : prefix + words, javaNames), number, field));
        }
        return new ExtractionSchema(keys);
    }

    /** Numbers of fields that one text tells together. */
    private static List<Integer> numbers(ExtractionDomain domain, Source source) {
        List<Integer> told = source.pick(domain.texts()).told();
        List<Integer> numbers = source.pickSome(told, Math.min(told.size(), source.pick(2, 2, 2, 3, 3, 4)));
        if (source.chance(USUAL_ORDER)) {
            Collections.sort(numbers);
        }
        return numbers;
    }

    private static String prefix(ExtractionDomain domain, Source source) {
        return domain.prefixes().isEmpty() || source.chance(1 - PREFIX) ? ""
                : source.owned(() -> source.pick(domain.prefixes())) + " ";
    }

    private static String spelled(String words, boolean camel) {
        String[] parts = words.split(" ");
        StringBuilder name = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            name.append(camel ? Words.capitalise(parts[i]) : "_" + parts[i]);
        }
        return name.toString();
    }

    /** The numbers of the fields in their domain. */
    List<Integer> numbers() {
        return keys.stream().map(Key::number).toList();
    }

    /**
     * The object for a text: {@code null} for what it does not tell.
     *
     * @param values of all fields of the domain
     * @param told the numbers of the fields that the text tells
     */
    String object(List<Object> values, List<Integer> told) {
        Map<String, Object> object = new LinkedHashMap<>();
        keys.forEach(key -> object.put(key.name(), told.contains(key.number()) ? values.get(key.number()) : null));
        return Json.spaced(object);
    }

    /** As LangChain4j describes a class. */
    String langChain4j() {
        return keys.stream().map(key -> Json.quote(key.name()) + ": (type: " + (key.field().number() ? "integer" : "string")
                + ")").collect(Collectors.joining(",\n", "{\n", "\n}"));
    }

    /** As an object with something in the place of each value. */
    String template(Source source) {
        String text = source.pick("...", "");
        Map<String, Object> template = new LinkedHashMap<>();
        keys.forEach(key -> template.put(key.name(), key.field().number() ? 0 : text));
        return Json.spaced(template);
    }

    /** The keys as a sentence lists them: {@code name, age and city}. */
    String names(Source source) {
        boolean quoted = source.chance(0.2);
        List<String> names = keys.stream().map(key -> quoted ? Json.quote(key.name()) : key.name()).toList();
        return source.chance(0.3) ? String.join(", ", names) : ExtractionDomain.joined(names);
    }
}
