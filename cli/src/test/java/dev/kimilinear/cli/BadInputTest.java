package dev.kimilinear.cli;

import static dev.kimilinear.cli.Run.kimi;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input ends with exit code 2 and one sentence on standard error that says what to look at. */
class BadInputTest {

    @TempDir
    static Path folder;

    @BeforeAll
    static void writeFiles() throws IOException {
        Run.tinyModel(folder);
        byte[] model = Files.readAllBytes(folder.resolve("tiny.gguf"));
        Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(model, model.length / 2));
        Files.writeString(folder.resolve("text.gguf"), "This is not a model file, but it is long enough for a header.");
        Files.writeString(folder.resolve("empty.gguf"), "");
        Files.writeString(folder.resolve("good.json"), "[1, 2, 3]");
        Files.writeString(folder.resolve("beyond.json"), "[1, 2, 100000]");
        Files.writeString(folder.resolve("negative.json"), "[1, -2]");
        Files.writeString(folder.resolve("huge.json"), "[1, 99999999999]");
        Files.writeString(folder.resolve("real.json"), "[1, 2.0]");
        Files.writeString(folder.resolve("none.json"), "[]");
        Files.writeString(folder.resolve("object.json"), "{\"ids\": [1]}");
        Files.writeString(folder.resolve("broken.json"), "[1, 2,\n");
        Files.writeString(folder.resolve("two.json"), "[1] [2]");
        Files.writeString(folder.resolve("blank.json"), "");
        Files.createDirectory(folder.resolve("folder"));
    }

    /** Arguments, where {@code @} stands for the folder of files, and a part of the sentence. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tokenize --model @nix.gguf                                                        | nix.gguf
            tokenize --model @folder                                                          | folder
            tokenize --model @text.gguf                                                       | text.gguf
            tokenize --model @empty.gguf                                                      | empty.gguf
            tokenize --model @cut.gguf                                                        | cut.gguf
            tokenize                                                                          | --model
            tokenize --model @tiny.gguf --nix                                                 | --nix
            tokenize --model @tiny.gguf --model @tiny.gguf                                    | --model
            logits --model @nix.gguf --tokens-file @good.json --positions 0 --out @r          | nix.gguf
            logits --model @text.gguf --tokens-file @good.json --positions 0 --out @r         | text.gguf
            logits --model @cut.gguf --tokens-file @good.json --positions 0 --out @r          | cut.gguf
            logits --model @tiny.gguf --tokens-file @nix.json --positions 0 --out @r          | nix.json
            logits --model @tiny.gguf --tokens-file @folder --positions 0 --out @r            | folder
            logits --model @tiny.gguf --tokens-file @beyond.json --positions 0 --out @r       | id 100000 at index 2
            logits --model @tiny.gguf --tokens-file @negative.json --positions 0 --out @r     | -2 at index 1
            logits --model @tiny.gguf --tokens-file @huge.json --positions 0 --out @r         | 99999999999 at index 1
            logits --model @tiny.gguf --tokens-file @real.json --positions 0 --out @r         | 2.0 at index 1
            logits --model @tiny.gguf --tokens-file @none.json --positions 0 --out @r         | an empty array
            logits --model @tiny.gguf --tokens-file @object.json --positions 0 --out @r       | object
            logits --model @tiny.gguf --tokens-file @broken.json --positions 0 --out @r       | broken.json
            logits --model @tiny.gguf --tokens-file @two.json --positions 0 --out @r          | two.json
            logits --model @tiny.gguf --tokens-file @blank.json --positions 0 --out @r        | nothing
            logits --model @tiny.gguf --tokens-file @good.json --positions 3 --out @r         | Position 3
            logits --model @tiny.gguf --tokens-file @good.json --positions 0,-1 --out @r      | Position -1
            logits --model @tiny.gguf --tokens-file @good.json --positions 0,x --out @r       | 'x'
            logits --model @tiny.gguf --tokens-file @good.json --positions 0,,1 --out @r      | --positions
            logits --model @tiny.gguf --tokens-file @good.json --positions 0 --out @folder    | folder
            logits --model @tiny.gguf --tokens-file @good.json --positions 0 --out @nix/r     | nix
            logits --model @tiny.gguf --tokens-file @good.json --positions 0                  | --out
            logits --model @tiny.gguf --tokens-file @good.json --out @r                       | --positions
            logits --model @tiny.gguf --tokens-file @good.json --positions 0 --out @r --chunk 0      | --chunk is 0
            logits --model @tiny.gguf --tokens-file @good.json --positions 0 --out @r --threads -1   | threads is -1
            logits --model @tiny.gguf --tokens-file @good.json --positions 0 --out @r --kernels fast | --kernels
            complete --model @nix.gguf --prompt x                                             | nix.gguf
            complete --model @tiny.gguf                                                       | --prompt
            complete --model @tiny.gguf --prompt x --tokens-file @good.json                   | exclusive
            complete --model @tiny.gguf --prompt                                              | --prompt
            complete --model @tiny.gguf --tokens-file @beyond.json                            | id 100000 at index 2
            complete --model @tiny.gguf --prompt x --max-tokens 0                             | --max-tokens is 0
            complete --model @tiny.gguf --prompt x --max-tokens many                          | --max-tokens
            complete --model @tiny.gguf --prompt x --temperature -1                           | temperature is -1
            complete --model @tiny.gguf --prompt x --temperature NaN                          | temperature is NaN
            complete --model @tiny.gguf --prompt x --seed y                                   | --seed
            summarise                                                                         | summarise
            """)
    void endsWithOneSentence(String arguments, String part) {
        refused(part, kimi(arguments.replace("@", folder + "/").split(" ")));
    }

    @Test
    void anEmptyPromptIsRefused() {
        refused("prompt", kimi("complete", "--model", folder + "/tiny.gguf", "--prompt", ""));
    }

    @Test
    void noCommandIsRefused() {
        refused("subcommand", kimi());
    }

    private static void refused(String part, Run run) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("kimi: ").endsWith(".\n").contains(part).doesNotContain("Exception");
        assertThat(run.err().lines()).hasSize(1);
    }
}
