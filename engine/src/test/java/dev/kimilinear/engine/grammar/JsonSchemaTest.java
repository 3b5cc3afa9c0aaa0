package dev.kimilinear.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.UnsupportedSchemaException;

class JsonSchemaTest {

    private static final String WEATHER = """
            {"type": "object", "description": "where and when", "properties": {
              "city": {"type": "string"}, "days": {"type": "integer", "minimum": 1, "maximum": 14},
              "unit": {"enum": ["c", "f"]}}, "required": ["city"]}""";

    @Test
    void membersComeInTheirOrderAndOptionalOnesMayBeAbsent() {
        assertFits(WEATHER, "{\"city\": \"Paris\", \"days\": 2}", "{\"city\":\"x\",\"unit\":\"f\"}", "{\"city\":\"\"}",
                "{\"city\":\"a\",\"days\":14,\"unit\":\"c\"}");
        assertFitsNot(WEATHER, "{}", "{\"days\":2}", "{\"city\":\"x\",\"days\":15}", "{\"city\":\"x\",}",
                "{\"days\":2,\"city\":\"x\"}", "{\"city\":\"x\",\"other\":1}", "{\"city\":\"x\",\"city\":\"x\"}", "[]");
        String optional = "{\"properties\":{\"a\":{\"type\":\"null\"},\"b\":{\"type\":\"null\"},\"c\":{\"type\":\"null\"}}}";
        assertFits(optional, "{}", "{\"a\":null}", "{\"b\":null}", "{\"c\":null}", "{\"a\":null,\"c\":null}",
                "{\"a\":null,\"b\":null,\"c\":null}");
        assertFitsNot(optional, "{,\"a\":null}", "{\"b\":null,\"a\":null}", "{\"a\":null\"b\":null}");
    }

    @Test
    void manyOptionalMembersAreNoBurden() {
        StringBuilder schema = new StringBuilder("{\"properties\":{");
        for (int i = 0; i < 500; i++) {
            schema.append(i == 0 ? "" : ",").append("\"p").append(i).append("\":{\"type\":\"boolean\"}");
        }
        schema.append("}}");

        assertFits(schema.toString(), "{}", "{\"p0\":true,\"p499\":false}", "{\"p250\":true,\"p251\":true}");
        assertFitsNot(schema.toString(), "{\"p1\":true,\"p0\":true}", "{\"p500\":true}");
    }

    @Test
    void whiteSpaceIsBounded() {
        assertFits(WEATHER, "{\"city\":\"x\"}", "{ \"city\": \"x\" }", "{\n  \"city\": \"x\",\n  \"days\": 1\n}",
                "{\n\n\t\t\"city\":\"x\"\n}");
        assertFitsNot(WEATHER, "{  \"city\":\"x\"}", "{\n\n\n\"city\":\"x\"}", "{\"city\" :\"x\"}", "{\"city\":  \"x\"}",
                "{\n" + " ".repeat(21) + "\"city\":\"x\"}", " {\"city\":\"x\"}", "{\"city\":\"x\"} ");
    }

    @Test
    void stringsAreJson() {
        String string = "{\"type\":\"string\"}";
        assertFits(string, "\"\"", "\"a \\\"b\\\" \\\\ \\/ \\n\\t\\r\\b\\f \\u00e9\"", "\"é日😀\"", "\"\\uD7FF\"");
        assertFitsNot(string, "\"\n\"", "\"\\x\"", "\"a", "a", "\"\\ud800\"", "\"\\u12\"", "\"\u0001\"");
    }

    @Test
    void lengthsCountCharacters() {
        String two = "{\"type\":\"string\",\"minLength\":2,\"maxLength\":3}";
        assertFits(two, "\"ab\"", "\"😀é日\"", "\"\\n\\u00e9x\"");
        assertFitsNot(two, "\"a\"", "\"😀\"", "\"abcd\"", "\"\"");
    }

    @Test
    void formatsHold() {
        String date = "{\"type\":\"string\",\"format\":\"date\"}";
        assertFits(date, "\"2026-11-29\"", "\"0001-02-28\"");
        assertFitsNot(date, "\"2026-13-01\"", "\"2026-02-30\"", "\"2026-04-31\"", "\"26-01-01\"", "\"2026-00-10\"");
        assertFits("{\"type\":\"string\",\"format\":\"time\"}", "\"23:59:59Z\"", "\"00:00:00.125+05:30\"");
        assertFitsNot("{\"type\":\"string\",\"format\":\"time\"}", "\"24:00:00Z\"", "\"12:00:00\"");
        assertFits("{\"type\":\"string\",\"format\":\"date-time\"}", "\"2026-11-29T08:15:00Z\"");
        assertFits("{\"type\":\"string\",\"format\":\"uuid\"}", "\"123e4567-e89b-12d3-a456-426614174000\"");
        assertFitsNot("{\"type\":\"string\",\"format\":\"uuid\"}", "\"123e4567e89b12d3a456426614174000\"");
    }

