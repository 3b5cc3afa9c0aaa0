package dev.kimilinear.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.api.Prompt;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.LittleEndian;
import dev.kimilinear.engine.gguf.TensorInfo;
import dev.kimilinear.engine.tokenizer.Tokenizer;
import dev.kimilinear.trainer.data.Rendering;
import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.model.Parameters;
import dev.kimilinear.trainer.tokenizer.BpeTrainer;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary;

class GgufExportTest {

    private static final BpeVocabulary VOCABULARY = BpeTrainer
            .train(Collections.nCopies(3, "<|im_user|>user<|im_middle|>a word, another word; 12 words<|im_end|>"), 300);

    // Eight blocks; rows of 256, and of 64, 48 and 16 to which blocks do not fit.
    private static final ModelShape SHAPE = new ModelShape(300, 256, 4, 64, "KKKMKKKM", 1, 64, 4, 2, 256, 512, 1.5f, 64, 48,
            16, 64, 1e-5f, 512);
    private static final Parameters PARAMETERS = parameters();

    private static final int[] TOKENS = { 285, 117, 115, 101, 114, 291, 104, 101, 108, 108, 111, 32, 49, 50, 287 };

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void theEngineRunsTheModelInEveryType(WeightType type) throws Exception {
        List<float[]> exact = logits(export(WeightType.F32));
        List<float[]> rounded = logits(export(type));

        double most = switch (type) {
            case F32 -> 0;
            case F16 -> 0.005;
            case Q8_0 -> 0.05;
            // Seven per cent for each matrix.
            case Q4_K_M -> 0.5;
        };
        assertThat(exact).hasSize(TOKENS.length).allSatisfy(row -> assertThat(row).hasSize(300));
        assertThat(usualError(exact, rounded)).isLessThanOrEqualTo(most);
    }

