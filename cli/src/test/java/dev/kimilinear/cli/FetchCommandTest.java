package dev.kimilinear.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetchCommandTest {

    @TempDir
    Path folder;

    private HubServer hub;
    private byte[] model;

    @BeforeEach
    void startHub() throws IOException {
        hub = new HubServer();
        model = Files.readAllBytes(Run.tinyModel(folder));
        hub.add("tiny-F16.gguf", model);
    }

    @AfterEach
    void stopHub() {
        hub.close();
    }

    private Run kimi(String... arguments) {
        return Run.kimi("Hello".getBytes(UTF_8),
                Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HUB_CACHE", folder.resolve("hub").toString()), arguments);
    }

    private Path file(String name) {
        return folder.resolve("hub/models--owner--name/snapshots/" + "a".repeat(40)).resolve(name);
    }

    @Test
    void itPrintsThePathAndSaysOnStandardErrorHowItGoes() {
        Run run = kimi("fetch", "hf:owner/name");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(file("tiny-F16.gguf") + "\n");
        assertThat(file("tiny-F16.gguf")).hasBinaryContent(model);
        assertThat(run.err().lines()).isNotEmpty().allMatch(line -> line.matches(
                "tiny-F16.gguf, \\d+% of [\\d,]+ bytes(, \\d+\\.\\d MB/s, \\d+:\\d\\d:\\d\\d left)?"));
        assertThat(run.err()).contains("tiny-F16.gguf, 100% of ");
    }

    @Test
    void whatWasFetchedIsAModelForTheOtherCommands() {
        kimi("fetch", "hf:owner/name:F16");

        assertThat(kimi("tokenize", "--model", "hf:owner/name:f16"))
                .isEqualTo(kimi("tokenize", "--model", file("tiny-F16.gguf").toString()))
                .isEqualTo(kimi("tokenize", "--model", file("tiny-F16.gguf").toUri().toString()));
        assertThat(hub.ranges).hasSize(1);
    }

    @Test
    void whatWasNotFetchedIsNamedWithTheCommandThatDoes() {
        for (String[] command : new String[][] { { "tokenize" }, { "complete", "--prompt", "x" } }) {
            String[] arguments = Arrays.copyOf(command, command.length + 2);
            arguments[command.length] = "--model";
            arguments[command.length + 1] = "hf:owner/name:F16";

            assertThat(kimi(arguments)).isEqualTo(new Run(2, "", "kimi: Model \"hf:owner/name:F16\" is not on this machine. "
                    + "Fetch it with: kimi fetch 'hf:owner/name:F16'.\n"));
        }
        assertThat(kimi("tokenize", "--model", "https://host/a.gguf?sig=secret").err()).contains("kimi fetch ")
                .doesNotContain("secret");
        assertThat(hub.ranges).isEmpty();
    }

    @Test
    void thePlanSaysWhatIsHereAndFetchesNothing() {
        byte[] second = { 1, 2, 3 };
        hub.add("s-Q8_0-00001-of-00002.gguf", model);
        hub.add("s-Q8_0-00002-of-00002.gguf", second);

        assertThat(kimi("fetch", "--plan", "hf:owner/name:Q8_0")).isEqualTo(new Run(0, String.format(Locale.ROOT, """
                s-Q8_0-00001-of-00002.gguf: %1$,d bytes, of which 0 are here
                s-Q8_0-00002-of-00002.gguf: 3 bytes, of which 0 are here
                To fetch: %2$,d of %2$,d bytes
                """, model.length, model.length + 3), ""));

        assertThat(hub.ranges).isEmpty();
        assertThat(kimi("fetch", "hf:owner/name:Q8_0").out()).isEqualTo(file("s-Q8_0-00001-of-00002.gguf") + "\n");
        assertThat(kimi("fetch", "--plan", "hf:owner/name:Q8_0").out()).contains("3 bytes, of which 3 are here",
                "To fetch: 0 of");
    }

    @Test
    void aFaultOfTheModelIsOneSentence() {
        refused("there is no such quantisation", kimi("fetch", "hf:owner/name:Q9"));
        refused("there is no such repository", kimi("fetch", "hf:owner/other"));
        refused("is a file of this machine", kimi("fetch", "model.gguf"));
        refused("is no quantisation", kimi("fetch", "hf:owner/name:x"));
        refused("SOURCE", kimi("fetch"));
        Map<String, String> offline = Map.of("HF_ENDPOINT", hub.endpoint(), "HF_HUB_OFFLINE", "1", "HF_HUB_CACHE",
                folder.toString());
        refused("HF_HUB_OFFLINE", Run.kimi(new byte[0], offline, "fetch", "hf:owner/name"));
    }

    private static void refused(String part, Run run) {
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("kimi: ").endsWith(".\n").contains(part).doesNotContain("Exception");
        assertThat(run.err().lines()).hasSize(1);
    }
}
