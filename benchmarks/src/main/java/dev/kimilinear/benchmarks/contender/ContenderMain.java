package dev.kimilinear.benchmarks.contender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.kimilinear.benchmarks.Roofline;

/**
 * The child process: one JSON object a line on standard input, one on standard output for each. Times are taken here, so
 * they hold neither the process's start nor the protocol. Ends with its input; an error ends it with a stack trace on
 * standard error.
 *
 * <p>
 * Arguments: {@code ours}, or {@code llama.cpp FOLDER} with the folder of the shared libraries.
 */
public final class ContenderMain {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Contender contender;
    private Contender.Session session;
    private Contender.Encoding encoding;
    private Roofline roofline;

    private ContenderMain(Contender contender) {
        this.contender = contender;
    }

    public static void main(String[] args) throws Exception {
        // What libraries print must not get between the answers.
        PrintStream answers = System.out;
        System.setOut(System.err);
        ContenderMain child = new ContenderMain(switch (args[0]) {
            case "ours" -> new OurContender();
            case "llama.cpp" -> new LlamaContender(Path.of(args[1]));
            default -> throw new IllegalArgumentException("Contender \"" + args[0] + "\", expected ours or llama.cpp");
        });
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            answers.println(JSON.writeValueAsString(child.answer(JSON.readTree(line))));
            answers.flush();
        }
        if (child.session != null) {
            child.session.close();
        }
    }

    private ObjectNode answer(JsonNode request) throws Exception {
        return switch (request.required("do").asText()) {
            case "open" -> open(request);
            case "reset" -> reset();
            case "prefill" -> steps(request, tokens -> session.prefill(tokens));
            case "decode" -> steps(request, tokens -> session.decode(tokens));
            case "decode-together" -> steps(request, tokens -> session.decodeTogether(tokens));
            case "logits" -> writeLogits(path(request, "file"));
            case "answer" -> greedy(request);
            case "load-text" -> loadText(request);
            case "encode" -> encode(request);
            case "first-token" -> firstToken(request);
            case "read-memory" -> readMemory(request.required("threads").asInt());
            default -> throw new IllegalArgumentException("Request " + request);
        };
    }

    private ObjectNode open(JsonNode request) {
        session = contender.open(path(request, "file"), request.required("threads").asInt(),
                request.required("sequences").asInt(), request.required("context").asInt());
        ObjectNode answer = JSON.createObjectNode();
        session.settings().forEach(answer.putObject("settings")::put);
        return answer;
    }

    private ObjectNode reset() {
        session.reset();
        return JSON.createObjectNode();
    }

    @FunctionalInterface
    private interface Steps {
        void run(int[] tokens);
    }

    /** Runs the same tokens some times, from an empty sequence each time where asked; making one empty is not timed. */
    private ObjectNode steps(JsonNode request, Steps steps) {
        int[] tokens = Requests.tokens(request.required("count").asInt(), request.required("seed").asLong(),
                session.vocabularySize());
        long nanos = 0;
        for (int i = request.required("times").asInt(); i > 0; i--) {
            if (request.required("reset").asBoolean()) {
                session.reset();
            }
            long start = System.nanoTime();
            steps.run(tokens);
            nanos += System.nanoTime() - start;
        }
        return JSON.createObjectNode().put("seconds", nanos / 1e9);
    }

    private ObjectNode writeLogits(Path file) throws IOException {
        float[] logits = session.logits();
        ByteBuffer bytes = ByteBuffer.allocate(4 * logits.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(logits);
        Files.write(file, bytes.array());
        return JSON.createObjectNode();
    }

    private ObjectNode greedy(JsonNode request) {
        int[] ends = JSON.convertValue(request.required("ends"), int[].class);
        ObjectNode said = JSON.createObjectNode();
        ArrayNode answer = said.putArray("answer");
        session.reset();
        session.prefill(JSON.convertValue(request.required("prompt"), int[].class));
        int token = Requests.mostProbable(session.logits());
        answer.add(token);
        while (answer.size() < request.required("most").asInt() && !IntStream.of(ends).boxed().toList().contains(token)) {
            session.decode(new int[] { token });
            token = Requests.mostProbable(session.logits());
            answer.add(token);
        }
        return said;
    }

    private ObjectNode loadText(JsonNode request) throws IOException {
        encoding = contender.encoding(path(request, "vocabulary"), Files.readString(path(request, "text")));
        return JSON.createObjectNode();
    }

    private ObjectNode encode(JsonNode request) throws IOException {
        long start = System.nanoTime();
        int[] ids = encoding.run();
        long nanos = System.nanoTime() - start;
        ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(ids);
        Files.write(path(request, "ids"), bytes.array());
        return JSON.createObjectNode().put("seconds", nanos / 1e9);
    }

    private ObjectNode firstToken(JsonNode request) throws IOException, InterruptedException {
        int[] prompt = Requests.tokens(request.required("count").asInt(), request.required("seed").asLong(),
                request.required("vocabularySize").asInt());
        long start = System.nanoTime();
        contender.firstToken(path(request, "file"), path(request, "derived"), request.required("threads").asInt(), prompt);
        return JSON.createObjectNode().put("seconds", (System.nanoTime() - start) / 1e9);
    }

    private ObjectNode readMemory(int threads) throws InterruptedException {
        if (roofline == null) {
            roofline = new Roofline();
        }
        return JSON.createObjectNode().put("bytesPerSecond", roofline.readBytesPerSecond(threads));
    }

    private static Path path(JsonNode request, String field) {
        return Path.of(request.required(field).asText());
    }
}
