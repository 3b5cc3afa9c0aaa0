package dev.kimilinear.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgufWriter.Value;

class GgufMetadataTest {

    @TempDir
    Path folder;

    @Test
    void integersOfEveryWidthAreRead() {
        GgufWriter writer = new GgufWriter().put("u8", Value.u8(255)).put("i8", Value.i8(-1)).put("u16", Value.u16(65_535))
                .put("i16", Value.i16(-2)).put("u32", Value.u32(Integer.MAX_VALUE)).put("i32", Value.i32(Integer.MIN_VALUE))
                .put("u64", Value.u64(3)).put("i64", Value.i64(-4));
        read(writer, metadata -> {
            assertThat(metadata.integer("u8")).isEqualTo(255);
            assertThat(metadata.integer("i8")).isEqualTo(-1);
            assertThat(metadata.integer("u16")).isEqualTo(65_535);
            assertThat(metadata.integer("i16")).isEqualTo(-2);
            assertThat(metadata.integer("u32")).isEqualTo(Integer.MAX_VALUE);
            assertThat(metadata.integer("i32")).isEqualTo(Integer.MIN_VALUE);
            assertThat(metadata.integer("u64")).isEqualTo(3);
            assertThat(metadata.integer("i64")).isEqualTo(-4);
            assertThat(metadata.integer("u8", 7)).isEqualTo(255);
            assertThat(metadata.integer("absent", 7)).isEqualTo(7);
            assertThat(metadata.keys()).containsExactly("u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64");
        });
    }

