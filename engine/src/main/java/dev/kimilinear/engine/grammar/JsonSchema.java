package dev.kimilinear.engine.grammar;

import static dev.kimilinear.engine.grammar.Expression.choice;
import static dev.kimilinear.engine.grammar.Expression.repeat;
import static dev.kimilinear.engine.grammar.Expression.sequence;
import static dev.kimilinear.engine.grammar.Expression.text;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.UnsupportedSchemaException;

/**
 * The texts that are valid by a JSON schema (2020-12 and its predecessors), as a grammar. What a schema may say:
 *
 * <ul>
 * <li>{@code type}, one or several; {@code enum}, {@code const}, {@code anyOf}, {@code $ref} to a place of the same schema,
 * recursion included; {@code true} and <code>{}</code> for any value;
 * <li>objects: {@code properties}, {@code required}, {@code additionalProperties}; without any of them, any members;
 * <li>arrays: {@code items}, {@code minItems}, {@code maxItems};
 * <li>strings: {@code minLength}, {@code maxLength}, {@code format} of {@code date}, {@code time}, {@code date-time} and
 * {@code uuid};
 * <li>numbers: {@code minimum}, {@code maximum}, {@code exclusiveMinimum}, {@code exclusiveMaximum}.
 * </ul>
 *
 * Descriptions and other annotations are passed over; every other keyword is refused by name, since an answer might break it.
 *
 * <p>
 * The grammar is narrower than the schema where that helps the answer to end and to be read: members come in the order of
 * {@code properties}, others only where the schema invites them, behind them; white space is what the {@link JsonStyle} has;
 * numbers have at most 16 digits on either side of the point, and at most two in the exponent.
 */
final class JsonSchema {

    private static final ObjectMapper READER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
            DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static final Set<String> ANNOTATIONS = Set.of("title", "description", "default", "examples", "example",
            "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment", "$defs", "definitions", "$anchor", "strict");

    private static final String ROOT = "#";
    private static final String VALUE = "any value";
    private static final String OBJECT = "any object";

    private final JsonNode schema;
    private final JsonStyle style;
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    /** Places that were referred to and are not yet rules. */
    private final Deque<String> open = new ArrayDeque<>();
    private final Set<String> seen = new HashSet<>();
    private boolean usesAnyValue;

    private JsonSchema(JsonNode schema, JsonStyle style) {
        this.schema = schema;
        this.style = style;
    }

    /**
     * @throws UnsupportedSchemaException if the schema asks for what cannot be enforced
     * @throws IllegalArgumentException if it is no JSON schema
     */
    static Grammar parse(String text, JsonWriting writing) {
        JsonNode schema;
        try {
            schema = READER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The JSON schema is no JSON: " + e.getOriginalMessage(), e);
        }
        return new JsonSchema(schema, JsonStyle.of(writing)).grammar();
    }

    /** An object with any members. */
    static Grammar anyObject() {
        JsonSchema any = new JsonSchema(READER.createObjectNode(), JsonStyle.of(JsonWriting.ANY));
        any.addAnyValue();
        return Grammar.of(any.rules, OBJECT);
    }

    private Grammar grammar() {
        open.add(ROOT);
        seen.add(ROOT);
        while (!open.isEmpty()) {
            String place = open.remove();
            rules.put(place, value(at(place), place));
        }
        if (usesAnyValue) {
            addAnyValue();
        }
        return Grammar.of(rules, ROOT);
    }

    private Expression anyValue() {
        usesAnyValue = true;
        return new Expression.Rule(VALUE);
    }

    private void addAnyValue() {
        Expression value = new Expression.Rule(VALUE);
        rules.put(OBJECT, members(List.of(new Member(string(0, Expression.Repeat.UNBOUNDED), value, true, true))));
        rules.put(VALUE, choice(new Expression.Rule(OBJECT), array(value, 0, Expression.Repeat.UNBOUNDED),
                string(0, Expression.Repeat.UNBOUNDED), number(null, null, true), text("true"),
                text("false"), text("null")));
    }

    // Schemas.

