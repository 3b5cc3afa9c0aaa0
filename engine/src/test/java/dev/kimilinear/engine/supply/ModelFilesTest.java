package dev.kimilinear.engine.supply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.kimilinear.engine.api.ModelSupplyException;

/** With the names that repositories of the model really have. */
class ModelFilesTest {

    private static final String BARTOWSKI = "moonshotai_Kimi-Linear-48B-A3B-Instruct-";
    private static final String Q8_0 = BARTOWSKI + "Q8_0/" + BARTOWSKI + "Q8_0-0000%d-of-00002.gguf";
    private static final String BF16 = BARTOWSKI + "bf16/" + BARTOWSKI + "bf16-0000%d-of-00003.gguf";
    private static final String YMCKI = "Kimi-Linear-48B-A3B-Instruct.Q4_K_M.gguf";
    private static final String YMCKI_JP = "Kimi-Linear-48B-A3B-Instruct-jp-imatrix.Q4_K_M.gguf";

    private static List<HubFile> files(String... paths) {
        return Stream.of(paths).map(path -> new HubFile(path, 30_061_058_720L, "a".repeat(64))).toList();
    }

    private static List<HubFile> bartowski() {
        List<HubFile> files = new ArrayList<>(files(".gitattributes", "README.md", "config.json", BARTOWSKI + "imatrix.gguf"));
        for (String quant : List.of("IQ1_S", "IQ4_NL", "IQ4_XS", "Q2_K", "Q2_K_L", "Q3_K_M", "Q4_0", "Q4_1", "Q4_K_S", "Q4_K_M",
                "Q4_K_L", "Q5_K_M", "Q6_K", "Q6_K_L")) {
            files.addAll(files(BARTOWSKI + quant + ".gguf"));
        }
        files.addAll(files(Q8_0.formatted(2), Q8_0.formatted(1), BF16.formatted(1), BF16.formatted(3), BF16.formatted(2)));
        return files;
    }

    private static List<String> choose(String source, List<HubFile> listing) {
        return ModelFiles.choose((ModelSource.HubModel) ModelSource.parse(source), listing).stream().map(HubFile::path)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = { "IQ1_S", "IQ4_NL", "IQ4_XS", "Q2_K", "Q2_K_L", "Q3_K_M", "Q4_0", "Q4_1", "Q4_K_S", "Q4_K_M",
            "Q4_K_L", "Q5_K_M", "Q6_K", "Q6_K_L" })
    void aQuantNamesOneOfALadder(String quant) {
        assertThat(choose("hf:o/r:" + quant, bartowski())).containsExactly(BARTOWSKI + quant + ".gguf");
        assertThat(choose("hf:o/r:" + quant.toLowerCase(), bartowski())).containsExactly(BARTOWSKI + quant + ".gguf");
    }

    @Test
    void theDefaultIsQ4KM() {
        assertThat(choose("hf:o/r", bartowski())).containsExactly(BARTOWSKI + "Q4_K_M.gguf");
    }

    @Test
    void aSplitModelInAFolderIsAllItsPartsInOrder() {
        assertThat(choose("hf:o/r:Q8_0", bartowski())).containsExactly(Q8_0.formatted(1), Q8_0.formatted(2));
        assertThat(choose("hf:o/r:BF16", bartowski())).containsExactly(BF16.formatted(1), BF16.formatted(2),
                BF16.formatted(3));
    }

    @ParameterizedTest
    @ValueSource(ints = { 1, 2, 3 })
    void eachPartNamesTheSplitModel(int part) {
        assertThat(choose("hf:o/r/" + BF16.formatted(part), bartowski())).hasSize(3).first().isEqualTo(BF16.formatted(1));
    }

