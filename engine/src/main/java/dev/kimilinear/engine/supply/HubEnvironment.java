package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.kimilinear.engine.api.ModelSupplyException;

/** How models are fetched here: what the tools of the Hugging Face hub, and llama.cpp, read from the environment too. */
public final class HubEnvironment {

    private static final String PUBLIC_HUB = "https://huggingface.co";
    private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");

    private final Map<String, String> variables;
    private final Path home;
    private final URI endpoint;
    private final Optional<String> token;
    private final boolean offline;
    private final List<Path> caches;

    /**
     * @param variables environment variables
     * @param home directory of the user
     * @throws ModelSupplyException if a variable makes no sense
     */
    public HubEnvironment(Map<String, String> variables, Path home) {
        this.variables = Map.copyOf(variables);
        this.home = home;
        Path hubHome = path("HF_HOME")
                .orElseGet(() -> path("XDG_CACHE_HOME").orElse(home.resolve(".cache")).resolve("huggingface"));
        Set<Path> directories = new LinkedHashSet<>();
        directories.add(path("HF_HUB_CACHE").or(() -> path("HUGGINGFACE_HUB_CACHE")).orElse(hubHome.resolve("hub")));
        path("LLAMA_CACHE").ifPresent(directories::add);
        caches = List.copyOf(directories);
        Path tokenFile = path("HF_TOKEN_PATH").orElse(hubHome.resolve("token"));
        token = text("HF_TOKEN").or(() -> text("HUGGING_FACE_HUB_TOKEN")).or(() -> content(tokenFile))
                .map(HubEnvironment::token);
        endpoint = endpoint(text("HF_ENDPOINT").orElse(PUBLIC_HUB));
        offline = text("HF_HUB_OFFLINE").filter(value -> TRUE.contains(value.toLowerCase(Locale.ROOT))).isPresent();
    }

    /** The hub, without a slash at the end. */
    URI endpoint() {
        return endpoint;
    }

    Optional<String> token() {
        return token;
    }

    /** Whether no request is to be made. */
    boolean offline() {
        return offline;
    }

    /** Directories of the shared cache. Files are put into the first, and looked for in all. */
    List<Path> caches() {
        return caches;
    }

    void configureProxies(HttpClient.Builder builder) {
        Proxies.configure(builder, variables);
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** A tilde is the home directory: outside of a shell nobody else replaces it. */
    private Optional<Path> path(String name) {
        try {
            return text(name).map(value -> value.startsWith("~/") ? home.resolve(value.substring(2)) : Path.of(value));
        } catch (InvalidPathException e) {
            throw new ModelSupplyException("Cannot use " + name + "=" + variables.get(name) + ": it is not a path, "
                    + e.getReason() + ".");
        }
    }

    private static URI endpoint(String text) {
        try {
            URI uri = URI.create(text.replaceFirst("/+$", ""));
            if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme()) && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null && uri.getRawFragment() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // As below: what it says shows all of the text.
        }
        throw new ModelSupplyException("Cannot use HF_ENDPOINT: expected the URL of a hub as " + PUBLIC_HUB
                + ", without user, query and fragment.");
    }

    private static Optional<String> content(Path file) {
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ModelSupplyException("Cannot read the hub's token from \"" + file + "\": " + e
                    + ". Make it readable, remove it, or set HF_TOKEN.", e);
        }
    }

    private static String token(String text) {
        if (!text.matches("\\p{Graph}+")) {
            throw new ModelSupplyException("Cannot use the hub's token (HF_TOKEN or the token file): it has characters that "
                    + "no token has. Expected one word, as hf_....");
        }
        return text;
    }
}
