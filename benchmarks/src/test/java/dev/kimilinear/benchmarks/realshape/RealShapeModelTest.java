package dev.kimilinear.benchmarks.realshape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.benchmarks.TinyModel;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.model.KimiConfig;
import dev.kimilinear.engine.model.KimiWeights;
import dev.kimilinear.engine.tokenizer.Tokenizer;

class RealShapeModelTest {

    private static final int TOKENS = 2048;

    @TempDir
    Path folder;

    @Test
    void aFileIsAModelOfTheEngineWithEveryTensorInItsPlace() throws IOException {
        Path path = folder.resolve("model.gguf");
        model(1).write(path, TOKENS);

        try (GgufFile file = GgufFile.open(path)) {
            KimiConfig config = KimiConfig.of(file.metadata());
            assertThat(config.vocabularySize()).isEqualTo(TOKENS);
            assertThat(config.expertCount()).isEqualTo(256);
            assertThat(KimiWeights.bind(file, config).blocks()).hasSize(1);
            assertThat(Tokenizer.of(file.metadata()).size()).isEqualTo(TOKENS);
        }
    }

    @Test
    void theBytesDependOnTheSeedAlone() throws IOException {
        Path first = folder.resolve("first.gguf");
        Path same = folder.resolve("same.gguf");
        Path other = folder.resolve("other.gguf");
        model(1).write(first, TOKENS);
        model(1).write(same, TOKENS);
        model(2).write(other, TOKENS);

        assertThat(Files.mismatch(first, same)).isEqualTo(-1);
        assertThat(Files.mismatch(first, other)).isNotEqualTo(-1);
        assertThat(first.resolveSibling("first.gguf.part")).doesNotExist();
    }

    /** The tensors of deeper layers, without writing gigabytes. */
    @Test
    void everyFourthLayerIsLatentAndAllButTheFirstHaveExperts() {
        RealShape shape = new RealShape(27, 256, RealShape.VOCABULARY);

        assertThat(shape.tensors()).filteredOn(tensor -> tensor.name().endsWith("attn_k_b.weight")).hasSize(7);
        assertThat(shape.tensors()).filteredOn(tensor -> tensor.name().endsWith("ssm_a")).hasSize(20);
        assertThat(shape.tensors()).filteredOn(tensor -> tensor.name().endsWith("ffn_up_exps.weight")).hasSize(26);
        assertThat(shape.isLatent(26)).isTrue();
    }

    @Test
    void theSyntheticVocabularyIsWholeAndReadsBackWhatItEncodes() throws IOException {
        GgufWriter out = new GgufWriter();
        FileVocabulary.synthetic().writeTo(out);
        Path path = out.write(folder.resolve("vocabulary.gguf"));

        try (GgufFile file = GgufFile.open(path)) {
            Tokenizer tokenizer = Tokenizer.of(file.metadata());
            assertThat(tokenizer.size()).isEqualTo(RealShape.VOCABULARY);
            String text = "Grüße, 世界!";
            assertThat(tokenizer.decode(tokenizer.encode(text, false), false)).isEqualTo(text);
            assertThat(tokenizer.id("<|im_end|>")).hasValue(163_586);
        }
    }

    @Test
    void aShapeThatNoModelHasIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RealShape(28, 256, TOKENS))
                .withMessage("layers is 28, expected 1 to 27");
        assertThatIllegalArgumentException().isThrownBy(() -> new RealShape(5, 7, TOKENS))
                .withMessageContaining("experts is 7");
    }

    @Test
    void aVocabularyThatIsTooLargeIsRefused() throws IOException {
        assertThatIllegalArgumentException().isThrownBy(() -> model(1).write(folder.resolve("model.gguf"), 100))
                .withMessageContaining("expected at most 100").withMessageContaining("--vocab-from");
    }

    private RealShapeModel model(long seed) throws IOException {
        return new RealShapeModel(WeightMix.Q4_0, 1, 0, seed, Optional.of(TinyModel.copyTo(folder)));
    }
}