    @Test
    void aMissingPartIsNamed() {
        List<HubFile> listing = bartowski();
        listing.removeIf(file -> file.path().equals(BF16.formatted(2)));

        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> choose("hf:o/r:bf16", listing))
                .withMessage("Cannot use hf:o/r:bf16@main: the part \"" + BF16.formatted(2)
                        + "\" is missing. Choose another model, or tell the owner of the repository.");
    }

    @Test
    void aModelMadeWithAMatrixIsAModelAndTheMatrixIsNot() {
        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> choose("hf:o/r:Q4_K_M", files(YMCKI, YMCKI_JP)))
                .withMessage("Cannot choose a file for hf:o/r:Q4_K_M@main: it may be any of " + YMCKI_JP
                        + " (30,061,058,720 bytes), " + YMCKI + " (30,061,058,720 bytes). Name one by its file, as hf:o/r/"
                        + YMCKI_JP + ".");
        assertThat(choose("hf:o/r/" + YMCKI, files(YMCKI, YMCKI_JP))).containsExactly(YMCKI);
        assertThat(choose("hf:o/r",
                files("imatrix.gguf", "a-imatrix.gguf", "a.IMATRIX.gguf", "x/imatrix.gguf", "a-mmproj-f16.gguf",
                        "MMPROJ-a.gguf", "a.Q2_K.gguf")))
                .containsExactly("a.Q2_K.gguf");
    }

    @Test
    void lowerCaseAndDotsAreFound() {
        String file = "Kimi-Linear-48B-A3B-Instruct.q4_k_s.gguf";
        assertThat(choose("hf:o/r:Q4_K_S", files("README.md", file))).containsExactly(file);
        assertThat(choose("hf:o/r", files("README.md", file))).as("the only one").containsExactly(file);
    }

    @ParameterizedTest
    @CsvSource({ "a-IQ4_K_M.gguf", "a-Q4_K_M_L.gguf", "a-Q4_K_MS.gguf", "aQ4_K_M.gguf", "a-Q4_K.gguf", "Q4_K_M/a.gguf",
            "a-Q4_K_M.bin", "a-Q4_K_M.gguf.part" })
    void anotherNameIsAnotherQuant(String path) {
        assertThatExceptionOfType(ModelSupplyException.class)
                .isThrownBy(() -> choose("hf:o/r:Q4_K_M", files(path, "b-Q8_0.gguf")))
                .withMessageContainingAll("there is no such quantisation", "b-Q8_0.gguf (30,061,058,720 bytes)");
    }

    @ParameterizedTest
    @ValueSource(strings = { "Q4_K_M.gguf", "a.Q4_K_M.gguf", "a_Q4_K_M.gguf", "a-Q4_K_M-fixed.gguf", "d/e/a-q4_K_m.GGUF",
            "a-UD-Q4_K_M.gguf", "a.i1-Q4_K_M.gguf" })
    void aQuantStandsBetweenSeparators(String path) {
        assertThat(choose("hf:o/r:Q4_K_M", files(path, "b-Q8_0.gguf"))).containsExactly(path);
    }

    @Test
    void withoutAQuantTheRestOfALadderIsAmbiguous() {
        List<HubFile> listing = bartowski();
        listing.removeIf(file -> file.path().contains("Q4_K_M"));

        assertThatExceptionOfType(ModelSupplyException.class).isThrownBy(() -> choose("hf:o/r", listing))
                .withMessageContainingAll("it may be any of", "IQ1_S.gguf (30,061,058,720 bytes)",
                        Q8_0.formatted(1) + " (60,122,117,440 bytes)")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("imatrix").doesNotContain("README"));
    }

    @Test
    void aRepositoryWithoutModelsIsSaidToBe() {
        assertThatExceptionOfType(ModelSupplyException.class)
                .isThrownBy(() -> choose("hf:o/r:Q4_K_M", files("model.safetensors", "imatrix.gguf")))
                .withMessageContaining("the repository has no .gguf file of a model");
    }

    @Test
    void aFileThatIsNotThereIsAnsweredWithThoseThatAre() {
        assertThatExceptionOfType(ModelSupplyException.class)
                .isThrownBy(() -> choose("hf:o/r/b.gguf", files("a-Q4_K_M.gguf")))
                .withMessage("Cannot choose a file for hf:o/r/b.gguf@main: there is no such file. The repository has "
                        + "a-Q4_K_M.gguf (30,061,058,720 bytes).");
    }

    @Test
    void theFilesOfAModelAreFoundByItsFirst() {
        assertThat(ModelSupply.parts(Path.of("models/kimi.gguf"))).containsExactly(Path.of("models/kimi.gguf"));
        assertThat(ModelSupply.parts(Path.of("models/kimi-00001-of-00003.gguf"))).containsExactly(
                Path.of("models/kimi-00001-of-00003.gguf"), Path.of("models/kimi-00002-of-00003.gguf"),
                Path.of("models/kimi-00003-of-00003.gguf"));
    }
}
