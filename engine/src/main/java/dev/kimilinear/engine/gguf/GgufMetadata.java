package dev.kimilinear.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.kimilinear.engine.api.ModelFormatException;

/**
 * The metadata of a model, by key. Getters are liberal about the width and sign of integers and about f32 or f64, because
 * writers differ, and strict about everything else: a required key that is absent, or a value of another kind, is a
 * {@link ModelFormatException} that names file, key and type found.
 *
 * <p>
 * Values are decoded from the mapped file when they are asked for, so a file is opened without touching its vocabulary.
 * Use it while its {@link GgufFile} is open; afterwards every getter throws {@link IllegalStateException}. Any thread may
 * call.
 */
public final class GgufMetadata {

    /** Arrays in arrays in arrays: nothing in use nests at all. */
    private static final int MAX_ARRAY_DEPTH = 4;

    /** Longest string that is decoded; chat templates have some ten thousand bytes. */
    private static final int MAX_STRING_BYTES = 1 << 24;

    /** Longest array that is decoded: 25 times the vocabulary of the real model. */
    private static final int MAX_ARRAY_ELEMENTS = 1 << 22;

    /**
     * Where a value lies.
     *
     * @param type of the value, or of the elements of an array
     * @param count elements of an array, -1 for a value that is none
     * @param offsetBytes of the value, or of an array's first element
     */
    private record Value(ValueType type, long count, long offsetBytes) {

        boolean isArray() {
            return count >= 0;
        }

        String typeText() {
            return isArray() ? "array of " + count + " x " + type.label() : type.label();
        }
    }

    private final Path file;
    private final MemorySegment bytes;
    private final Map<String, Value> values = new LinkedHashMap<>();

    /** Reads the directory of {@code count} keys and leaves the cursor behind it. */
    GgufMetadata(Path file, MemorySegment bytes, Cursor cursor, long count) {
        this.file = file;
        this.bytes = bytes;
        for (long i = 0; i < count; i++) {
            String key = cursor.name("the name of key " + i);
            String what = "the value of key " + Refusal.quote(key);
            if (values.putIfAbsent(key, skip(cursor, what)) != null) {
                throw cursor.refuse("key " + Refusal.quote(key) + " occurs twice, expected once");
            }
        }
    }

    private static Value skip(Cursor cursor, String what) {
        ValueType type = type(cursor, what);
        if (type == ValueType.ARRAY) {
            return skipArray(cursor, what, 1);
        }
        long offset = cursor.position();
        if (type == ValueType.STRING) {
            cursor.skipString(what);
        } else {
            cursor.take(type.bytes(), what);
        }
        return new Value(type, -1, offset);
    }

    private static Value skipArray(Cursor cursor, String what, int depth) {
        if (depth > MAX_ARRAY_DEPTH) {
            throw cursor.refuse(what + " nests arrays deeper than " + MAX_ARRAY_DEPTH + "; the file is damaged");
        }
        ValueType type = type(cursor, what);
        long count = cursor.count("elements in " + what, type.leastBytes());
        long offset = cursor.position();
        switch (type) {
            case ARRAY -> {
                for (long i = 0; i < count; i++) {
                    skipArray(cursor, what, depth + 1);
                }
            }
            case STRING -> {
                for (long i = 0; i < count; i++) {
                    cursor.skipString(what);
                }
            }
            default -> cursor.take(count * type.bytes(), what);
        }
        return new Value(type, count, offset);
    }

    private static ValueType type(Cursor cursor, String what) {
        long position = cursor.position();
        int id = cursor.u32(what);
        if (!ValueType.isKnown(id)) {
            throw cursor.refuse(what + " has type " + Integer.toUnsignedString(id) + " at byte " + position
                    + ", expected 0 to " + (ValueType.values().length - 1) + "; the file is damaged");
        }
        return ValueType.ofId(id);
    }

    /**
     * The refusal of this model, in the wording that all share.
     *
     * @param detail what was found and what was expected, without a full stop
     */
    public ModelFormatException refusal(String detail) {
        return Refusal.of(file, detail);
    }

    /** The same with what caused it. */
    public ModelFormatException refusal(String detail, Throwable cause) {
        return Refusal.of(file, detail, cause);
    }

    /** All keys in file order. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public String string(String key) {
        return string(key, required(key));
    }

    public Optional<String> optionalString(String key) {
        return has(key) ? Optional.of(string(key)) : Optional.empty();
    }

    public int integer(String key) {
        return integer(key, required(key));
    }

    /** @return {@code absent} if there is no such key; a key of another type is an error all the same */
    public int integer(String key, int absent) {
        return has(key) ? integer(key) : absent;
    }

    /** A real number, or an integer taken as one. An f64 is rounded to float. */
    public float real(String key) {
        return real(key, required(key));
    }

    /** @return {@code absent} if there is no such key; a key of another type is an error all the same */
    public float real(String key, float absent) {
        return has(key) ? real(key) : absent;
    }

    /** @return {@code absent} if there is no such key; a key of another type is an error all the same */
    public boolean bool(String key, boolean absent) {
        Value value = values.get(key);
        if (value == null) {
            return absent;
        }
        if (value.isArray() || value.type != ValueType.BOOL) {
            throw wrongType(key, value, "a bool");
        }
        return bytes.get(LittleEndian.BYTE, value.offsetBytes) != 0;
    }

