package dev.kimilinear.deployment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** Serves the embedded model over HTTP on this machine: half of it at once, the rest when the test says so. */
final class ModelServer {

    private final HttpServer server;
    private final CountDownLatch rest = new CountDownLatch(1);
    private final AtomicInteger requests = new AtomicInteger();

    ModelServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange;
                InputStream model = ModelServer.class.getResourceAsStream("/dev/kimilinear/tiny/kimi-linear-tiny.gguf");
                OutputStream body = exchange.getResponseBody()) {
            byte[] content = model.readAllBytes();
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            exchange.sendResponseHeaders(200, content.length);
            body.write(content, 0, content.length / 2);
            body.flush();
            rest.await();
            body.write(content, content.length / 2, content.length - content.length / 2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/tiny.gguf";
    }

    int requests() {
        return requests.get();
    }

    void sendTheRest() {
        rest.countDown();
    }
}
