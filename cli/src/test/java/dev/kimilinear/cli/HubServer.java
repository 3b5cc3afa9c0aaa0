package dev.kimilinear.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** A hub on this machine with the repository {@code owner/name}, as much of it as a download needs. */
final class HubServer implements AutoCloseable {

    private static final String COMMIT = "a".repeat(40);

    /** The ranges in which content was asked for, null for all of it. */
    final List<String> ranges = new CopyOnWriteArrayList<>();
    /** After so many bytes of its next file it falls silent. */
    volatile int silentAfter = Integer.MAX_VALUE;

    private final Map<String, byte[]> files = new TreeMap<>();
    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);

    HubServer() throws IOException {
        server.createContext("/api/models/owner/name/revision/main",
                exchange -> answer(exchange, 200, "{\"sha\":\"" + COMMIT + "\"}"));
        server.createContext("/api/models/owner/name/tree/" + COMMIT, exchange -> answer(exchange, 200, list()));
        server.createContext("/owner/name/resolve/" + COMMIT + "/", this::file);
        server.createContext("/", exchange -> answer(exchange, 404, "nothing"));
        server.setExecutor(threads);
        server.start();
    }

    String endpoint() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    void add(String path, byte[] content) {
        files.put(path, content);
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String list() {
        return "[" + String.join(",", files.entrySet().stream().map(file -> String.format(
                "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"lfs\":{\"oid\":\"%s\"}}", file.getKey(),
                file.getValue().length, sha256(file.getValue()))).toList()) + "]";
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, text.length());
            exchange.getResponseBody().write(text.getBytes(UTF_8));
        }
    }

    private void file(HttpExchange exchange) throws IOException {
        byte[] content = files.get(exchange.getRequestURI().getPath().replaceFirst(".*/resolve/[a-f0-9]+/", ""));
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        int silentNow = silentAfter;
        silentAfter = Integer.MAX_VALUE;
        ranges.add(range);
        try (exchange) {
            exchange.getResponseHeaders().set("ETag", "\"" + sha256(content) + "\"");
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
            OutputStream body = exchange.getResponseBody();
            body.write(content, from, Math.min(content.length - from, silentNow));
            body.flush();
            if (silentNow < content.length) {
                closed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
