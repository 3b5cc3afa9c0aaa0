package dev.kimilinear.engine.supply;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.kimilinear.engine.api.ModelSupplyException;

/** The proxies of the environment, as curl reads it. The JDK's own system properties take precedence. */
final class Proxies {

    private static final List<String> JDK_PROPERTIES = List.of("http.proxyHost", "https.proxyHost", "socksProxyHost",
            "java.net.useSystemProxies");

    private final Optional<Server> http;
    private final Optional<Server> https;
    /** Hosts that are reached without; a name stands for its subdomains too, {@code *} for all. */
    private final List<String> exceptions;

    private Proxies(Map<String, String> environment) {
        http = first(environment, "http_proxy", "all_proxy").map(Server::parse);
        https = first(environment, "https_proxy", "all_proxy").map(Server::parse);
        exceptions = Arrays.stream(first(environment, "no_proxy").orElse("").toLowerCase(Locale.ROOT).split(","))
                .map(String::strip).filter(host -> !host.isEmpty()).toList();
    }

    /**
     * Leaves the builder alone where the environment says nothing, or the JDK's properties do.
     *
     * @throws ModelSupplyException if a proxy is of a kind that Java cannot use
     */
    static void configure(HttpClient.Builder builder, Map<String, String> environment) {
        if (JDK_PROPERTIES.stream().noneMatch(name -> System.getProperty(name) != null)) {
            new Proxies(environment).configure(builder);
        }
    }

    private static Optional<String> first(Map<String, String> environment, String... names) {
        return Arrays.stream(names).flatMap(name -> Stream.of(name, name.toUpperCase(Locale.ROOT)))
                .map(environment::get).filter(value -> value != null && !value.isBlank()).map(String::strip).findFirst();
    }

    private void configure(HttpClient.Builder builder) {
        if (http.or(() -> https).isPresent()) {
            builder.proxy(new Selector());
        }
        if (Stream.of(http, https).flatMap(Optional::stream).anyMatch(server -> server.user() != null)) {
            builder.authenticator(new Users());
        }
    }

    static ModelSupplyException refused(URI asked) {
        return new ModelSupplyException("Cannot reach " + Urls.shown(asked) + ": the proxy asks for a user and password "
                + "(HTTP 407). Put them into HTTPS_PROXY as http://user:password@host:port. If they are there, start Java "
                + "with -Djdk.http.auth.tunneling.disabledSchemes=\"\", or it does not send them.");
    }

    private record Server(String host, int port, String user, String password) {

        static Server parse(String text) {
            try {
                URI uri = new URI(text.contains("://") ? text : "http://" + text);
                if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
                    String[] user = uri.getUserInfo() == null ? new String[] { null } : uri.getUserInfo().split(":", 2);
                    return new Server(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort(), user[0],
                            user.length == 1 ? "" : user[1]);
                }
            } catch (URISyntaxException e) {
                // As below: what it says shows all of the text.
            }
            throw new ModelSupplyException("Cannot use the proxy \"" + text.replaceFirst("[^/]*@", "...@")
                    + "\" of the environment. Expected http://host:port or http://user:password@host:port in HTTPS_PROXY, "
                    + "HTTP_PROXY or ALL_PROXY; other kinds of proxies are not supported.");
        }
    }

    private final class Selector extends ProxySelector {

        @Override
        public List<Proxy> select(URI uri) {
            return (Urls.isHttps(uri) ? https : http).filter(server -> !isException(uri.getHost().toLowerCase(Locale.ROOT)))
                    .map(server -> List.of(
                            new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(server.host(), server.port()))))
                    .orElse(List.of(Proxy.NO_PROXY));
        }

        private boolean isException(String host) {
            return Urls.isLoopback(host) || exceptions.stream().anyMatch(exception -> exception.equals("*")
                    || ("." + host).endsWith(exception.startsWith(".") ? exception : "." + exception));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // The request fails, and says so.
        }
    }

    private final class Users extends Authenticator {

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            return Stream.of(https, http).flatMap(Optional::stream)
                    .filter(server -> server.user() != null && getRequestorType() == RequestorType.PROXY
                            && server.host().equalsIgnoreCase(getRequestingHost()) && server.port() == getRequestingPort())
                    .map(server -> new PasswordAuthentication(server.user(), server.password().toCharArray()))
                    .findFirst().orElse(null);
        }
    }
}