    @Test
    void matricesHaveTheTypesOfTheMix() throws IOException {
        try (GgufFile file = GgufFile.open(export(WeightType.Q4_K_M))) {
            assertThat(type(file, "token_embd.weight")).isEqualTo(GgmlType.Q4_K);
            assertThat(type(file, "output.weight")).isEqualTo(GgmlType.Q6_K);
            assertThat(type(file, "blk.0.attn_q.weight")).isEqualTo(GgmlType.Q4_K);
            // Rows of 64, 64, 48 and 16 weights.
            assertThat(type(file, "blk.0.ssm_f_b.weight")).isEqualTo(GgmlType.Q5_0);
            assertThat(type(file, "blk.0.ffn_down.weight")).isEqualTo(GgmlType.Q8_0);
            assertThat(type(file, "blk.3.attn_k_b.weight")).isEqualTo(GgmlType.F16);
            assertThat(type(file, "blk.3.attn_v_b.weight")).isEqualTo(GgmlType.Q5_0);
            // The first of eight blocks, the last, and every third between; of six blocks with attn_v the third and the last.
            assertThat(blocks(file, "ffn_down_exps.weight", GgmlType.Q6_K)).containsExactly(3, 6, 7);
            assertThat(blocks(file, "ffn_down_shexp.weight", GgmlType.Q4_K)).containsExactly(1, 2, 4, 5);
            assertThat(blocks(file, "attn_v.weight", GgmlType.Q6_K)).containsExactly(2, 6);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNoLargeMatrixStaysFloat(WeightType type) throws IOException {
        try (GgufFile file = GgufFile.open(export(type))) {
            for (TensorInfo tensor : file.tensors()) {
                String name = tensor.name();
                boolean small = tensor.rank() == 1 || name.contains("norm") || name.contains("conv1d") || name.contains("ssm_a")
                        || name.contains("beta") || name.contains("gate_inp");
                assertThat(tensor.type() == GgmlType.F32).as(name).isEqualTo(small || type == WeightType.F32);
            }
        }
    }

    @Test
    void tapsAndDecaysAreAsTheFileWantsThem() throws IOException {
        try (GgufFile file = GgufFile.open(export(WeightType.Q8_0))) {
            float[] taps = PARAMETERS.get("blk.1.ssm_conv1d_k.weight").values();
            TensorInfo stored = file.tensor("blk.1.ssm_conv1d_k.weight").orElseThrow();
            assertThat(stored.shape()).containsExactly(4L, 1L, 256L, 1L);
            for (int channel = 0; channel < 256; channel++) {
                for (int tap = 0; tap < 4; tap++) {
                    assertThat(value(file, stored, 4 * channel + tap)).isEqualTo(taps[256 * tap + channel]);
                }
            }
            TensorInfo a = file.tensor("blk.1.ssm_a").orElseThrow();
            assertThat(a.shape()).containsExactly(1L, 4L, 1L, 1L);
            for (int head = 0; head < 4; head++) {
                assertThat(value(file, a, head)).isCloseTo((float) -(1 + 7.0 * head / 3), within(1e-5f));
            }
            assertThat(value(file, file.tensor("blk.2.exp_probs_b.bias").orElseThrow(), 1)).isEqualTo(0.25f);
        }
    }

    @Test
    void theFileSaysWhatItIs() throws IOException {
        try (GgufFile file = GgufFile.open(export(WeightType.Q4_K_M))) {
            assertThat(file.metadata().string("general.name")).isEqualTo("Kimi-Linear-Tiny");
            assertThat(file.metadata().string("general.license")).isEqualTo("apache-2.0");
            assertThat(file.metadata().integer("general.file_type")).isEqualTo(15);
            assertThat(file.metadata().integers("kimi-linear.attention.head_count_kv")).containsExactly(0, 0, 0, 1, 0, 0, 0, 1);
            assertThat(file.metadata().integer("kimi-linear.expert_shared_count")).isEqualTo(2);
            assertThat(file.metadata().string("tokenizer.chat_template")).isEqualTo(Rendering.TEMPLATE);
        }
    }

    @Test
    void itsTokenizerIsThatOfTraining() throws IOException {
        String text = "<|im_user|>user<|im_middle|>another word, 12 Wörter<|im_end|>";
        int[] ids = VOCABULARY.tokenizer().encode(text, true);
        Path model = export(WeightType.F16);
        try (GgufFile file = GgufFile.open(model); Engine engine = open(model)) {
            Tokenizer tokenizer = Tokenizer.of(file.metadata());
            assertThat(tokenizer.encode(text, true)).isEqualTo(ids);
            assertThat(tokenizer.decode(ids, true)).isEqualTo(text);
            assertThat(engine.countTokens(Prompt.chat(ChatTurn.user("another word, 12 Wörter"))))
                    .isEqualTo(VOCABULARY.tokenizer().encode(text + "<|im_assistant|>assistant<|im_middle|>", true).length);
        }
    }

    @Test
    void weightsThatAreNoModelAreRefusedAndTheOldFileStays() throws IOException {
        Path file = Files.writeString(folder.resolve("model.gguf"), "old");
        Weights good = Weights.of(PARAMETERS);

        assertThatThrownBy(() -> GgufExport.write(file, SHAPE, VOCABULARY,
                name -> name.equals("output.weight") ? new float[3] : good.get(name), WeightType.F16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Weights \"output.weight\" have 3 values, expected 76800");
        float[] broken = good.get("blk.3.attn_q.weight").clone();
        broken[17] = Float.NaN;
        assertThatThrownBy(() -> GgufExport.write(file, SHAPE, VOCABULARY,
                name -> name.equals("blk.3.attn_q.weight") ? broken : good.get(name), WeightType.F16))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("blk.3.attn_q.weight")
                .hasMessageContaining("NaN");
        assertThatThrownBy(
                () -> GgufExport.write(file, SHAPE, new BpeVocabulary(301, List.of()), good, WeightType.F16))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("301");
        assertThatThrownBy(() -> GgufExport.write(folder.resolve("no/folder.gguf"), SHAPE, VOCABULARY, good, WeightType.F16))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");

        GgufExport.write(file, SHAPE, VOCABULARY, good, WeightType.F16);
        assertThat(file).isNotEmptyFile().isRegularFile();
        assertThat(Files.size(file)).isGreaterThan(1000);
    }

    private Path export(WeightType type) throws IOException {
        Path file = folder.resolve(type + ".gguf");
        GgufExport.write(file, SHAPE, VOCABULARY, Weights.of(PARAMETERS), type);
        return file;
    }

    private static Parameters parameters() {
        Parameters parameters = new Parameters(SHAPE, VOCABULARY.spellings(), 1, 7);
        parameters.routerBias(2)[1] = 0.25f;
        return parameters;
    }

    private static Engine open(Path file) {
        return Engine.open(file,
                EngineOptions.defaults().withThreads(1).withPanels(PanelMode.OFF).withLatentCache(LatentCacheType.F32));
    }

    /** After each token. */
    private static List<float[]> logits(Path file) throws InterruptedException {
        int[] positions = new int[TOKENS.length];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i;
        }
        List<float[]> rows = new ArrayList<>();
        try (Engine engine = open(file)) {
            engine.logits(TOKENS, positions, 0, rows::add);
        }
        return rows;
    }

    /** The median over tokens: of a random model, some go to other experts after the slightest rounding. */
    private static double usualError(List<float[]> exact, List<float[]> rounded) {
        double[] errors = new double[exact.size()];
        for (int row = 0; row < errors.length; row++) {
            double error = 0;
            double size = 0;
            for (int i = 0; i < exact.get(row).length; i++) {
                assertThat(rounded.get(row)[i]).isFinite();
                error += Math.pow(exact.get(row)[i] - rounded.get(row)[i], 2);
                size += Math.pow(exact.get(row)[i], 2);
            }
            assertThat(size).isPositive();
            errors[row] = Math.sqrt(error / size);
        }
        Arrays.sort(errors);
        return errors[errors.length / 2];
    }

    private static GgmlType type(GgufFile file, String name) {
        return file.tensor(name).orElseThrow(() -> new NoSuchElementException(name)).type();
    }

    /** The blocks whose tensor of that name has that type. */
    private static List<Integer> blocks(GgufFile file, String name, GgmlType type) {
        List<Integer> blocks = new ArrayList<>();
        for (int i = 0; i < SHAPE.blockCount(); i++) {
            if (file.tensor("blk." + i + "." + name).filter(tensor -> tensor.type() == type).isPresent()) {
                blocks.add(i);
            }
        }
        return blocks;
    }

    private static float value(GgufFile file, TensorInfo tensor, int index) {
        return file.data(tensor).get(LittleEndian.FLOAT, 4L * index);
    }
}
