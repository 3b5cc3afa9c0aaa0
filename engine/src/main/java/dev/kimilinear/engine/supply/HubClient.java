package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.kimilinear.engine.api.ModelSupplyException;

/** What a hub says of one model: its commit, its files and where they are. */
final class HubClient {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern BLOB = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern NEXT = Pattern.compile(".*<([^>]*)>\\s*;\\s*rel=\"?next\"?.*");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI endpoint;
    private final Requests requests;
    private final ModelSource.HubModel model;

    HubClient(URI endpoint, Requests requests, ModelSource.HubModel model) {
        this.endpoint = endpoint;
        this.requests = requests;
        this.model = model;
    }

    /** The files of a repository at a commit: a push at the same time changes neither. */
    record Listing(String commit, List<HubFile> files) {
    }

    private record Page(JsonNode json, Optional<URI> next) {
    }

    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /**
     * @param tries how often to ask before giving up
     * @throws ModelSupplyException.Unreachable if the hub does not answer
     */
    Listing list(int tries) {
        String commit = isCommit(model.revision()) ? model.revision() : commit(tries);
        List<HubFile> files = new ArrayList<>();
        Optional<URI> next = Optional.of(uri("/api/models/" + model.repository() + "/tree/" + commit + "?recursive=true"));
        while (next.isPresent()) {
            Page page = page(next.get(), tries);
            page.json().forEach(entry -> file(entry).ifPresent(files::add));
            next = page.next();
        }
        return new Listing(commit, files);
    }

    URI download(String commit, HubFile file) {
        return uri("/" + model.repository() + "/resolve/" + commit + "/" + Urls.path(file.path()));
    }

    private String commit(int tries) {
        URI uri = uri("/api/models/" + model.repository() + "/revision/" + Urls.segment(model.revision()));
        String commit = page(uri, tries).json().path("sha").asText();
        if (!isCommit(commit)) {
            throw misunderstood(uri, "no commit");
        }
        return commit;
    }

    /** A file that this machine can have, if the entry is one. */
    private static Optional<HubFile> file(JsonNode entry) {
        JsonNode large = entry.path("lfs");
        HubFile file = new HubFile(entry.path("path").asText(), entry.path("size").asLong(),
                (large.isObject() ? large : entry).path("oid").asText());
        return Optional.of(file).filter(it -> "file".equals(entry.path("type").asText()) && HubCache.isPath(it.path())
                && BLOB.matcher(it.blob()).matches());
    }

    private Page page(URI uri, int tries) {
        return requests.retries("Cannot ask " + Urls.shown(endpoint) + " for " + model, tries).call(() -> {
            HttpResponse<Body> response = requests.get(uri, Map.of());
            try (Body body = response.body()) {
                return new Page(json(uri, body.all()), response.headers().firstValue("Link")
                        .map(NEXT::matcher).filter(Matcher::matches).map(link -> following(uri, link.group(1))));
            }
        });
    }

    /** The list goes on at the same hub, or the token would go to somebody else, and the list come from there. */
    private URI following(URI page, String link) {
        return Urls.follow(page, link).filter(next -> Urls.sameOrigin(next, endpoint)).orElseThrow(() -> misunderstood(page,
                "the list does not go on at the same host, but at " + link.replaceFirst("\\?.*", "")));
    }

    private JsonNode json(URI uri, byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (IOException e) {
            throw misunderstood(uri, "no JSON");
        }
    }

    private ModelSupplyException misunderstood(URI uri, String found) {
        return new ModelSupplyException("Cannot understand what " + Urls.shown(uri) + " says of " + model + ": " + found
                + ". Expected a Hugging Face hub. Check HF_ENDPOINT, and the proxy if there is one.");
    }

    private URI uri(String rest) {
        return URI.create(endpoint + rest);
    }
}