    @Test
    void arraysHaveTheirLengths() {
        String any = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}";
        assertFits(any, "[]", "[1]", "[1, 2,3]", "[\n  1,\n  2\n]", "[ ]");
        assertFitsNot(any, "[1,]", "[,1]", "[\"a\"]", "[1 2]");
        String two = "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":2,\"maxItems\":3}";
        assertFits(two, "[1,2]", "[1,2,3]");
        assertFitsNot(two, "[]", "[1]", "[1,2,3,4]");
        assertFits("{\"type\":\"array\",\"maxItems\":0}", "[]");
        assertFitsNot("{\"type\":\"array\",\"maxItems\":0}", "[1]");
        assertFits("{\"type\":\"array\",\"items\":true,\"maxItems\":1}", "[]", "[{\"a\":[1]}]");
    }

    @Test
    void severalTypesAndAnyOfAreAlternatives() {
        assertFits("{\"type\":[\"string\",\"null\"],\"maxLength\":1}", "null", "\"a\"");
        assertFitsNot("{\"type\":[\"string\",\"null\"],\"maxLength\":1}", "\"ab\"", "1");
        String shape = """
                {"anyOf": [{"type": "object", "properties": {"radius": {"type": "number"}}, "required": ["radius"]},
                           {"$ref": "#/$defs/square"}], "$defs": {"square": {"type": "object",
                           "properties": {"side": {"type": "number"}}, "required": ["side"]}}}""";
        assertFits(shape, "{\"radius\": 1.5}", "{\"side\": 2}");
        assertFitsNot(shape, "{\"radius\": 1, \"side\": 2}", "{}");
    }

    @Test
    void enumAndConstAreExactlyTheirValues() {
        String values = "{\"enum\":[\"a b\",\"q\\\"\",1.5,null,{\"k\":[1]}]}";
        assertFits(values, "\"a b\"", "\"q\\\"\"", "1.5", "null", "{\"k\":[1]}");
        assertFitsNot(values, "\"a\"", "1", "\"null\"");
        assertFits("{\"const\":true}", "true");
        assertFitsNot("{\"type\":\"string\",\"enum\":[\"a\",null]}", "null");
    }

    @Test
    void recursionIsFollowed() {
        String tree = """
                {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {
                  "name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
                  "required": ["name", "children"]}}}""";
        assertFits(tree, "{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]},{\"name\":\"c\",\"children\":[]}]}");
        assertFitsNot(tree, "{\"name\":\"a\",\"children\":[{\"name\":\"b\"}]}");
        String self = "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"}}}";
        assertFits(self, "{}", "{\"next\":{\"next\":{}}}");
    }

    @Test
    void recursionWithoutAnEndIsRefused() {
        assertThatThrownBy(() -> JsonSchema.parse(
                "{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#\"}},\"required\":[\"next\"]}", JsonWriting.ANY))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("No text fits rule \"#\"");
        // An alternative that does not end is no alternative.
        assertFits("{\"type\":\"object\",\"properties\":{\"next\":{\"anyOf\":[{\"$ref\":\"#\"},{\"type\":\"null\"}]}},"
                + "\"required\":[\"next\"]}", "{\"next\":{\"next\":null}}");
        assertThatThrownBy(() -> JsonSchema.parse("{\"$ref\":\"#\"}", JsonWriting.ANY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void otherMembersAreNoneOfTheProperties() {
        String map = "{\"type\":\"object\",\"properties\":{\"ab\":{\"type\":\"integer\"},\"é\":{\"type\":\"null\"}},"
                + "\"additionalProperties\":{\"type\":\"boolean\"}}";
        assertFits(map, "{}", "{\"ab\":1}", "{\"abc\":true}", "{\"a\":true}", "{\"\":true}", "{\"b\":true,\"c\":false}",
                "{\"ab\":1,\"é\":null,\"x\":true,\"y\":true}", "{\"è\":true}");
        assertFitsNot(map, "{\"ab\":true}", "{\"é\":true}", "{\"\\u0061b\":true}", "{\"x\":1}", "{\"x\":true,\"ab\":1}");
        assertFits("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}}", "{}", "{\"any\": 1, \"one\": 2}");
        assertFits("{\"type\":\"object\",\"additionalProperties\":false}", "{}");
        assertFits("{\"type\":\"object\",\"properties\":{},\"required\":[]}", "{}");
        assertFitsNot("{\"type\":\"object\",\"properties\":{},\"required\":[]}", "{\"a\":1}");
        assertFitsNot("{\"type\":\"object\",\"additionalProperties\":false}", "{\"a\":1}");
    }

    @Test
    void anythingIsAnyValue() {
        for (String schema : new String[] { "true", "{}", "{\"description\":\"whatever\"}" }) {
            assertFits(schema, "1", "null", "\"a\"", "[1,{\"b\":[]}]", "{\"a\":{\"b\":-2.5e3}}", "false");
            assertFitsNot(schema, "", "nul", "{a:1}", "[1,]");
        }
        assertFits("{\"type\":\"object\"}", "{}", "{\"a\":[1,2]}");
        assertFitsNot("{\"type\":\"object\"}", "[]", "1");
        assertThat(Texts.fits(JsonSchema.anyObject(), "{\"a\": {\"b\": [true, null]}}")).isTrue();
        assertThat(Texts.fits(JsonSchema.anyObject(), "[]")).isFalse();
    }

    @Test
    void namesAreWrittenAsJson() {
        assertFits("{\"properties\":{\"a/b~c \\\"d\\\"\":{\"type\":\"null\"}}}", "{\"a/b~c \\\"d\\\"\":null}");
    }

    @Test
    void whatCannotBeEnforcedIsRefusedByNameAndPlace() {
        assertUnsupported("{\"type\":\"string\",\"pattern\":\"a+\"}", "\"pattern\"", "#");
        assertUnsupported("{\"properties\":{\"x\":{\"oneOf\":[{},{}]}}}", "\"oneOf\"", "#/properties/x");
        assertUnsupported("{\"allOf\":[{}]}", "\"allOf\"");
        assertUnsupported("{\"not\":{}}", "\"not\"");
        assertUnsupported("{\"type\":\"array\",\"uniqueItems\":true}", "\"uniqueItems\"");
        assertUnsupported("{\"type\":\"number\",\"multipleOf\":2}", "\"multipleOf\"");
        assertUnsupported("{\"type\":\"string\",\"format\":\"email\"}", "format \"email\"", "uuid");
        assertUnsupported("{\"type\":\"object\",\"patternProperties\":{}}", "\"patternProperties\"");
        assertUnsupported("{\"$ref\":\"https://example.org/schema\"}", "https://example.org/schema");
        assertUnsupported("{\"items\":{\"anyOf\":[{\"type\":\"string\",\"pattern\":\"x\"}]}}", "#/items/anyOf/0");
        assertUnsupported("false", "\"false\"");
        assertUnsupported("{\"type\":\"object\",\"required\":[\"a\"]}", "required member \"a\"");
        assertUnsupported("{\"$ref\":\"#/$defs/a\",\"type\":\"string\",\"$defs\":{\"a\":{}}}", "\"type\"");
        assertUnsupported("{\"type\":\"integer\",\"maxLength\":3}", "\"maxLength\"");
    }

    @Test
    void mistakesAreNamed() {
        assertMistake("{\"type\":", "no JSON");
        assertMistake("{} {}", "no JSON");
        assertMistake("[]", "expected an object or true");
        assertMistake("{\"type\":\"text\"}", "unknown type \"text\"");
        assertMistake("{\"$ref\":\"#/$defs/missing\"}", "nothing at \"#/$defs/missing\"");
        assertMistake("{\"type\":\"array\",\"minItems\":-1}", "\"minItems\" is -1");
        assertMistake("{\"type\":\"array\",\"minItems\":3,\"maxItems\":2}", "\"maxItems\" is 2, expected at least 3");
        assertMistake("{\"type\":\"integer\",\"minimum\":\"1\"}", "\"minimum\" is \"1\"");
        assertMistake("{\"type\":\"integer\",\"minimum\":2,\"maximum\":1}", "No whole number");
        assertMistake("{\"enum\":[]}", "at least one element");
        assertMistake("{\"properties\":{},\"required\":true}", "expected a list");
        assertMistake("{\"properties\":[]}", "expected an object");
        assertMistake("{\"type\":\"string\",\"enum\":[1]}", "no value is allowed");
    }

    private static void assertFits(String schema, String... texts) {
        Grammar grammar = JsonSchema.parse(schema, JsonWriting.ANY);
        for (String text : texts) {
            assertThat(Texts.fits(grammar, text)).as("%s is valid by %s", text, schema).isTrue();
        }
    }

    private static void assertFitsNot(String schema, String... texts) {
        Grammar grammar = JsonSchema.parse(schema, JsonWriting.ANY);
        for (String text : texts) {
            assertThat(Texts.fits(grammar, text)).as("%s is valid by %s", text, schema).isFalse();
        }
    }

    private static void assertUnsupported(String schema, String... parts) {
        assertThatThrownBy(() -> JsonSchema.parse(schema, JsonWriting.ANY)).isInstanceOf(UnsupportedSchemaException.class)
                .hasMessageContainingAll(parts);
    }

    private static void assertMistake(String schema, String part) {
        assertThatThrownBy(() -> JsonSchema.parse(schema, JsonWriting.ANY)).isInstanceOf(IllegalArgumentException.class)
                .isNotInstanceOf(UnsupportedSchemaException.class).hasMessageContaining(part);
    }
}
