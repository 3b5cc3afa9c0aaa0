package dev.kimilinear.benchmarks.contender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A child process that runs one side. Requests block until the answer is there. Not thread-safe.
 *
 * <p>
 * Every method fails with an {@link IllegalStateException} that quotes the child's log if the child ends instead.
 */
public final class ContenderProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LOG_LINES_QUOTED = 20;

    private final String name;
    private final Path log;
    private final Path exchange;
    private final Process process;
    private final PrintWriter requests;
    private final BufferedReader answers;

    private ContenderProcess(String name, Path folder, List<String> arguments) throws IOException {
        this.name = name;
        log = folder.resolve(name + ".log");
        exchange = folder.resolve(name + ".bin");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                ContenderMain.class.getName()));
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        requests = new PrintWriter(process.getOutputStream(), true, UTF_8);
        answers = process.inputReader(UTF_8);
    }

    /** @param folder for the child's log and large answers */
    public static ContenderProcess ours(Path folder) throws IOException {
        return new ContenderProcess("ours", folder, List.of("ours"));
    }

    /** @param libraries the folder of llama.cpp's shared libraries */
    public static ContenderProcess llama(Path folder, Path libraries) throws IOException {
        return new ContenderProcess("llama.cpp", folder, List.of("llama.cpp", libraries.toString()));
    }

    /** How tables call this side. */
    public String name() {
        return name;
    }

    /**
     * Loads a model.
     *
     * @param sequences more than one for {@link #decodeTogether} only
     * @param contextTokens the most tokens that a sequence will hold
     * @return what the side runs with, for the record
     */
    public Map<String, String> open(Path model, int threads, int sequences, int contextTokens) {
        JsonNode answer = ask(request("open").put("file", absolute(model)).put("threads", threads).put("sequences", sequences)
                .put("context", contextTokens));
        Map<String, String> settings = new LinkedHashMap<>();
        answer.required("settings").properties().forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
        return settings;
    }

    /** Begins all sequences anew. */
    public void reset() {
        ask(request("reset"));
    }

    /** Seconds to read random tokens on top of the sequence, in steps of 512. */
    public double prefill(int tokens, long seed) {
        return seconds(request("prefill").put("count", tokens).put("seed", seed).put("times", 1).put("reset", false));
    }

    /** Seconds to read the same tokens some times, each time from an empty sequence. */
    public double prefillFromEmpty(int tokens, long seed, int times) {
        return seconds(request("prefill").put("count", tokens).put("seed", seed).put("times", times).put("reset", true));
    }

    /** Seconds to read random tokens one by one on top of the sequence, each with its logits. */
    public double decode(int tokens, long seed) {
        return seconds(request("decode").put("count", tokens).put("seed", seed).put("times", 1).put("reset", false));
    }

    /** Seconds to read so many random tokens in all from empty sequences, one of each a step, each with its logits. */
    public double decodeTogether(int tokens, long seed) {
        return seconds(request("decode-together").put("count", tokens).put("seed", seed).put("times", 1).put("reset", true));
    }

    /** The logits after the last token. */
    public float[] logits() {
        ask(request("logits").put("file", absolute(exchange)));
        FloatBuffer values = bytes().asFloatBuffer();
        float[] logits = new float[values.remaining()];
        values.get(logits);
        return logits;
    }

    /**
     * The most probable token after a prompt, that after it, and so on.
     *
     * @param ends tokens that end an answer; the one that does is its last
     * @param most the most tokens of an answer
     */
    public int[] answer(int[] prompt, int[] ends, int most) {
        ObjectNode request = request("answer").put("most", most);
        request.set("prompt", JSON.valueToTree(prompt));
        request.set("ends", JSON.valueToTree(ends));
        return JSON.convertValue(ask(request).required("answer"), int[].class);
    }

    /** Prepares a text for {@link #encode}. */
    public void loadText(Path vocabulary, Path text) {
        ask(request("load-text").put("vocabulary", absolute(vocabulary)).put("text", absolute(text)));
    }

    /**
     * Ids of the text.
     *
     * @param seconds what it took
     */
    public record Encoded(int[] ids, double seconds) {
    }

    public Encoded encode() {
        double seconds = seconds(request("encode").put("ids", absolute(exchange)));
        IntBuffer values = bytes().asIntBuffer();
        int[] ids = new int[values.remaining()];
        values.get(ids);
        return new Encoded(ids, seconds);
    }

    /**
     * Seconds from opening a model to the first token after a prompt of random tokens. For a fresh process.
     *
     * @param derived folder for what a side derives from a model and keeps
     */
    public double firstToken(Path model, Path derived, int threads, int promptTokens, long seed, int vocabularySize) {
        return seconds(request("first-token").put("file", absolute(model)).put("derived", absolute(derived))
                .put("threads", threads)
                .put("count", promptTokens).put("seed", seed).put("vocabularySize", vocabularySize));
    }

    /** Bytes a second that so many threads read of plain memory. */
    public double readBytesPerSecond(int threads) {
        return ask(request("read-memory").put("threads", threads)).required("bytesPerSecond").asDouble();
    }

    private static ObjectNode request(String what) {
        return JSON.createObjectNode().put("do", what);
    }

    private double seconds(ObjectNode request) {
        return ask(request).required("seconds").asDouble();
    }

    private JsonNode ask(ObjectNode request) {
        try {
            requests.println(JSON.writeValueAsString(request));
            String line = answers.readLine();
            if (line == null) {
                process.waitFor(10, TimeUnit.SECONDS);
                throw new IllegalStateException("The process of " + name + " ended (" + (process.isAlive() ? "still running"
                        : "exit code " + process.exitValue()) + ") at " + request + ". The end of its log " + log + ":\n"
                        + endOfLog());
            }
            if (!line.startsWith("{")) {
                // What native code prints when it aborts goes past the child to its standard output.
                throw new IllegalStateException("The process of " + name + " answered \"" + line + "\" to " + request
                        + ", expected a JSON object. The end of its log " + log + ":\n" + endOfLog());
            }
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException("The process of " + name + " cannot be talked to at " + request, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Interrupted while the process of " + name + " ended", e);
        }
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_QUOTED), lines.size()));
    }

    private ByteBuffer bytes() {
        try {
            return ByteBuffer.wrap(Files.readAllBytes(exchange)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException("The answer of " + name + " cannot be read", e);
        }
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().toString();
    }

    /** Ends the child and waits for it. */
    @Override
    public void close() {
        requests.close();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
