package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.ExtractionDomain.Field;
import dev.kimilinear.trainer.data.skill.ExtractionDomain.Type;
import dev.kimilinear.trainer.data.skill.ExtractionDomain.Value;

/** The JSON object that shall be extracted: some fields of a domain, their keys as this schema spells them. */
record ExtractionSchema(List<Key> keys) {

    /** How a schema may be told. */
    enum Form {
        /** The text that LangChain4j appends to a user's message. */
        LANGCHAIN4J,
        JSON_SCHEMA,
        EXAMPLE,
        WORDS
    }

    /**
     * A field as the schema has it.
     *
     * @param number of the field in its domain
     * @param choices as the schema spells them, empty if it does not tell them
     * @param typed whether the schema asks for a date as JSON writes it
     */
    record Key(String name, int number, Field field, List<String> choices, boolean typed) {

        Object json(Value value) {
            return switch (field.type()) {
                case DATE -> typed ? ExtractionValues.isoDate(value.text()) : value.json();
                case CHOICE -> choices.isEmpty() ? value.json() : choices.get(field.choices().indexOf(value.text()));
                default -> value.json();
            };
        }
    }

    /** A schema for what a text tells, now and then with a field that it does not tell. */
    static ExtractionSchema draw(ExtractionDomain domain, List<Integer> told, Form form, Source source) {
        List<Integer> numbers = new ArrayList<>(source.chance(0.4) ? told
                : source.pickSome(told, source.between(1, told.size())));
        List<Integer> others = new ArrayList<>(IntStream.range(0, domain.fields().size()).boxed().toList());
        others.removeAll(told);
        if (!others.isEmpty() && source.chance(0.18)) {
            numbers.add(source.pick(others));
        }
        if (source.chance(0.6)) {
            Collections.sort(numbers);
        } else {
            numbers = source.pickSome(numbers, numbers.size());
        }
        boolean camel = form == Form.LANGCHAIN4J || source.chance(0.5);
        List<Key> keys = new ArrayList<>();
        for (int number : numbers) {
            Field field = domain.fields().get(number);
            String words = source.chance(0.55) ? field.keys().getFirst() : source.pick(field.keys());
            keys.add(new Key(name(words, camel), number, field, choices(field, form, source), form == Form.LANGCHAIN4J
                    || form == Form.JSON_SCHEMA));
        }
        return new ExtractionSchema(keys);
    }

    private static List<String> choices(Field field, Form form, Source source) {
        boolean upper = form == Form.LANGCHAIN4J || source.chance(0.5);
        return form == Form.EXAMPLE || form == Form.WORDS ? List.of()
                : field.choices().stream().map(choice -> upper ? choice.toUpperCase(Locale.ROOT) : choice).toList();
    }

    private static String name(String words, boolean camel) {
        String[] parts = words.split(" ");
        StringBuilder name = new StringBuilder(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            name.append(camel ? Words.capitalise(parts[i]) : "_" + parts[i]);
        }
        return name.toString();
    }

    /** The object for a text; {@code null} for what it does not tell. */
    Map<String, Object> object(List<Value> values, List<Integer> told) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (Key key : keys) {
            object.put(key.name(), told.contains(key.number()) ? key.json(values.get(key.number())) : null);
        }
        return object;
    }

    /** As LangChain4j describes a class. */
    String langChain4j(Source source) {
        return keys.stream().map(key -> Json.quote(key.name()) + ": (" + (source.chance(0.1)
                ? "the " + key.field().keys().getFirst() + "; "
                : "") + "type: " + langChain4jType(key, source) + ")")
                .collect(Collectors.joining(",\n", "{\n", "\n}"));
    }

    private static String langChain4jType(Key key, Source source) {
        return switch (key.field().type()) {
            case TEXT -> "string";
            case INTEGER -> source.pick("integer", "integer", "integer", "long");
            case NUMBER -> source.pick("double", "double", "float");
            case TRUTH -> "boolean";
            case DATE -> "date string (2023-12-31)";
            case LIST -> "array of string";
            case CHOICE -> "enum, must be one of [" + String.join(", ", key.choices()) + "]";
            case ADDRESS -> source.pick("org.acme.", "com.example.", "demo.", "") + "Address: {\n\"street\": (type: string),\n"
                    + "\"city\": (type: string)\n}";
        };
    }

    /** As a JSON schema. */
    String jsonSchema(Source source) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        Map<String, Object> properties = new LinkedHashMap<>();
        keys.forEach(key -> properties.put(key.name(), jsonSchemaType(key)));
        schema.put("properties", properties);
        if (source.chance(0.4)) {
            schema.put("required", keys.stream().map(Key::name).toList());
        }
        return Json.of(schema);
    }

    private static Map<String, Object> jsonSchemaType(Key key) {
        Map<String, Object> type = new LinkedHashMap<>();
        type.put("type", switch (key.field().type()) {
            case TEXT, DATE, CHOICE -> "string";
            case INTEGER -> "integer";
            case NUMBER -> "number";
            case TRUTH -> "boolean";
            case LIST -> "array";
            case ADDRESS -> "object";
        });
        switch (key.field().type()) {
            case DATE -> type.put("format", "date");
            case CHOICE -> type.put("enum", key.choices());
            case LIST -> type.put("items", Map.of("type", "string"));
            case ADDRESS -> {
                Map<String, Object> parts = new LinkedHashMap<>();
                parts.put("street", Map.of("type", "string"));
                parts.put("city", Map.of("type", "string"));
                type.put("properties", parts);
            }
            default -> {
            }
        }
        return type;
    }

    /** As an object that shows the keys, with something in the place of the values. */
    String example(Source source) {
        int style = source.between(0, 3);
        boolean spaced = source.chance(0.5);
        return keys.stream().map(key -> Json.quote(key.name()) + (spaced ? ": " : ":") + placeholder(key, style))
                .collect(Collectors.joining(spaced ? ", " : ",", "{", "}"));
    }

    private static String placeholder(Key key, int style) {
        Type type = key.field().type();
        if (type == Type.ADDRESS) {
            return "{\"street\":\"...\",\"city\":\"...\"}";
        }
        if (type == Type.LIST) {
            return "[\"...\"]";
        }
        boolean quoted = type == Type.TEXT || type == Type.DATE || type == Type.CHOICE;
        return switch (style) {
            case 0 -> quoted ? "\"...\"" : type == Type.TRUTH ? "true" : "0";
            case 1 -> quoted ? "\"<" + key.field().keys().getFirst() + ">\"" : "<" + key.field().keys().getFirst() + ">";
            case 2 -> quoted ? "\"string\"" : type == Type.TRUTH ? "boolean" : "number";
            default -> quoted ? "\"\"" : "...";
        };
    }

    /** The keys in words: {@code name, age and city}. */
    String words(Source source) {
        int style = source.between(0, 4);
        List<String> names = keys.stream().map(key -> (style == 0 ? Json.quote(key.name()) : key.name())
                + (key.field().type() == Type.ADDRESS ? " (with street and city)" : "")).toList();
        return style == 1 ? String.join(", ", names) : ExtractionDomain.joined(names);
    }

    /** The keys: what schemas are told apart by. */
    @Override
    public String toString() {
        return keys.stream().map(Key::name).collect(Collectors.joining(","));
    }
}
