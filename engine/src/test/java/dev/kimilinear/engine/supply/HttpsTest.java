package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.supply.HubDouble.Fault;

/** Over real TLS. */
class HttpsTest extends SupplyTest {

    @TempDir
    static Path keys;
    private static SSLContext tls;

    private byte[] content;

    @BeforeAll
    static void makeCertificate() throws Exception {
        tls = TestCertificate.context(keys, "localhost");
    }

    @Override
    HubDouble newHub() throws Exception {
        return new HubDouble(tls);
    }

    @BeforeEach
    void addFile() {
        content = hub.add("a-Q4_K_M.gguf", HubDouble.model(200_000, 1));
        hub.token = "hf_secret";
    }

    private Path fetch(String source, Supplier<HttpClient.Builder> http) {
        return supply(machine(Machine.THIS.usableBytes(), http, PATIENCE), "HF_TOKEN", "hf_secret").fetch(remote(source), ear);
    }

    private Path fetch(String source) {
        return fetch(source, () -> HttpClient.newBuilder().sslContext(tls));
    }

    @Test
    void aModelOfAHubComesThroughCutsAndAll() {
        hub.storeFaults.add(Fault.cut(70_000));

        assertThat(fetch("hf:owner/name")).hasBinaryContent(content);

        assertThat(hub.storeRequests.getLast().range()).isEqualTo("bytes=70000-");
    }

    @Test
    void aFileBehindAUrlComes() {
        assertThat(fetch(hub.fileUri("a-Q4_K_M.gguf") + "#sha256=" + HubDouble.sha256(content))).hasBinaryContent(content);
    }

    @Test
    void aRedirectToHttpIsRefused() throws Exception {
        try (HubDouble plain = new HubDouble()) {
            hub.resolveFaults.add(answer -> answer.headers.put("Location", plain.fileUri("a-Q4_K_M.gguf").toString()));

            refused(() -> fetch("hf:owner/name"))
                    .withMessageContainingAll("Cannot follow https://localhost:", "it redirects to \""
                            + plain.fileUri("a-Q4_K_M.gguf") + "\", expected an https: URL");
            assertThat(plain.storeRequests).isEmpty();
        }
    }

    @Test
    void aCertificateThatIsNotTrustedIsNotTriedAgain() {
        refused(() -> fetch("hf:owner/name", HttpClient::newBuilder))
                .withMessageContainingAll("Cannot trust the server", "-Djavax.net.ssl.trustStore");

        assertThat(ear.reasons).isEmpty();
    }
}
