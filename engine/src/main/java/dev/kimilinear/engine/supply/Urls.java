package dev.kimilinear.engine.supply;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What has to be known of URLs. */
final class Urls {

    /** By its spelling: a name could be resolved to this machine now and to another one later. */
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|\\[::1\\]");

    private Urls() {
    }

    static boolean isLoopback(String host) {
        return LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
    }

    static boolean isHttps(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme());
    }

    /** Whether both lead to the same scheme, host and port: only then may one see what was meant for the other. */
    static boolean sameOrigin(URI a, URI b) {
        return a.getHost().equalsIgnoreCase(b.getHost()) && port(a) == port(b)
                && a.getScheme().equalsIgnoreCase(b.getScheme());
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : isHttps(uri) ? 443 : 80;
    }

    /** Where a link of a page leads; empty if it is none, or leads from https: to http:. */
    static Optional<URI> follow(URI page, String link) {
        try {
            URI to = page.resolve(link);
            boolean safe = isHttps(to) || "http".equalsIgnoreCase(to.getScheme()) && !isHttps(page);
            return Optional.of(to).filter(uri -> safe && uri.getHost() != null && !link.isEmpty());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** For messages: without query, fragment and user, which may hold secrets. */
    static String shown(URI uri) {
        return uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()) + uri.getRawPath();
    }

    /** One segment of a path: a slash is encoded too. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String path(String text) {
        return Arrays.stream(text.split("/")).map(Urls::segment).collect(Collectors.joining("/"));
    }
}
