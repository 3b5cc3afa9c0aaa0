package dev.kimilinear.cli;

import static dev.kimilinear.cli.Run.ids;
import static dev.kimilinear.cli.Run.kimi;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;

class TokenizeCommandTest {

    @TempDir
    static Path folder;

    static Path model;
    static Tokenizer tokenizer;

    @BeforeAll
    static void openModel() throws IOException {
        model = Run.tinyModel(folder);
        try (GgufFile file = GgufFile.open(model)) {
            tokenizer = Tokenizer.of(file.metadata());
        }
    }

    @Test
    void theIdsOfStandardInputDecodeToItsBytesWithTheFinalNewline() throws IOException {
        String text = "Grüße,  Kimi!\t\r\n\n中文と😀 <|im_end|>\n";

        int[] ids = ids(tokenize(text.getBytes(UTF_8)).json());

        assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
        assertThat(ids).isEqualTo(tokenizer.encode(text, false));
    }

    @Test
    void emptyInputHasNoIds() throws IOException {
        assertThat(tokenize(new byte[0]).out()).isEqualTo("{\"ids\":[]}\n");
    }

    @Test
    void bytesThatAreNotUtf8CountAsTheReplacementCharacter() throws IOException {
        byte[] broken = { 'a', (byte) 0xFF, 'b', (byte) 0xE4, (byte) 0xB8 };

        assertThat(ids(tokenize(broken).json())).isEqualTo(tokenizer.encode("a\uFFFDb\uFFFD", false));
    }

    @Test
    void textsOfSpecialTokensBecomeTokensOnlyWithSpecial() throws IOException {
        byte[] text = "<|im_end|>".getBytes(UTF_8);

        assertThat(ids(tokenize(text, "--special").json())).containsExactly(tokenizer.id("<|im_end|>").orElseThrow());
        assertThat(ids(tokenize(text).json())).hasSizeGreaterThan(1)
                .doesNotContain(tokenizer.id("<|im_end|>").orElseThrow());
    }

    @Test
    void jsonLinesKeepTheirOrder() throws IOException {
        List<String> texts = List.of("one", "", "two\nlines\n", "Grüße \"😀\"", "one");
        StringBuilder lines = new StringBuilder();
        StringBuilder expected = new StringBuilder();
        for (String text : texts) {
            lines.append(Json.MAPPER.writeValueAsString(text)).append('\n');
            expected.append(tokenize(text.getBytes(UTF_8)).out());
        }

        assertThat(tokenize(lines.toString().getBytes(UTF_8), "--jsonl"))
                .isEqualTo(new Run(0, expected.toString(), ""));
    }

    @Test
    void theLastJsonLineNeedsNoNewline() throws IOException {
        assertThat(tokenize("\"one\"\n\"two\"".getBytes(UTF_8), "--jsonl").out().lines()).hasSize(2);
    }

    @Test
    void aLineThatIsNoJsonStringIsRefusedByItsNumber() {
        Run run = tokenize("\"one\"\n[\"two\"]\n\"three\"\n".getBytes(UTF_8), "--jsonl");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).isEqualTo("kimi: Line 2 of standard input is \"[\"two\"]\", expected a JSON string.\n");
        assertThat(run.out().lines()).hasSize(1);
    }

    private static Run tokenize(byte[] stdin, String... options) {
        String[] arguments = new String[3 + options.length];
        arguments[0] = "tokenize";
        arguments[1] = "--model";
        arguments[2] = model.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return kimi(stdin, arguments);
    }
}
