package dev.kimilinear.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

class AnswersTest {

    @TempDir
    Path folder;

    private String refusal(String prompts) throws IOException {
        StringWriter errors = new StringWriter();
        int code = new CommandLine(new Answers()).setErr(new PrintWriter(errors, true)).execute("--model",
                TinyModel.copyTo(folder).toString(), "--prompts",
                Files.writeString(folder.resolve("prompts.jsonl"), prompts).toString(), "--cache", folder.toString());
        assertThat(code).isEqualTo(2);
        return errors.toString();
    }

    @Test
    void aLineThatIsNoPromptIsRefused() throws IOException {
        assertThat(refusal("[1, 2]\n{\"prompt\": [1]}\n")).contains("prompts.jsonl, line 2: found OBJECT",
                "expected an array of at least one token id");
        assertThat(refusal("[]\n")).contains("line 1: found ARRAY");
    }

    @Test
    void aFileWithoutPromptsIsRefused() throws IOException {
        assertThat(refusal("")).contains("has no prompts, expected at least one");
    }
}
