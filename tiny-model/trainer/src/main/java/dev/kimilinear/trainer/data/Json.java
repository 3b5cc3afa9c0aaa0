package dev.kimilinear.trainer.data;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** JSON as the model writes it, keys in the given order. */
public final class Json {

    private Json() {
    }

    /**
     * A value as text without white space.
     *
     * @param value a map (an object), a list, a text, a number, a boolean, or null
     */
    public static String of(Object value) {
        if (value instanceof Map<?, ?> object) {
            StringBuilder json = new StringBuilder("{");
            object.forEach((key, field) -> json.append(json.length() > 1 ? "," : "").append(quote(key.toString())).append(':')
                    .append(of(field)));
            return json.append('}').toString();
        }
        if (value instanceof List<?> list) {
            StringBuilder json = new StringBuilder("[");
            list.forEach(element -> json.append(json.length() > 1 ? "," : "").append(of(element)));
            return json.append(']').toString();
        }
        return value == null || value instanceof Number || value instanceof Boolean
                ? String.valueOf(value)
                : quote(value.toString());
    }

    /**
     * A value as text with a blank behind each comma and colon, as Python's {@code json.dumps} writes it.
     *
     * @param value a map (an object), a list, a text, a number, a boolean, or null
     */
    public static String spaced(Object value) {
        if (value instanceof Map<?, ?> object) {
            return object.entrySet().stream().map(field -> quote(field.getKey().toString()) + ": " + spaced(field.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return value instanceof List<?> list
                ? list.stream().map(Json::spaced).collect(Collectors.joining(", ", "[", "]"))
                : of(value);
    }

    /** A text in quotation marks. */
    public static String quote(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> json.append('\\').append(c);
                case '\n' -> json.append("\\n");
                case '\t' -> json.append("\\t");
                case '\r' -> json.append("\\r");
                default -> json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
