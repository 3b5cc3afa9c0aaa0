package dev.kimilinear.engine.gguf;

/** The 13 types of a metadata value; a type's number in the file is its ordinal here. */
enum ValueType {

    U8("u8", 1),
    I8("i8", 1),
    U16("u16", 2),
    I16("i16", 2),
    U32("u32", 4),
    I32("i32", 4),
    F32("f32", 4),
    BOOL("bool", 1),
    STRING("string", 0),
    ARRAY("array", 0),
    U64("u64", 8),
    I64("i64", 8),
    F64("f64", 8);

    private static final ValueType[] BY_ID = values();

    private final String label;
    private final int bytes;

    ValueType(String label, int bytes) {
        this.label = label;
        this.bytes = bytes;
    }

    /** The type's name in the GGUF specification's short form. */
    String label() {
        return label;
    }

    /** Bytes of one value, 0 where the value itself says how long it is. */
    int bytes() {
        return bytes;
    }

    /** Fewest bytes that one value can take: a string has a u64 length; an array a u32 type and a u64 count. */
    int leastBytes() {
        return switch (this) {
            case STRING -> 8;
            case ARRAY -> 12;
            default -> bytes;
        };
    }

    boolean isInteger() {
        return switch (this) {
            case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
            case F32, F64, BOOL, STRING, ARRAY -> false;
        };
    }

    boolean isReal() {
        return this == F32 || this == F64;
    }

    static boolean isKnown(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    static ValueType ofId(int id) {
        return BY_ID[id];
    }
}
