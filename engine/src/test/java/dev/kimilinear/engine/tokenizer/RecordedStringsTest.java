package dev.kimilinear.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.FixtureReport;
import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.gguf.GgufFile;

/**
 * Token ids that llama.cpp gave. An entry has {@code text}, {@code ids_plain} (control tokens are text), {@code ids_special}
 * (control tokens are parsed), and where a decoding is not the text, its UTF-8 bytes in hexadecimal.
 */
class RecordedStringsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TestFactory
    Stream<DynamicTest> everyStringOfTheProjectEncodesAsRecorded() {
        return tests("project", Fixtures.project("tokenizer/vocabulary.gguf"), projectStrings());
    }

    /** Holds without a full set too: there is then nothing to hold, and no line in the report. */
    @TestFactory
    Stream<DynamicTest> everyStringOfTheFullSetEncodesAsRecorded() {
        if (Fixtures.fullSet().isEmpty()) {
            return Stream.empty();
        }
        Path folder = Fixtures.fullSet().get().resolve("tokenizer");
        return tests("full", folder.resolve("vocab.gguf"), read(folder.resolve("strings.json")));
    }

    @Test
    void theProjectHasSixtyStringsOrMoreOfItsOwn() {
        assertThat(projectStrings().size()).isGreaterThanOrEqualTo(60);
    }

    private static Stream<DynamicTest> tests(String set, Path model, JsonNode entries) {
        Tokenizer tokenizer = tokenizer(model);
        AtomicInteger held = new AtomicInteger();
        Stream<DynamicTest> strings = IntStream.range(0, entries.size())
                .mapToObj(i -> DynamicTest.dynamicTest("string " + i, () -> {
                    check(tokenizer, entries.get(i));
                    held.incrementAndGet();
                }));
        return Stream.concat(strings, Stream.of(DynamicTest.dynamicTest("report",
                () -> FixtureReport.add(set, "strings of the tokenizer", held.get(), entries.size()))));
    }

    private static void check(Tokenizer tokenizer, JsonNode entry) {
        String text = entry.get("text").asText();
        int[] plain = ids(entry.get("ids_plain"));
        int[] special = ids(entry.get("ids_special"));
        assertThat(tokenizer.encode(text, false)).as("plain ids of <%s>", text).containsExactly(plain);
        assertThat(tokenizer.encode(text, true)).as("special ids of <%s>", text).containsExactly(special);
        assertThat(tokenizer.decode(plain, true)).isEqualTo(decoding(entry, "detok_hex_plain", text));
        assertThat(tokenizer.decode(special, true)).isEqualTo(decoding(entry, "detok_hex_special", text));
        assertThat(tokenizer.decode(special, false)).isEqualTo(decoding(entry, "detok_hex_special_hidden", text));
    }

    private static String decoding(JsonNode entry, String key, String text) {
        return entry.has(key) ? new String(HexFormat.of().parseHex(entry.get(key).asText()), StandardCharsets.UTF_8) : text;
    }

    private static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }

    private static JsonNode projectStrings() {
        return read(Fixtures.project("tokenizer/strings.json")).get("entries");
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Tokenizer tokenizer(Path model) {
        try (GgufFile file = GgufFile.open(model)) {
            return Tokenizer.of(file.metadata());
        }
    }
}
