package dev.kimilinear.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One run of the program inside this JVM.
 *
 * @param exitCode its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record Run(int exitCode, String out, String err) {

    static Run kimi(String... arguments) {
        return kimi(new byte[0], arguments);
    }

    static Run kimi(byte[] stdin, String... arguments) {
        return kimi(stdin, Map.of(), arguments);
    }

    static Run kimi(byte[] stdin, Map<String, String> environment, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Kimi.commandLine(new ByteArrayInputStream(stdin), environment, new PrintWriter(out),
                new PrintWriter(err)).execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** Puts the embedded model into a folder. */
    static Path tinyModel(Path folder) throws IOException {
        Path file = folder.resolve("tiny.gguf");
        try (InputStream resource = Run.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf")) {
            Files.copy(resource, file);
        }
        return file;
    }

    /** The ids that {@code kimi tokenize --special} prints. */
    static int[] tokens(Path model, String text) throws IOException {
        return ids(kimi(text.getBytes(UTF_8), "tokenize", "--model", model.toString(), "--special").json());
    }

    static int[] ids(JsonNode object) {
        return StreamSupport.stream(object.get("ids").spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    /** The one JSON object on the one line that was printed; fails if the run did or if there is anything else. */
    JsonNode json() throws IOException {
        if (exitCode != 0 || !err.isEmpty() || out.indexOf('\n') != out.length() - 1) {
            throw new AssertionError("Expected one line and exit code 0: " + this);
        }
        return Json.MAPPER.readTree(out);
    }
}
