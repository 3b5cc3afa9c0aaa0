package dev.kimilinear.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.restassured.RestAssured;

/** A streamed answer, read event by event, with a connection of its own that can be closed half-way. */
final class EventStream implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param name the event's name, {@code message} if it has none */
    record Event(String name, JsonNode data) {

        String text() {
            return data.path("text").asText();
        }
    }

    private final HttpClient client;
    private final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    private EventStream(HttpClient client, HttpResponse<InputStream> response) {
        this.client = client;
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Sends a message of a conversation, see {@link #post}. */
    static EventStream open(String session, String message) throws IOException, InterruptedException {
        return post("/api/chat/stream", "application/json",
                JSON.writeValueAsString(Map.of("session", session, "message", message)));
    }

    /** Sends a request and waits for the head of the response, which comes before the first event. */
    static EventStream post(String path, String type, String body) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + path))
                .header("Content-Type", type).POST(HttpRequest.BodyPublishers.ofString(body)).build();
        return new EventStream(client, client.send(request, HttpResponse.BodyHandlers.ofInputStream()));
    }

    int status() {
        return response.statusCode();
    }

    /** The next event, or null at the end of the stream. */
    Event next() throws IOException {
        String name = "message";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event:")) {
                name = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data.append(line.substring("data:".length()));
            } else if (line.isEmpty() && !data.isEmpty()) {
                return new Event(name, JSON.readTree(data.toString()));
            }
        }
        return null;
    }

    /** Whether anything has arrived that was not read yet. */
    boolean hasMore() throws IOException {
        return lines.ready();
    }

    /** Every event that is left. */
    List<Event> rest() throws IOException {
        List<Event> events = new ArrayList<>();
        for (Event event = next(); event != null; event = next()) {
            events.add(event);
        }
        return events;
    }

    /** Closes the connection, at the end of the stream or before it. */
    @Override
    public void close() {
        client.shutdownNow();
    }
}
