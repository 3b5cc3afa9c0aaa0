package dev.kimilinear.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Text to token ids. Reads the file's metadata only, so it also works on a file that holds a vocabulary and no weights. */
@Command(name = "tokenize", description = "Prints the token ids of the text on standard input as {\"ids\":[..]}. No beginning-of-text token is added; bytes that are not UTF-8 count as U+FFFD.")
final class TokenizeCommand implements Callable<Integer> {

    @Mixin
    ModelOption model;

    @Option(names = "--special", description = "Texts of special tokens become those tokens. Without it they are text like any other.")
    boolean special;

    @Option(names = "--jsonl", description = "Standard input holds one JSON string a line; prints one object a line, in the same order.")
    boolean jsonLines;

    @ParentCommand
    Kimi kimi;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Tokenizer tokenizer;
        try (GgufFile file = GgufFile.open(model.file())) {
            tokenizer = Tokenizer.of(file.metadata());
        }
        if (jsonLines) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(kimi.stdin, UTF_8));
            int number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                print(tokenizer.encode(stringOf(line, number++), special));
            }
        } else {
            print(tokenizer.encode(new String(kimi.stdin.readAllBytes(), UTF_8), special));
        }
        return 0;
    }

    private static String stringOf(String line, int number) {
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            throw new InputException("Line " + number + " of standard input is not JSON: " + e.getOriginalMessage() + ".", e);
        }
        if (!node.isTextual()) {
            throw new InputException("Line " + number + " of standard input is \"" + line + "\", expected a JSON string.");
        }
        return node.textValue();
    }

    private void print(int[] ids) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        out.print(Json.MAPPER.writeValueAsString(Map.of("ids", ids)));
        out.print('\n');
        // At each line, so that a program which writes a line and waits for its answer gets it.
        Kimi.flush(out);
    }
}