    @Test
    void integersBeyondThirtyTwoBitsAreRefusedWithTheirValue() {
        GgufWriter writer = new GgufWriter().put("u32", Value.u32(2_147_483_648L)).put("i64", Value.i64(-2_147_483_649L))
                .put("u64", Value.u64(-1)).put("array", Value.array(ValueType.U64, List.of(Value.u64(1), Value.u64(-1))));
        read(writer, metadata -> {
            assertThatThrownBy(() -> metadata.integer("u32")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("key \"u32\" holds 2147483648,");
            assertThatThrownBy(() -> metadata.integer("i64")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("-2147483649");
            assertThatThrownBy(() -> metadata.integer("u64")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("18446744073709551615");
            assertThatThrownBy(() -> metadata.integers("array")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("18446744073709551615");
        });
    }

    @Test
    void realNumbersComeFromBothWidthsAndFromIntegers() {
        GgufWriter writer = new GgufWriter().put("f32", 1e-5f).put("f64", Value.f64(2.446)).put("u32", 2).put("i64",
                Value.i64(-3));
        read(writer, metadata -> {
            assertThat(metadata.real("f32")).isEqualTo(1e-5f);
            assertThat(metadata.real("f64")).isEqualTo(2.446f);
            assertThat(metadata.real("u32")).isEqualTo(2f);
            assertThat(metadata.real("i64")).isEqualTo(-3f);
            assertThat(metadata.real("f32", 9)).isEqualTo(1e-5f);
            assertThat(metadata.real("absent", 9)).isEqualTo(9f);
        });
    }

    @Test
    void stringsAndBoolsAreRead() {
        GgufWriter writer = new GgufWriter().put("text", "Ġhéllo 🦙\n").put("empty", "").put("yes", true).put("no", false);
        read(writer, metadata -> {
            assertThat(metadata.string("text")).isEqualTo("Ġhéllo 🦙\n");
            assertThat(metadata.string("empty")).isEmpty();
            assertThat(metadata.optionalString("text")).contains("Ġhéllo 🦙\n");
            assertThat(metadata.optionalString("absent")).isEmpty();
            assertThat(metadata.bool("yes", false)).isTrue();
            assertThat(metadata.bool("no", true)).isFalse();
            assertThat(metadata.bool("absent", true)).isTrue();
            assertThat(metadata.has("empty")).isTrue();
            assertThat(metadata.has("absent")).isFalse();
        });
    }

    @Test
    void arraysAreReadAndSingleNumbersAreArraysOfOne() {
        String longer = "x".repeat(1000);
        GgufWriter writer = new GgufWriter().put("integers", Value.i32s(0, -1, 5)).put("integer", 4)
                .put("bytes", Value.array(ValueType.U8, List.of(Value.u8(200), Value.u8(1)))).put("reals", Value.f32s(0.5f, -1))
                .put("doubles", Value.array(ValueType.F64, List.of(Value.f64(0.25)))).put("real", 3f)
                .put("strings", Value.strings(List.of("a", "", longer, "é"))).put("none", Value.strings(List.of()));
        read(writer, metadata -> {
            assertThat(metadata.integers("integers")).containsExactly(0, -1, 5);
            assertThat(metadata.integers("integer")).containsExactly(4);
            assertThat(metadata.integers("bytes")).containsExactly(200, 1);
            assertThat(metadata.reals("reals")).containsExactly(0.5f, -1);
            assertThat(metadata.reals("doubles")).containsExactly(0.25f);
            assertThat(metadata.reals("real")).containsExactly(3);
            assertThat(metadata.reals("integers")).containsExactly(0, -1, 5);
            assertThat(metadata.strings("strings")).containsExactly("a", "", longer, "é");
            assertThat(metadata.strings("none")).isEmpty();
        });
    }

    @Test
    void nestedArraysAreSteppedOver() {
        Value pair = Value.array(ValueType.STRING, List.of(Value.string("a"), Value.string("b")));
        Value nested = Value.array(ValueType.ARRAY,
                List.of(pair, Value.i32s(1, 2, 3), Value.array(ValueType.ARRAY, List.of(pair))));
        read(new GgufWriter().put("nested", nested).put("after", 1), metadata -> {
            assertThat(metadata.integer("after")).isEqualTo(1);
            assertThatThrownBy(() -> metadata.strings("nested")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("key \"nested\" has type array of 3 x array, expected an array of strings");
        });
    }

    @Test
    void arraysNestedTooDeepAreRefused() {
        Value value = Value.i32s(1);
        for (int depth = 1; depth < 4; depth++) {
            value = Value.array(ValueType.ARRAY, List.of(value));
        }
        read(new GgufWriter().put("deep", value).put("after", 1),
                metadata -> assertThat(metadata.integer("after")).isEqualTo(1));

        Path path = new GgufWriter().put("deep", Value.array(ValueType.ARRAY, List.of(value)))
                .write(folder.resolve("deeper.gguf"));
        assertThatThrownBy(() -> GgufFile.open(path)).isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("the value of key \"deep\" nests arrays deeper than 4");
    }

    @Test
    void aMissingKeyIsNamedWithTheFile() {
        read(new GgufWriter().put("present", 1), metadata -> {
            String message = "Cannot open model \"" + folder.resolve("metadata.gguf") + "\": key \"absent\" is missing.";
            assertThatThrownBy(() -> metadata.string("absent")).isInstanceOf(ModelFormatException.class).hasMessage(message);
            assertThatThrownBy(() -> metadata.integer("absent")).isInstanceOf(ModelFormatException.class).hasMessage(message);
            assertThatThrownBy(() -> metadata.real("absent")).isInstanceOf(ModelFormatException.class).hasMessage(message);
            assertThatThrownBy(() -> metadata.integers("absent")).isInstanceOf(ModelFormatException.class).hasMessage(message);
            assertThatThrownBy(() -> metadata.reals("absent")).isInstanceOf(ModelFormatException.class).hasMessage(message);
            assertThatThrownBy(() -> metadata.strings("absent")).isInstanceOf(ModelFormatException.class).hasMessage(message);
        });
    }

    @Test
    void aWrongTypeIsNamedWithTheExpectedOne() {
        GgufWriter writer = new GgufWriter().put("string", "1").put("bool", true).put("f32", 1f).put("u32", 1)
                .put("array", Value.i32s(1, 2)).put("strings", Value.strings(List.of("a")));
        read(writer, metadata -> {
            wrong(() -> metadata.integer("string"), "key \"string\" has type string, expected an integer");
            wrong(() -> metadata.integer("string", 5), "key \"string\" has type string, expected an integer");
            wrong(() -> metadata.integer("bool"), "key \"bool\" has type bool, expected an integer");
            wrong(() -> metadata.integer("f32"), "key \"f32\" has type f32, expected an integer");
            wrong(() -> metadata.integer("array"), "key \"array\" has type array of 2 x i32, expected an integer");
            wrong(() -> metadata.real("string"), "key \"string\" has type string, expected a number");
            wrong(() -> metadata.real("bool", 1), "key \"bool\" has type bool, expected a number");
            wrong(() -> metadata.string("u32"), "key \"u32\" has type u32, expected a string");
            wrong(() -> metadata.optionalString("u32"), "key \"u32\" has type u32, expected a string");
            wrong(() -> metadata.string("strings"), "key \"strings\" has type array of 1 x string, expected a string");
            wrong(() -> metadata.bool("u32", true), "key \"u32\" has type u32, expected a bool");
            wrong(() -> metadata.integers("string"), "key \"string\" has type string, expected an integer");
            wrong(() -> metadata.integers("strings"), "array of 1 x string, expected an array of integers or one integer");
            wrong(() -> metadata.reals("strings"), "array of 1 x string, expected an array of numbers or one number");
            wrong(() -> metadata.strings("string"), "key \"string\" has type string, expected an array of strings");
            wrong(() -> metadata.strings("array"), "key \"array\" has type array of 2 x i32, expected an array of strings");
        });
    }

    @Test
    void aKeyCannotForgeALineOfALog() {
        Path path = new GgufWriter().put("split.count", 1).put("evil\nkey\u001b[2J", Value.array(ValueType.STRING, List.of()))
                .write(folder.resolve("evil.gguf"));
        try (GgufFile file = GgufFile.open(path)) {
            assertThatThrownBy(() -> file.metadata().string("evil\nkey\u001b[2J")).isInstanceOf(ModelFormatException.class)
                    .hasMessageContaining("evil\\u000akey\\u001b[2J").message().doesNotContain("\n", "\u001b");
        }
    }

    private void read(GgufWriter writer, Consumer<GgufMetadata> check) {
        try (GgufFile file = GgufFile.open(writer.write(folder.resolve("metadata.gguf")))) {
            check.accept(file.metadata());
        }
    }

    private static void wrong(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ModelFormatException.class).hasMessageContaining(message);
    }
}