    private Expression value(JsonNode node, String place) {
        if (node.isBoolean() && node.booleanValue()) {
            return anyValue();
        }
        if (node.isBoolean()) {
            throw new UnsupportedSchemaException(
                    "JSON schema at " + place + ": \"false\" allows no value at all. Leave it out.");
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException("JSON schema at " + place + ": found " + brief(node)
                    + ", expected an object or true.");
        }
        if (node.has("$ref")) {
            allow(node, place, "$ref");
            return reference(node.get("$ref"), place);
        }
        if (node.has("enum")) {
            allow(node, place, "enum", "type");
            return literals(elements(node.get("enum"), place + "/enum"), node, place + "/enum");
        }
        if (node.has("const")) {
            allow(node, place, "const", "type");
            return literals(List.of(node.get("const")), node, place + "/const");
        }
        if (node.has("anyOf")) {
            allow(node, place, "anyOf");
            List<JsonNode> options = elements(node.get("anyOf"), place + "/anyOf");
            List<Expression> expressions = new ArrayList<>();
            for (int i = 0; i < options.size(); i++) {
                expressions.add(value(options.get(i), place + "/anyOf/" + i));
            }
            return new Expression.Choice(expressions);
        }
        Set<String> types = types(node, place);
        if (types.isEmpty()) {
            allow(node, place);
            return anyValue();
        }
        Set<String> allowed = new HashSet<>();
        List<Expression> expressions = new ArrayList<>();
        for (String type : types) {
            expressions.add(ofType(type, node, place, allowed));
        }
        allowed.add("type");
        allow(node, place, allowed.toArray(String[]::new));
        return expressions.size() == 1 ? expressions.getFirst() : new Expression.Choice(expressions);
    }

    /** The types that a value may have: those named, or the one whose keywords are there; none if any will do. */
    private static Set<String> types(JsonNode node, String place) {
        Set<String> types = new LinkedHashSet<>();
        JsonNode type = node.get("type");
        if (type != null && type.isTextual()) {
            types.add(type.textValue());
        } else if (type != null) {
            elements(type, place + "/type").forEach(t -> types.add(t.asText()));
        } else if (node.has("properties") || node.has("required") || node.has("additionalProperties")) {
            types.add("object");
        } else if (node.has("items") || node.has("minItems") || node.has("maxItems")) {
            types.add("array");
        } else if (node.has("minLength") || node.has("maxLength") || node.has("format")) {
            types.add("string");
        } else if (node.has("minimum") || node.has("maximum") || node.has("exclusiveMinimum")
                || node.has("exclusiveMaximum")) {
            types.add("number");
        }
        return types;
    }

