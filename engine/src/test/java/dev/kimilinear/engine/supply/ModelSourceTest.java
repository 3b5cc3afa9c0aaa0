package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.api.ModelSupplyException;

class ModelSourceTest {

    private static final String HASH = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @ValueSource(strings = { "kimi.gguf", "models/kimi.gguf", "/models/kimi.gguf", "C:\\models\\kimi.gguf", "C:/kimi.gguf",
            "tiny.gguf", "./hf" })
    void aPathIsAFile(String text) {
        assertThat(ModelSource.parse(text)).isEqualTo(new ModelSource.LocalFile(Path.of(text))).hasToString(text);
    }

    @Test
    void aFileUriIsAFile() {
        assertThat(ModelSource.parse("file:///models/a%20model.gguf"))
                .isEqualTo(new ModelSource.LocalFile(Path.of(URI.create("file:///models/a%20model.gguf"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "hf:owner/repo                                  | owner/repo  |                 |            | main",
            "hf:owner/repo:Q4_K_M                           | owner/repo  |                 | Q4_K_M     | main",
            "hf:owner/repo:UD-Q4_K_XL@v1.0                  | owner/repo  |                 | UD-Q4_K_XL | v1.0",
            "hf:o_1/a-b.c_d:bf16@feature/x                  | o_1/a-b.c_d |                 | bf16       | feature/x",
            "hf:owner/repo@0123456789abcdef0123                     | owner/repo | | | 0123456789abcdef0123",
            "hf:owner/repo/model.gguf                       | owner/repo  | model.gguf      |            | main",
            "HF:owner/repo/a b/c-00001-of-00002.GGUF@refs/pr/1 | owner/repo | a b/c-00001-of-00002.GGUF | | refs/pr/1" })
    void aModelOfAHubHasARepositoryAndAFileOrAQuantAndARevision(String text, String repository, String file, String quant,
            String revision) {
        assertThat(ModelSource.parse(text)).isEqualTo(new ModelSource.HubModel(repository, Optional.ofNullable(file),
                Optional.ofNullable(quant), revision));
    }

    @ParameterizedTest
    @CsvSource({ "hf:owner/repo, hf:owner/repo@main", "hf:owner/repo:Q8_0@x, hf:owner/repo:Q8_0@x",
            "hf:owner/repo/d/f.gguf, hf:owner/repo/d/f.gguf@main" })
    void aModelOfAHubIsShownAsItIsWritten(String text, String shown) {
        assertThat(ModelSource.parse(text)).hasToString(shown);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "hf:kimi               | does not name a repository of an owner",
            "hf:/repo              | does not name a repository of an owner",
            "hf:owner/             | does not name a repository of an owner",
            "hf:owner/a--b         | does not name a repository of an owner",
            "hf:../repo            | does not name a repository of an owner",
            "hf:owner/repo:        | \"\" is no quantisation",
            "hf:owner/repo:K_M     | \"K_M\" is no quantisation",
            "hf:owner/repo:Q4.*    | \"Q4.*\" is no quantisation",
            "hf:owner/repo@        | \"\" is no revision",
            "hf:owner/repo@../x    | \"../x\" is no revision",
            "hf:owner/repo@a//b    | \"a//b\" is no revision",
            "hf:owner/repo/        | \"\" is no path of a .gguf file",
            "hf:owner/repo/x.bin   | \"x.bin\" is no path of a .gguf file",
            "hf:owner/repo/../x.gguf | \"../x.gguf\" is no path of a .gguf file",
            "hf:owner/repo/a\\b.gguf | \"a\\b.gguf\" is no path of a .gguf file",
            "s3://bucket/x.gguf    | models do not come from s3:",
            "ollama:kimi           | models do not come from ollama:",
            "file:relative.gguf    | is not a file: URI",
            "https:///x.gguf       | it has no host",
            "https://h/a b         | it is not a URL",
            "http://example.org/x.gguf   | anybody on the way can replace the file",
            "http://127.0.0.1.example.org/x.gguf | anybody on the way can replace the file",
            "https://h/x-00001-of-00002.gguf | is one part of a split model",
            "https://h/x.gguf#main | #main is no hash",
            "https://h/x.gguf#sha256=12 | #sha256=12 is no hash" })
    void whatIsWrongIsSaid(String text, String problem) {
        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> ModelSource.parse(text))
                .withMessageStartingWith("Cannot understand model \"" + text + "\"")
                .withMessageContainingAll(problem, "Expected ");
    }

    @ParameterizedTest
    @ValueSource(strings = { "", "  " })
    void nothingIsNoModel(String text) {
        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> ModelSource.parse(text))
                .withMessage("Cannot understand model \"\": it is empty. Expected a path, a file: URI, "
                        + "hf:owner/repository[:QUANT][@revision] or hf:owner/repository/file.gguf[@revision], or "
                        + "https://host/file.gguf[#sha256=<64 hexadecimal digits>].");
    }

    @Test
    void aTextThatIsNoPathIsRefused() {
        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> ModelSource.parse("kimi\0.gguf"))
                .withMessageContaining("it is not a path");
    }

    @Test
    void aUrlKeepsItsQueryAndNotItsHash() {
        ModelSource.WebFile file = (ModelSource.WebFile) ModelSource
                .parse("https://h:8443/d/x.gguf?sig=a%2Fb#sha256=" + HASH.toUpperCase());

        assertThat(file.uri()).isEqualTo(URI.create("https://h:8443/d/x.gguf?sig=a%2Fb"));
        assertThat(file.sha256()).hasValue(HASH);
        assertThat(file).hasToString("https://h:8443/d/x.gguf");
    }

    @ParameterizedTest
    @ValueSource(strings = { "http://localhost:8080/x.gguf", "http://127.0.0.1/x.gguf", "http://[::1]:80/x.gguf" })
    void httpIsForThisMachine(String text) {
        assertThat(ModelSource.parse(text)).isEqualTo(new ModelSource.WebFile(URI.create(text), Optional.empty()));
    }

    @Test
    void neitherPasswordsNorSignaturesAreShown() {
        assertThatExceptionOfType(ModelSupplyException.class)
                .isThrownBy(() -> ModelSource.parse("https://me:secret@host/x.gguf?sig=hidden"))
                .withMessageContainingAll("//...@host/x.gguf?...", "user or a password")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret").doesNotContain("hidden"));
        assertThatExceptionOfType(ModelSupplyException.class)
                .isThrownBy(() -> ModelSource.parse("https://host/x y.gguf?sig=hidden"))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hidden"));
    }
}
