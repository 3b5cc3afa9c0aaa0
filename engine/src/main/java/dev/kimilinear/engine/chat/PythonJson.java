package dev.kimilinear.engine.chat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * JSON as Python's {@code json} module writes it, character for character: models were trained on prompts that it wrote,
 * and one blank more or less is another prompt.
 *
 * @param itemSeparator between elements
 * @param keySeparator between a key and its value
 * @param indent what one level is indented by, or null for everything in one line
 * @param sortKeys whether keys are in order of their code units rather than in their own
 */
record PythonJson(String itemSeparator, String keySeparator, String indent, boolean sortKeys) {

    private static final ObjectMapper READER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** {@code json.dumps(value, ensure_ascii=False)}, what Hugging Face's {@code tojson} does without arguments. */
    static final PythonJson DEFAULT = new PythonJson(", ", ": ", null, false);

    /**
     * A JSON text as maps (order of keys kept), lists, strings, numbers, booleans and null.
     *
     * @throws JsonProcessingException if it is no JSON
     */
    static Object parse(String text) throws JsonProcessingException {
        return READER.readValue(text, Object.class);
    }

    /**
     * {@code json.dumps} with {@code ensure_ascii=False}.
     *
     * @throws IllegalArgumentException for a value that JSON does not have
     */
    String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, 0, out);
        return out.toString();
    }

    /** What {@code ensure_ascii=True} makes of a JSON text; the character {@code kept} stays as it is. */
    static String ensureAscii(String json, int kept) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c > '~' && c != kept) {
                appendEscape(c, out);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static void appendEscape(char c, StringBuilder out) {
        out.append("\\u").append(HexFormat.of().toHexDigits(c));
    }

    private void write(Object value, int depth, StringBuilder out) {
        switch (value) {
            case null -> out.append("null");
            case CharSequence text -> writeString(text, out);
            case Boolean bool -> out.append(bool);
            case Double real -> writeReal(real, out);
            case Float real -> writeReal(real.doubleValue(), out);
            case BigDecimal real -> writeReal(real.doubleValue(), out);
            case Number integer -> out.append(integer);
            case Map<?, ?> map -> {
                Map<?, ?> ordered = sortKeys ? new TreeMap<>(map) : map;
                Iterator<? extends Map.Entry<?, ?>> entries = ordered.entrySet().iterator();
                writeAll('{', entries, '}', depth, entry -> {
                    writeString(String.valueOf(entry.getKey()), out);
                    out.append(keySeparator);
                    write(entry.getValue(), depth + 1, out);
                }, out);
            }
            case Iterable<?> list -> writeAll('[', list.iterator(), ']', depth, e -> write(e, depth + 1, out), out);
            case Object[] array -> write(Arrays.asList(array), depth, out);
            default -> throw new IllegalArgumentException(
                    "a value of type " + value.getClass().getName() + " cannot be written as JSON");
        }
    }

    private <T> void writeAll(char open, Iterator<T> elements, char close, int depth, Consumer<T> writer,
            StringBuilder out) {
        out.append(open);
        boolean empty = !elements.hasNext();
        while (elements.hasNext()) {
            breakLine(depth + 1, out);
            writer.accept(elements.next());
            if (elements.hasNext()) {
                out.append(itemSeparator);
            }
        }
        if (!empty) {
            breakLine(depth, out);
        }
        out.append(close);
    }

    private void breakLine(int depth, StringBuilder out) {
        if (indent != null) {
            out.append('\n').repeat(indent, depth);
        }
    }

    private void writeString(CharSequence text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20) {
                        appendEscape(c, out);
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    /** Python's {@code repr}: the shortest digits, with an exponent below 1e-4 and from 1e16 on. */
    private static void writeReal(double real, StringBuilder out) {
        if (Double.isNaN(real) || Double.isInfinite(real)) {
            // Not JSON, but what Python writes; Java spells the three the same.
            out.append(real);
            return;
        }
        if (real == 0) {
            out.append(1 / real < 0 ? "-0.0" : "0.0");
            return;
        }
        BigDecimal digits = new BigDecimal(Double.toString(real)).stripTrailingZeros();
        // Java writes two digits at least, and then the two that are closest; Python is content with one.
        BigDecimal one = digits.round(new MathContext(1));
        if (one.doubleValue() == real) {
            digits = one.stripTrailingZeros();
        }
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            out.append(digits.toPlainString());
            if (digits.scale() <= 0) {
                out.append(".0");
            }
            return;
        }
        String unscaled = digits.unscaledValue().abs().toString();
        out.append(real < 0 ? "-" : "").append(unscaled.charAt(0));
        if (unscaled.length() > 1) {
            out.append('.').append(unscaled, 1, unscaled.length());
        }
        out.append(exponent < 0 ? "e-" : "e+").append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent));
    }
}
