package dev.kimilinear.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

/**
 * A double of a server with OpenAI's interface, as vLLM and llama.cpp have it: chat completions over HTTP on this machine,
 * whole or as server-sent events. It says what it is told to say and remembers what it was asked. A test resource: the
 * application learns where it is, and a field of this type in the test gets it.
 */
public final class OpenAiServer implements QuarkusTestResourceLifecycleManager {

    static final String API_KEY = "secret";
    static final int INPUT_TOKENS = 21;
    static final int OUTPUT_TOKENS = 7;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A request.
     *
     * @param authorization the header of this name
     */
    record Asked(String authorization, JsonNode body) {

        /** The messages, each as {@code role: content}. */
        List<String> messages() {
            List<String> messages = new ArrayList<>();
            body.path("messages").forEach(
                    message -> messages.add(message.path("role").asText() + ": " + message.path("content").asText()));
            return messages;
        }
    }

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile List<String> pieces = List.of();
    private volatile int refusal;
    private volatile CountDownLatch held = new CountDownLatch(0);
    private HttpServer server;

    @Override
    public Map<String, String> start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", this::complete);
        server.start();
        return Map.of("quarkus.langchain4j.openai.base-url", "http://localhost:" + server.getAddress().getPort() + "/v1",
                "quarkus.langchain4j.openai.api-key", API_KEY);
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, field -> field.getType() == OpenAiServer.class);
    }

    @Override
    public void stop() {
        server.stop(0);
        threads.close();
    }

    /** From now on: an answer of these pieces. What it was asked before is forgotten. */
    void say(String... pieces) {
        asked.clear();
        this.pieces = List.of(pieces);
        refusal = 0;
    }

    /** From now on: an error with this status. */
    void refuse(int status) {
        say();
        refusal = status;
    }

    /** Streams send their first piece, and the others when somebody counts down. */
    CountDownLatch holdBehindTheFirstPiece() {
        held = new CountDownLatch(1);
        return held;
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    private void complete(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode request = JSON.readTree(exchange.getRequestBody());
            asked.add(new Asked(exchange.getRequestHeaders().getFirst("Authorization"), request));
            if (refusal != 0) {
                send(exchange, refusal, Map.of("error", Map.of("message", "refused")));
            } else if (request.path("stream").asBoolean()) {
                stream(exchange);
            } else {
                Map<String, ?> message = Map.of("role", "assistant", "content", String.join("", pieces));
                send(exchange, 200, Map.of("id", "1", "object", "chat.completion", "created", 1, "model", "double",
                        "choices", List.of(Map.of("index", 0, "message", message, "finish_reason", "stop")),
                        "usage", usage()));
            }
        }
    }

    private static void send(HttpExchange exchange, int status, Map<String, ?> body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void stream(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        List<String> said = pieces;
        for (int i = 0; i < said.size(); i++) {
            if (i == 1) {
                waitUntilReleased();
            }
            chunk(exchange, List.of(Map.of("index", 0, "delta", Map.of("role", "assistant", "content", said.get(i)))));
        }
        chunk(exchange, List.of(Map.of("index", 0, "delta", Map.of(), "finish_reason", "stop")));
        chunk(exchange, List.of());
        event(exchange, "[DONE]");
    }

    /** @param choices none in the last one, which has the tokens that the answer took */
    private static void chunk(HttpExchange exchange, List<Map<String, ?>> choices) throws IOException {
        event(exchange, JSON.writeValueAsString(Map.of("id", "1", "object", "chat.completion.chunk", "created", 1,
                "model", "double", "choices", choices, "usage", choices.isEmpty() ? usage() : Map.of())));
    }

    private static void event(HttpExchange exchange, String data) throws IOException {
        exchange.getResponseBody().write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    private static Map<String, Integer> usage() {
        return Map.of("prompt_tokens", INPUT_TOKENS, "completion_tokens", OUTPUT_TOKENS,
                "total_tokens", INPUT_TOKENS + OUTPUT_TOKENS);
    }

    private void waitUntilReleased() throws IOException {
        try {
            if (!held.await(30, TimeUnit.SECONDS)) {
                throw new IOException("The pieces behind the first one were held and not released");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
