package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.api.ModelSupplyException;

class ProxiesTest extends SupplyTest {

    private static final String USER = "Basic " + Base64.getEncoder()
            .encodeToString("me:se:cret@".getBytes(StandardCharsets.UTF_8));

    private static Map<String, String> map(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return environment;
    }

    private static String proxy(String uri, String... variables) {
        HttpClient.Builder builder = HttpClient.newBuilder();
        Proxies.configure(builder, map(variables));
        try (HttpClient client = builder.build()) {
            ProxySelector selector = client.proxy().orElse(null);
            if (selector == null) {
                return "default";
            }
            Proxy proxy = selector.select(URI.create(uri)).getFirst();
            return proxy.type() == Proxy.Type.DIRECT ? "none"
                    : ((InetSocketAddress) proxy.address()).getHostString() + ":"
                            + ((InetSocketAddress) proxy.address()).getPort();
        }
    }

    @Test
    void theSchemeOfTheUrlSaysWhichVariableCounts() {
        String[] all = { "HTTPS_PROXY", "http://s:1", "HTTP_PROXY", "h:2", "ALL_PROXY", "http://a" };
        assertThat(proxy("https://host/", all)).isEqualTo("s:1");
        assertThat(proxy("http://host/", all)).isEqualTo("h:2");
        assertThat(proxy("http://host/", "ALL_PROXY", "http://a")).isEqualTo("a:80");
        assertThat(proxy("https://host/", "HTTPS_PROXY", "http://s:1", "https_proxy", "small:1")).isEqualTo("small:1");
        assertThat(proxy("https://host/", "HTTP_PROXY", "http://h:2")).isEqualTo("none");
        assertThat(proxy("https://host/")).isEqualTo("default");
        assertThat(proxy("https://host/", "HTTPS_PROXY", " ")).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource({ "example.org, host.example.org, none", "example.org, example.org, none",
            ".example.org, host.example.org, none",
            "example.org, HOST.Example.ORG, none", "example.org, notexample.org, p:1", "a; example.org, example.org, none",
            "*, example.org, none", "10.0.0.1, 10.0.0.1, none", "10.0.0.1, 10.0.0.11, p:1", "'', localhost, none",
            "'', 127.0.0.1, none" })
    void someHostsAreReachedWithout(String exceptions, String host, String expected) {
        assertThat(proxy("https://" + host + "/", "HTTPS_PROXY", "http://p:1", "NO_PROXY", exceptions.replace(';', ',')))
                .isEqualTo(expected);
    }

    @Test
    void thePropertiesOfTheJdkTakePrecedence() {
        System.setProperty("https.proxyHost", "other");
        try {
            assertThat(proxy("https://host/", "HTTPS_PROXY", "http://p:1")).isEqualTo("default");
        } finally {
            System.clearProperty("https.proxyHost");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "socks5://me:secret@p:1", "https://me:secret@p:1", "http://me:secret@", "me:secret@a b" })
    void aProxyThatJavaCannotUseIsRefusedWithoutItsPassword(String proxy) {
        refused(() -> proxy("https://host/", "ALL_PROXY", proxy))
                .withMessageContainingAll("Cannot use the proxy", "...@", "Expected http://host:port")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    private Path fetch(String endpoint, String proxy, SSLContext tls) {
        Machine machine = machine(Machine.THIS.usableBytes(),
                () -> tls == null ? HttpClient.newBuilder() : HttpClient.newBuilder().sslContext(tls), PATIENCE);
        return supply(machine, "HF_ENDPOINT", endpoint, "ALL_PROXY", proxy).fetch(remote("hf:owner/name"), ear);
    }

    @Test
    void aProxyWithAPasswordTakesHttp() throws Exception {
        try (ProxyDouble proxy = new ProxyDouble(hub.endpoint().getPort(), USER)) {
            byte[] content = hub.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));

            assertThat(fetch("http://hub.example", "http://me:se%3Acret%40@localhost:" + proxy.port(), null))
                    .hasBinaryContent(content);

            assertThat(proxy.requests).isNotEmpty().allMatch(request -> request.startsWith("GET http://hub.example/"));
            assertThat(hub.hubRequests).as("asked through the proxy")
                    .allMatch(request -> request.path().startsWith("http://hub.example/"));
            assertThat(ear.reasons).isEmpty();
        }
    }

    @Test
    void aProxyTakesHttpsThroughATunnel() throws Exception {
        SSLContext tls = TestCertificate.context(directory, "hub.example", "localhost");
        try (HubDouble secure = new HubDouble(tls); ProxyDouble proxy = new ProxyDouble(secure.endpoint().getPort(), null)) {
            byte[] content = secure.add("a-Q4_K_M.gguf", HubDouble.model(10_000, 1));

            assertThat(fetch("https://hub.example", "http://localhost:" + proxy.port(), tls)).hasBinaryContent(content);

            assertThat(proxy.requests).isNotEmpty().containsOnly("CONNECT hub.example:443 HTTP/1.1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "http://hub.example", "https://hub.example" })
    void aProxyThatWantsAPasswordIsExplained(String endpoint) throws Exception {
        try (ProxyDouble proxy = new ProxyDouble(1, USER)) {
            refused(() -> fetch(endpoint, "http://localhost:" + proxy.port(), null))
                    .withMessageContainingAll("Cannot reach " + endpoint, "HTTP 407", "http://user:password@host:port");
            assertThat(ear.reasons).isEmpty();
        }
    }

    @Test
    void aPasswordThatJavaDoesNotSendThroughATunnelIsExplained() throws Exception {
        try (ProxyDouble proxy = new ProxyDouble(1, USER)) {
            refused(() -> fetch("https://hub.example", "http://me:se%3Acret%40@localhost:" + proxy.port(), null))
                    .withMessageContainingAll("-Djdk.http.auth.tunneling.disabledSchemes=\"\"");
        }
    }

    @Test
    void aTunnelThatIsNotOpenedIsNotTheHubsAnswer() throws Exception {
        try (ProxyDouble proxy = new ProxyDouble(1, "another")) {
            proxy.refusal = 403;
            assertThatExceptionOfType(ModelSupplyException.Unreachable.class)
                    .isThrownBy(() -> fetch("https://hub.example", "http://localhost:" + proxy.port(), null))
                    .withMessageContainingAll("Tunnel failed, got: 403", "Check the network, and the proxy");
        }
    }

    @Test
    void aWrongPasswordIsExplained() throws Exception {
        try (ProxyDouble proxy = new ProxyDouble(1, USER)) {
            refused(() -> fetch("http://hub.example", "http://me:wrong@localhost:" + proxy.port(), null))
                    .withMessageContainingAll("proxy");
        }
    }
}
