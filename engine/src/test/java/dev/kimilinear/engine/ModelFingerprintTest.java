package dev.kimilinear.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.TensorInfo;

class ModelFingerprintTest {

    @TempDir
    Path folder;

    @Test
    void aCopyHasTheSame() throws IOException {
        Path copy = Files.copy(Fixtures.embeddedModel(), folder.resolve("other.gguf"));

        assertThat(of(copy)).isEqualTo(of(Fixtures.embeddedModel())).hasSize(32);
    }

    @Test
    void otherMetadataHaveAnother() throws IOException {
        Path changed = GgufWriter.copyOf(Fixtures.embeddedModel()).remove("general.name")
                .write(folder.resolve("a.gguf"));

        assertThat(of(changed)).isNotEqualTo(of(Fixtures.embeddedModel()));
    }

    @Test
    void everyTensorCounts() throws IOException {
        byte[] bytes = Files.readAllBytes(Fixtures.embeddedModel());
        byte[] original = of(Fixtures.embeddedModel());
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            for (TensorInfo tensor : file.tensors()) {
                byte[] changed = bytes.clone();
                changed[(int) (tensor.offsetBytes() + tensor.bytes()) - 1]++;
                assertThat(of(Files.write(folder.resolve("t.gguf"), changed))).as(tensor.name()).isNotEqualTo(original);
            }
        }
    }

    @Test
    void splittingAFileMakesAnother() {
        Stream<Path> parts = GgufWriter.copyOf(Fixtures.embeddedModel()).writeSplit(folder, "Split", 3).stream();

        assertThat(of(parts.findFirst().orElseThrow())).isNotEqualTo(of(Fixtures.embeddedModel()));
    }

    @Test
    void theTypeOfTheLatentCacheCounts() {
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            assertThat(new ModelFingerprint(file, LatentCacheType.F16).bytes())
                    .isNotEqualTo(new ModelFingerprint(file, LatentCacheType.F32).bytes());
        }
    }

    @Test
    void onceAskedForItIsKnownWithoutTheFile() {
        ModelFingerprint asked;
        ModelFingerprint late;
        try (GgufFile file = GgufFile.open(Fixtures.embeddedModel())) {
            asked = new ModelFingerprint(file, LatentCacheType.F16);
            late = new ModelFingerprint(file, LatentCacheType.F16);
            asked.bytes();
        }

        assertThat(asked.bytes()).isEqualTo(of(Fixtures.embeddedModel()));
        assertThatThrownBy(late::bytes).isInstanceOf(IllegalStateException.class);
    }

    /**
     * Bits of logits as the engine of this version computes them, whatever the machine. Whoever changes the arithmetic finds
     * this
     * test failing: raise {@code ModelFingerprint.ENGINE_VERSION}, so that nobody goes on from a state of the old arithmetic,
     * and
     * set the new bits here.
     */
    @ParameterizedTest
    @CsvSource({ "models/tiny-f32, 8b4640b641a3c76c", "models/noshared-f16, fb11c64d9c11d9aa",
            "models/dense2-bf16, ee7b3ea377c29048",
            "quant/zoo, e0c0050fea1ad6c0", "quant/q4_k_m, 8b98da174818a74b" })
    void theArithmeticIsThatOfThisVersion(String model, String bits) throws Exception {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        try (Engine engine = Engine.open(Fixtures.project(model + "/model.gguf"), EngineOptions.defaults())) {
            int[] tokens = new Random(1).ints(300, 0, engine.model().vocabularySize()).toArray();
            engine.logits(tokens, new int[] { 0, 99, 299 }, 0, row -> {
                ByteBuffer bytes = ByteBuffer.allocate(4 * row.length);
                bytes.asFloatBuffer().put(row);
                hash.update(bytes);
            });
        }

        assertThat(HexFormat.of().formatHex(hash.digest(), 0, 8)).isEqualTo(bits);
    }

    private static byte[] of(Path path) {
        try (GgufFile file = GgufFile.open(path)) {
            return new ModelFingerprint(file, LatentCacheType.F16).bytes();
        }
    }
}