    private Expression ofType(String type, JsonNode node, String place, Set<String> allowed) {
        switch (type) {
            case "object" -> {
                allowed.addAll(Set.of("properties", "required", "additionalProperties"));
                return object(node, place);
            }
            case "array" -> {
                allowed.addAll(Set.of("items", "minItems", "maxItems"));
                Expression item = node.has("items") ? part(node.get("items"), place + "/items") : anyValue();
                int least = count(node, "minItems", 0, place);
                return array(item, least, most(node, "maxItems", least, place));
            }
            case "string" -> {
                allowed.addAll(Set.of("minLength", "maxLength", "format"));
                int least = count(node, "minLength", 0, place);
                int most = most(node, "maxLength", least, place);
                if (!node.has("format")) {
                    return string(least, most);
                }
                if (node.has("minLength") || node.has("maxLength")) {
                    throw unsupported(place, "a length together with \"format\"", "Leave one of them out.");
                }
                return sequence(text("\""), Formats.of(node.get("format").asText(), place), text("\""));
            }
            case "integer", "number" -> {
                allowed.addAll(Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"));
                boolean fractions = type.equals("number");
                NumberRange.Bound lower = NumberRange.Bound.higher(bound(node, "minimum", false, place),
                        bound(node, "exclusiveMinimum", true, place));
                NumberRange.Bound upper = NumberRange.Bound.lower(bound(node, "maximum", false, place),
                        bound(node, "exclusiveMaximum", true, place));
                return number(lower, upper, fractions);
            }
            case "boolean" -> {
                return choice(text("true"), text("false"));
            }
            case "null" -> {
                return text("null");
            }
            default -> throw new IllegalArgumentException("JSON schema at " + place + ": unknown type \"" + type
                    + "\", expected object, array, string, integer, number, boolean or null.");
        }
    }

    private Expression reference(JsonNode reference, String place) {
        String target = reference.asText();
        if (!target.equals(ROOT) && !target.startsWith("#/")) {
            throw unsupported(place, "a reference to \"" + target + "\"",
                    "References lead to places of the same schema, such as #/$defs/address.");
        }
        return place(target, place);
    }

    /** A part of a schema as a rule of its own, so that repeated parts are there once. */
    private Expression part(JsonNode node, String place) {
        return node.isObject() ? place(place, place) : value(node, place);
    }

    private Expression place(String target, String from) {
        if (seen.add(target)) {
            if (at(target).isMissingNode()) {
                throw new IllegalArgumentException("JSON schema at " + from + ": there is nothing at \"" + target + "\".");
            }
            open.add(target);
        }
        return new Expression.Rule(target);
    }

    private JsonNode at(String place) {
        try {
            return schema.at(place.substring(1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("JSON schema: \"" + place + "\" is no place in a schema.", e);
        }
    }

    private static Expression literals(List<JsonNode> values, JsonNode node, String place) {
        List<Expression> options = new ArrayList<>();
        Set<String> types = types(node, place);
        for (JsonNode value : values) {
            if (types.isEmpty() || types.stream().anyMatch(type -> isOfType(value, type))) {
                options.add(text(value.toString()));
            }
        }
        if (options.isEmpty()) {
            throw new IllegalArgumentException("JSON schema at " + place + ": no value is allowed.");
        }
        return new Expression.Choice(options);
    }

    private static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isTextual();
            case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> false;
        };
    }

    // Objects and arrays.

    /** @param repeated whether it may come any number of times */
    private record Member(Expression key, Expression value, boolean optional, boolean repeated) {

        Expression expression(Expression colon) {
            return sequence(key, colon, value);
        }
    }

    private Expression object(JsonNode node, String place) {
        JsonNode properties = node.path("properties");
        if (!properties.isMissingNode() && !properties.isObject()) {
            throw new IllegalArgumentException("JSON schema at " + place + "/properties: found " + brief(properties)
                    + ", expected an object.");
        }
        JsonNode others = node.path("additionalProperties");
        if (properties.isMissingNode() && others.isMissingNode() && node.path("required").isEmpty()) {
            anyValue();
            return new Expression.Rule(OBJECT);
        }
        Set<String> required = new HashSet<>();
        list(node.path("required"), place + "/required").forEach(name -> required.add(name.asText()));
        List<Member> members = new ArrayList<>();
        properties.fieldNames().forEachRemaining(name -> members.add(new Member(text(READER.valueToTree(name).toString()),
                part(properties.get(name), place + "/properties/" + name.replace("~", "~0").replace("/", "~1")),
                !required.remove(name), false)));
        if (!required.isEmpty()) {
            throw unsupported(place,
                    "the required member \"" + required.iterator().next() + "\", which is none of the properties",
                    "Declare it under \"properties\".");
        }
        if (others.isObject() || others.isBoolean() && others.booleanValue()) {
            members.add(new Member(otherKey(properties), part(others, place + "/additionalProperties"), true, true));
        }
        return members(members);
    }

    /**
     * An object with these members in this order. Rest i is what may follow when members 0 to i - 1 are decided on; it exists
     * twice, for when some of them are there, and a comma is due, and for when none is.
     */
    private Expression members(List<Member> members) {
        Expression end = sequence(style.space(), text("}"));
        Expression first = end;
        Expression later = end;
        for (int i = members.size() - 1; i >= 0; i--) {
            Member member = members.get(i);
            Expression written = member.expression(style.colon());
            if (member.repeated()) {
                written = sequence(written, repeat(sequence(style.comma(), written), 0, Expression.Repeat.UNBOUNDED));
            }
            Expression with = sequence(written, later);
            later = member.optional() ? choice(sequence(style.comma(), with), later) : sequence(style.comma(), with);
            first = member.optional() ? choice(sequence(style.space(), with), first) : sequence(style.space(), with);
        }
        return sequence(text("{"), first);
    }

    /** A key that is none of the properties. It is without escapes, by which one of them could come back. */
    private static Expression otherKey(JsonNode properties) {
        List<String> names = new ArrayList<>();
        properties.fieldNames().forEachRemaining(names::add);
        return sequence(text("\""), otherThan(names, 0), text("\""));
    }

    /** What may follow the first characters that all names share, so that the whole is none of them. */
    private static Expression otherThan(List<String> names, int depth) {
        Map<Integer, List<String>> byNext = new LinkedHashMap<>();
        boolean isName = false;
        Characters next = Characters.NONE;
        for (String name : names) {
            if (name.length() == depth) {
                isName = true;
            } else {
                int c = name.codePointAt(depth);
                byNext.computeIfAbsent(c, k -> new ArrayList<>()).add(name);
                next = next.with(c, c);
            }
        }
        List<Expression> options = new ArrayList<>();
        if (!isName) {
            options.add(Expression.EMPTY);
        }
        Characters others = next.with(JsonStyle.PLAIN.complement()).complement();
        options.add(sequence(others.expression(), repeat(JsonStyle.PLAIN.expression(), 0, Expression.Repeat.UNBOUNDED)));
        byNext.forEach((c, rest) -> {
            if (isPlain(c)) {
                options.add(sequence(text(Character.toString(c)), otherThan(rest, depth + Character.charCount(c))));
            }
        });
        return new Expression.Choice(options);
    }

    private static boolean isPlain(int c) {
        return c > 0x1f && c != '"' && c != '\\';
    }

    private Expression array(Expression item, int least, int most) {
        Expression end = sequence(style.space(), text("]"));
        if (most == 0) {
            return sequence(text("["), end);
        }
        int further = most == Expression.Repeat.UNBOUNDED ? most : most - 1;
        Expression items = sequence(style.space(), item, repeat(sequence(style.comma(), item), Math.max(0, least - 1), further),
                end);
        return sequence(text("["), least == 0 ? choice(items, end) : items);
    }

    private Expression string(int least, int most) {
        return sequence(text("\""), repeat(style.character(), least, most), text("\""));
    }

    private Expression number(NumberRange.Bound lower, NumberRange.Bound upper, boolean fractions) {
        return new NumberRange(lower, upper, fractions, style.exponents()).expression();
    }

    // Keywords.

    private static void allow(JsonNode node, String place, String... keywords) {
        Set<String> known = Set.of(keywords);
        node.fieldNames().forEachRemaining(keyword -> {
            if (!known.contains(keyword) && !ANNOTATIONS.contains(keyword)) {
                throw unsupported(place, "\"" + keyword + "\"" + (known.contains("type") ? "" : " here"),
                        "Leave it out, and say in a description what is meant.");
            }
        });
    }

    private static UnsupportedSchemaException unsupported(String place, String what, String cure) {
        return new UnsupportedSchemaException("JSON schema at " + place + ": " + what + " is not supported. " + cure);
    }

    private static List<JsonNode> elements(JsonNode node, String place) {
        List<JsonNode> elements = list(node, place);
        if (elements.isEmpty()) {
            throw new IllegalArgumentException("JSON schema at " + place + ": found " + brief(node)
                    + ", expected a list with at least one element.");
        }
        return elements;
    }

    /** The elements of a list; none where it is absent. */
    private static List<JsonNode> list(JsonNode node, String place) {
        if (!node.isArray() && !node.isMissingNode()) {
            throw new IllegalArgumentException("JSON schema at " + place + ": found " + brief(node) + ", expected a list.");
        }
        List<JsonNode> elements = new ArrayList<>();
        node.forEach(elements::add);
        return elements;
    }

    private static int most(JsonNode node, String keyword, int least, String place) {
        int most = count(node, keyword, Expression.Repeat.UNBOUNDED, place);
        if (most != Expression.Repeat.UNBOUNDED && most < least) {
            throw new IllegalArgumentException("JSON schema at " + place + ": \"" + keyword + "\" is " + most
                    + ", expected at least " + least + ", the least that is asked for.");
        }
        return most;
    }

    private static int count(JsonNode node, String keyword, int absent, String place) {
        JsonNode count = node.get(keyword);
        if (count == null) {
            return absent;
        }
        if (!count.isNumber() || count.decimalValue().signum() < 0 || !isOfType(count, "integer")) {
            throw new IllegalArgumentException("JSON schema at " + place + ": \"" + keyword + "\" is " + brief(count)
                    + ", expected a whole number, 0 or more.");
        }
        return count.decimalValue().min(BigDecimal.valueOf(Integer.MAX_VALUE)).intValue();
    }

    private static NumberRange.Bound bound(JsonNode node, String keyword, boolean exclusive, String place) {
        JsonNode bound = node.get(keyword);
        if (bound == null) {
            return null;
        }
        if (!bound.isNumber()) {
            throw new IllegalArgumentException("JSON schema at " + place + ": \"" + keyword + "\" is " + brief(bound)
                    + ", expected a number.");
        }
        return new NumberRange.Bound(bound.decimalValue(), exclusive);
    }

    private static String brief(JsonNode node) {
        String text = node.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
