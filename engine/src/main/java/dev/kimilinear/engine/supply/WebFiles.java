package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.ModelSupplyException;

/**
 * A file behind a URL, in a directory of ours:
 *
 * <pre>
 * downloads/HASH_OF_URL/NAME         the file
 * downloads/HASH_OF_URL/NAME.json    what it is: url, size and sha256
 * </pre>
 *
 * The query of a URL belongs to the request, not to the file: it may be a signature, which is another one each time.
 */
final class WebFiles {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RemoteFile remote;
    private final Path facts;
    private final Machine machine;

    WebFiles(Path cacheDirectory, Machine machine, ModelSource.WebFile source) {
        String path = source.uri().getPath();
        String last = path.substring(path.lastIndexOf('/') + 1);
        String name = HubCache.isPath(last) ? last : "model.gguf";
        Path directory = cacheDirectory.toAbsolutePath().resolve("downloads").resolve(Sha256.hex(Urls.shown(source.uri())));
        this.remote = new RemoteFile(name, source.uri(), directory.resolve(name), OptionalLong.empty(), source.sha256());
        this.facts = directory.resolve(name + ".json");
        this.machine = machine;
    }

    /** A file that is as it was when it was verified, as far as its size says. */
    Optional<Path> find() {
        try {
            JsonNode known = JSON.readTree(Files.readAllBytes(facts));
            String sha256 = known.path("sha256").asText();
            return Optional.of(remote.target()).filter(_ -> remote.sha256().orElse(sha256).equals(sha256))
                    .filter(file -> Files.isRegularFile(file) && file.toFile().length() == known.path("size").asLong());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    DownloadPlan plan(Requests requests) {
        Optional<Path> found = find();
        long bytes = found.map(file -> file.toFile().length()).orElseGet(() -> askSize(requests));
        long there = found.isPresent() ? bytes : PartFile.bytesThere(remote.target());
        return new DownloadPlan(List.of(new DownloadPlan.PlannedFile(remote.name(), bytes, there)));
    }

    /** By a request for the content, of which nothing is read: a signed URL is good for that request only. */
    private long askSize(Requests requests) {
        return requests.retries("Cannot ask for " + Urls.shown(remote.uri()), Retries.TRIES).call(() -> {
            HttpResponse<Body> response = requests.get(remote.uri(), Map.of());
            response.body().close();
            return FileDownload.length(response).orElseThrow(() -> FileDownload.withoutLength(remote));
        });
    }

    /** What is known of a file is never said of another: it goes before the next file comes. */
    Path fetch(Requests requests, DownloadListener listener) {
        if (find().isEmpty()) {
            try (DownloadLock _ = DownloadLock.acquire(remote, machine, listener)) {
                if (find().isEmpty()) { // whoever had the lock may have fetched it
                    Files.deleteIfExists(facts);
                    String sha256 = new FileDownload(remote, requests, machine, listener,
                            new ProgressMeter(machine.nanos(), listener, 0)).run();
                    AtomicFile.write(facts, JSON.createObjectNode().put("url", Urls.shown(remote.uri()))
                            .put("size", Files.size(remote.target())).put("sha256", sha256).toString());
                }
            } catch (IOException e) {
                throw new ModelSupplyException("Cannot write \"" + facts + "\": " + e
                        + ". Choose a cache directory that can be written.", e);
            }
        }
        return remote.target();
    }
}
