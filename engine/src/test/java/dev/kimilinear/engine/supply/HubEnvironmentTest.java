package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.api.ModelSupplyException;

class HubEnvironmentTest {

    @TempDir
    Path home;

    private HubEnvironment of(String... variables) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            map.put(variables[i], variables[i + 1]);
        }
        return new HubEnvironment(map, home);
    }

    @Test
    void withoutVariablesItIsThePublicHubAndTheUsualCache() {
        HubEnvironment environment = of();

        assertThat(environment.endpoint()).isEqualTo(URI.create("https://huggingface.co"));
        assertThat(environment.token()).isEmpty();
        assertThat(environment.offline()).isFalse();
        assertThat(environment.caches()).containsExactly(home.resolve(".cache/huggingface/hub"));
    }

    @Test
    void theFirstVariableThatIsSetSaysWhereTheCacheIs() {
        assertThat(of("XDG_CACHE_HOME", "/x").caches()).containsExactly(Path.of("/x/huggingface/hub"));
        assertThat(of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h").caches()).containsExactly(Path.of("/h/hub"));
        assertThat(of("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old").caches()).containsExactly(Path.of("/old"));
        assertThat(of("HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/c").caches()).containsExactly(Path.of("/c"));
        assertThat(of("HF_HUB_CACHE", "/c", "LLAMA_CACHE", "/l").caches()).containsExactly(Path.of("/c"), Path.of("/l"));
        assertThat(of("HF_HUB_CACHE", "/c", "LLAMA_CACHE", "/c").caches()).containsExactly(Path.of("/c"));
        assertThat(of("HF_HUB_CACHE", "", "HF_HOME", " ").caches()).containsExactly(home.resolve(".cache/huggingface/hub"));
        assertThat(of("HF_HOME", "~/h").caches()).containsExactly(home.resolve("h/hub"));
    }

    @Test
    void theFirstTokenThatIsSetCounts() throws Exception {
        Path usual = Files.createDirectories(home.resolve(".cache/huggingface")).resolve("token");
        Files.writeString(usual, "hf_usual\n");
        Path other = Files.writeString(home.resolve("other"), "hf_other");

        assertThat(of().token()).hasValue("hf_usual");
        assertThat(of("HF_HOME", home.toString()).token()).isEmpty();
        assertThat(of("HF_TOKEN_PATH", other.toString()).token()).hasValue("hf_other");
        assertThat(of("HF_TOKEN_PATH", other.toString(), "HUGGING_FACE_HUB_TOKEN", "hf_old").token()).hasValue("hf_old");
        assertThat(of("HUGGING_FACE_HUB_TOKEN", "hf_old", "HF_TOKEN", " hf_new\n").token()).hasValue("hf_new");
        assertThat(of("HF_TOKEN", " ").token()).hasValue("hf_usual");
    }

    @Test
    void aTokenThatIsNoneIsNotShown() {
        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> of("HF_TOKEN", "hf_secret\nX: y"))
                .withMessageContainingAll("HF_TOKEN", "Expected one word")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @Test
    void aTokenFileThatCannotBeReadIsNamed() throws Exception {
        Path directory = Files.createDirectories(home.resolve("token"));

        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> of("HF_TOKEN_PATH", directory.toString()))
                .withMessageContainingAll("Cannot read the hub's token from \"" + directory, "set HF_TOKEN");
    }

    @ParameterizedTest
    @ValueSource(strings = { "https://mirror.example", "https://mirror.example/", "http://mirror.example:8080/hub//" })
    void theHubMayBeAnother(String endpoint) {
        assertThat(of("HF_ENDPOINT", endpoint).endpoint()).isEqualTo(URI.create(endpoint.replaceFirst("/+$", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = { "mirror.example", "ftp://mirror.example", "https://me:secret@mirror.example",
            "https://mirror.example?key=secret", "https://mirror.example/#x", "https://", "https://a b" })
    void anEndpointThatIsNoneIsRefused(String endpoint) {
        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> of("HF_ENDPOINT", endpoint))
                .withMessageContainingAll("HF_ENDPOINT", "https://huggingface.co")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = { "0", "false", "no", "off", "" })
    void otherWordsAreNotOffline(String value) {
        assertThat(of("HF_HUB_OFFLINE", value).offline()).isFalse();
    }

    @Test
    void aPathThatIsNoneIsNamed() {
        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> of("HF_HOME", "a\0b"))
                .withMessageContainingAll("HF_HOME", "not a path");
    }
}
