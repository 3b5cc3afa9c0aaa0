package dev.kimilinear.sample;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * A headless Chromium with one page, driven by the DevTools protocol: as much of it as the tests of our page need, so
 * that they need nothing but a browser.
 */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path profile;
    private final Process chromium;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final StringBuilder frames = new StringBuilder();

    /** Starts the browser that the system property {@code browser} names. */
    Browser() throws Exception {
        profile = Files.createTempDirectory("browser");
        List<String> command = new ArrayList<>(List.of(System.getProperty("browser", "chromium"), "--headless",
                "--remote-debugging-port=0", "--user-data-dir=" + profile, "--window-size=1000,800", "--lang=en",
                "--hide-scrollbars",
                "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "about:blank"));
        if (System.getProperty("user.name").equals("root")) {
            command.add(1, "--no-sandbox"); // which Chromium does not have for root
        }
        try {
            chromium = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(profile.resolve("output.txt").toFile()).start();
        } catch (IOException e) {
            throw new IllegalStateException("Cannot start the browser \"" + command.getFirst()
                    + "\". Use ./verify, which looks for one, or name it with -Dbrowser=FILE.", e);
        }
        socket = client.newWebSocketBuilder().buildAsync(devTools(), new Listener()).get();
        call("Runtime.enable", Map.of());
        call("Log.enable", Map.of());
        call("Page.enable", Map.of());
    }

    /** Defines functions for the pages that are opened from now on. */
    void define(String script) throws Exception {
        call("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    void open(URI page) throws Exception {
        complaints.clear();
        call("Page.navigate", Map.of("url", page.toString()));
        await("location.href === '" + page + "' && document.readyState === 'complete'");
    }

    /** The value of a JavaScript expression. */
    JsonNode eval(String expression) throws Exception {
        JsonNode result = call("Runtime.evaluate",
                Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError("The page cannot evaluate " + expression + ": " + result.get("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    /** Waits until a JavaScript expression is true. */
    void await(String expression) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!eval("Boolean(" + expression + ")").asBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Not true after " + PATIENCE.toSeconds() + " s: " + expression
                        + "\nThe page shows:\n" + eval("document.body.innerText.slice(0, 1000)").asText());
            }
            Thread.sleep(50);
        }
    }

    String text(String selector) throws Exception {
        return eval("document.querySelector(" + JSON.writeValueAsString(selector) + ").innerText").asText();
    }

    /** Clicks with the mouse into the middle of an element. */
    void click(String selector) throws Exception {
        clickOn("document.querySelector(" + JSON.writeValueAsString(selector) + ")");
    }

    /** Clicks with the mouse into the middle of the element that a JavaScript expression names. */
    void clickOn(String element) throws Exception {
        pointAt(element);
        mouse("mousePressed", element);
        mouse("mouseReleased", element);
    }

    /** Moves the mouse to the middle of the element that a JavaScript expression names. */
    void pointAt(String element) throws Exception {
        eval(element + ".scrollIntoView({ block: 'nearest' })");
        mouse("mouseMoved", element);
    }

    private void mouse(String type, String element) throws Exception {
        JsonNode at = eval("(() => { const r = " + element + ".getBoundingClientRect();"
                + " return { x: r.x + r.width / 2, y: r.y + r.height / 2 }; })()");
        boolean moved = type.equals("mouseMoved");
        call("Input.dispatchMouseEvent", Map.of("type", type, "x", at.get("x"), "y", at.get("y"),
                "button", moved ? "none" : "left", "clickCount", moved ? 0 : 1));
    }

    /** Types into the element that has the focus. */
    void type(String text) throws Exception {
        call("Input.insertText", Map.of("text", text));
    }

    void pressEnter(boolean shift) throws Exception {
        press(Map.of("key", "Enter", "code", "Enter", "windowsVirtualKeyCode", 13, "text", "\r", "modifiers", shift ? 8 : 0));
    }

    /** Presses a key that writes nothing, such as {@code Escape}. */
    void press(String key) throws Exception {
        press(Map.of("key", key, "code", key));
    }

    private void press(Map<String, Object> key) throws Exception {
        for (String type : List.of("keyDown", "keyUp")) {
            Map<String, Object> event = new HashMap<>(key);
            event.put("type", type);
            call("Input.dispatchKeyEvent", event);
        }
    }

    /** The size of the page, in pixels. */
    void resize(int width, int height) throws Exception {
        call("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** As if the person who looks preferred {@code light} or {@code dark}. */
    void prefer(String colours) throws Exception {
        call("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colours))));
    }

    /** A picture of the page, which is kept as a PNG file. */
    Picture screenshot(Path file) throws Exception {
        byte[] png = Base64.getDecoder().decode(call("Page.captureScreenshot", Map.of()).get("data").asText());
        Files.createDirectories(file.getParent());
        Files.write(file, png);
        return new Picture(ImageIO.read(new ByteArrayInputStream(png)));
    }

    /** Since the page was opened: uncaught exceptions, errors on the console, what failed or the page's policy refused. */
    List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        client.shutdownNow();
        chromium.descendants().forEach(ProcessHandle::destroyForcibly);
        chromium.destroyForcibly().onExit().join();
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
        int id = calls.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true).get();
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("The browser does not answer " + method, e);
        }
    }

    /** The address of the first page; Chromium writes its port into the profile once it listens. */
    private URI devTools() throws Exception {
        Path port = profile.resolve("DevToolsActivePort");
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
            if (System.nanoTime() > end || !chromium.isAlive()) {
                throw new IllegalStateException(
                        "The browser does not start: " + Files.readString(profile.resolve("output.txt")));
            }
            Thread.sleep(20);
        }
        URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(port).getFirst() + "/json/list");
        while (System.nanoTime() < end) {
            String targets = client.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString()).body();
            for (JsonNode target : JSON.readTree(targets)) {
                if (target.path("type").asText().equals("page")) {
                    return URI.create(target.get("webSocketDebuggerUrl").asText());
                }
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException("The browser has no page");
    }

    private void receive(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer = answers.remove(message.get("id").asInt());
            if (message.has("error")) {
                answer.completeExceptionally(new AssertionError("The browser refuses: " + message.get("error")));
            } else {
                answer.complete(message.get("result"));
            }
            return;
        }
        JsonNode parameters = message.path("params");
        boolean complaint = switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" -> true;
            case "Runtime.consoleAPICalled" -> parameters.path("type").asText().equals("error");
            case "Log.entryAdded" -> parameters.path("entry").path("level").asText().equals("error");
            default -> false;
        };
        if (complaint) {
            complaints.add(parameters.toString());
        }
    }

    private final class Listener implements WebSocket.Listener {

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            frames.append(data);
            if (last) {
                try {
                    receive(JSON.readTree(frames.toString()));
                } catch (IOException e) {
                    complaints.add("Not JSON from the browser: " + e.getMessage());
                }
                frames.setLength(0);
            }
            webSocket.request(1);
            return null;
        }
    }
}