    /** An array of integers, or a single integer as an array of one. */
    public int[] integers(String key) {
        Value value = required(key);
        if (!value.isArray()) {
            return new int[] { integer(key, value) };
        }
        if (!value.type.isInteger()) {
            throw wrongType(key, value, "an array of integers or one integer");
        }
        int[] integers = new int[elements(key, value)];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = integerAt(key, value.type, value.offsetBytes + (long) i * value.type.bytes());
        }
        return integers;
    }

    /** An array of real numbers (or of integers taken as such), or a single one as an array of one. */
    public float[] reals(String key) {
        Value value = required(key);
        if (!value.isArray()) {
            return new float[] { real(key, value) };
        }
        if (!value.type.isReal() && !value.type.isInteger()) {
            throw wrongType(key, value, "an array of numbers or one number");
        }
        float[] reals = new float[elements(key, value)];
        for (int i = 0; i < reals.length; i++) {
            reals[i] = realAt(value.type, value.offsetBytes + (long) i * value.type.bytes());
        }
        return reals;
    }

    /** An array of strings. Bytes that are not UTF-8 become U+FFFD. */
    public List<String> strings(String key) {
        Value value = required(key);
        if (!value.isArray() || value.type != ValueType.STRING) {
            throw wrongType(key, value, "an array of strings");
        }
        int count = elements(key, value);
        List<String> strings = new ArrayList<>(count);
        long offset = value.offsetBytes;
        // One buffer for all: a vocabulary has some hundred thousand short strings.
        byte[] buffer = new byte[256];
        for (int i = 0; i < count; i++) {
            int length = stringBytes(key, offset);
            if (length > buffer.length) {
                buffer = new byte[Math.max(length, 2 * buffer.length)];
            }
            MemorySegment.copy(bytes, LittleEndian.BYTE, offset + 8, buffer, 0, length);
            strings.add(new String(buffer, 0, length, StandardCharsets.UTF_8));
            offset += 8 + length;
        }
        return Collections.unmodifiableList(strings);
    }

    private String string(String key, Value value) {
        if (value.isArray() || value.type != ValueType.STRING) {
            throw wrongType(key, value, "a string");
        }
        byte[] string = new byte[stringBytes(key, value.offsetBytes)];
        MemorySegment.copy(bytes, LittleEndian.BYTE, value.offsetBytes + 8, string, 0, string.length);
        return new String(string, StandardCharsets.UTF_8);
    }

    private int integer(String key, Value value) {
        if (value.isArray() || !value.type.isInteger()) {
            throw wrongType(key, value, "an integer");
        }
        return integerAt(key, value.type, value.offsetBytes);
    }

    private float real(String key, Value value) {
        if (value.isArray() || !value.type.isReal() && !value.type.isInteger()) {
            throw wrongType(key, value, "a number");
        }
        return realAt(value.type, value.offsetBytes);
    }

    private int integerAt(String key, ValueType type, long offset) {
        long value = longAt(type, offset);
        if (value != (int) value || type == ValueType.U64 && value < 0) {
            throw Refusal.of(file, "key " + Refusal.quote(key) + " holds "
                    + (type == ValueType.U64 ? Long.toUnsignedString(value) : Long.toString(value))
                    + ", expected an integer of 32 bits with sign");
        }
        return (int) value;
    }

    private float realAt(ValueType type, long offset) {
        return switch (type) {
            case F32 -> bytes.get(LittleEndian.FLOAT, offset);
            case F64 -> (float) bytes.get(LittleEndian.DOUBLE, offset);
            default -> longAt(type, offset);
        };
    }

    private long longAt(ValueType type, long offset) {
        return switch (type) {
            case U8 -> bytes.get(LittleEndian.BYTE, offset) & 0xFF;
            case I8 -> bytes.get(LittleEndian.BYTE, offset);
            case U16 -> bytes.get(LittleEndian.SHORT, offset) & 0xFFFF;
            case I16 -> bytes.get(LittleEndian.SHORT, offset);
            case U32 -> bytes.get(LittleEndian.INT, offset) & 0xFFFFFFFFL;
            case I32 -> bytes.get(LittleEndian.INT, offset);
            case U64, I64 -> bytes.get(LittleEndian.LONG, offset);
            case F32, F64, BOOL, STRING, ARRAY -> throw new AssertionError(type);
        };
    }

    /** The length of a string whose place in the file was checked when the directory was read. */
    private int stringBytes(String key, long offset) {
        long length = bytes.get(LittleEndian.LONG, offset);
        if (length > MAX_STRING_BYTES) {
            throw Refusal.of(file, "key " + Refusal.quote(key) + " has a string of " + length + " bytes, expected at most "
                    + MAX_STRING_BYTES);
        }
        return (int) length;
    }

    private int elements(String key, Value value) {
        if (value.count > MAX_ARRAY_ELEMENTS) {
            throw Refusal.of(file, "key " + Refusal.quote(key) + " has " + value.count + " elements, expected at most "
                    + MAX_ARRAY_ELEMENTS);
        }
        return (int) value.count;
    }

    private Value required(String key) {
        Value value = values.get(key);
        if (value == null) {
            throw Refusal.of(file, "key " + Refusal.quote(key) + " is missing");
        }
        return value;
    }

    private ModelFormatException wrongType(String key, Value value, String expected) {
        return Refusal.of(file, "key " + Refusal.quote(key) + " has type " + value.typeText() + ", expected " + expected);
    }
}
