package dev.kimilinear.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.kimilinear.engine.Fixtures;
import dev.kimilinear.engine.KernelSelector;
import dev.kimilinear.engine.api.KernelChoice;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.GgufWriter.Value;
import dev.kimilinear.engine.gguf.TensorInfo;
import dev.kimilinear.engine.kernel.Ops;
import dev.kimilinear.engine.kernel.WorkerPool;

/** What the binding of weights accepts, refuses and says: fixture models with one thing changed. */
class KimiWeightsTest {

    private static final Path TINY = Fixtures.project("models/tiny-f32/model.gguf");
    private static final int[] TOKENS = { 298, 17, 400, 5, 77, 600, 31, 2, 9 };

    @TempDir
    Path folder;

    @Test
    void aWrongShapeIsRefusedWithFoundExpectedAndWhy() {
        assertRefused(model -> model.tensor("blk.2.ssm_f_b.weight", new float[16 * 128], 16, 128),
                "tensor \"blk.2.ssm_f_b.weight\" has shape [16, 128], expected [32, 128] (heads 4 x dim 32).");
        assertRefused(model -> model.tensor("blk.1.ffn_gate_exps.weight", new float[96 * 48 * 7], 96, 48, 7),
                "tensor \"blk.1.ffn_gate_exps.weight\" has shape [96, 48, 7], expected [96, 48, 8] (expert width 48).");
        assertRefused(model -> model.tensor("output_norm.weight", new float[95], 95),
                "tensor \"output_norm.weight\" has shape [95], expected [96] (embedding).");
        assertRefused(model -> model.tensor("blk.0.ssm_conv1d_k.weight", new float[128 * 4], 128, 4),
                "tensor \"blk.0.ssm_conv1d_k.weight\" has shape [128, 4], expected [4, 1, 128] (taps x 1 x channels).");
    }

    @Test
    void aMissingTensorIsRefusedByName() {
        for (String name : new String[] { "token_embd.weight", "output_norm.weight", "blk.0.attn_norm.weight", "blk.1.ssm_a",
                "blk.1.exp_probs_b.bias", "blk.3.attn_kv_a_mqa.weight", "blk.4.ffn_down_exps.weight" }) {
            assertRefused(model -> model.removeTensor(name), "tensor \"" + name + "\" is missing");
        }
    }

    @Test
    void aConfigurationOutOfRangeIsRefusedByKey() {
        assertRefused(model -> model.put("general.architecture", "llama"),
                "general.architecture is \"llama\", expected \"kimi-linear\"");
        assertRefused(model -> model.put("kimi-linear.expert_gating_func", 1),
                "key \"kimi-linear.expert_gating_func\" is 1, expected 2 (sigmoid)");
        assertRefused(model -> model.put("kimi-linear.block_count", 1 << 30), "kimi-linear.block_count");
        assertRefused(model -> model.put("kimi-linear.block_count", 4), "kimi-linear.attention.head_count_kv");
        assertRefused(model -> model.put("kimi-linear.attention.key_length_mla", 16),
                "key \"kimi-linear.attention.key_length_mla\" is 16, expected more than rope.dimension_count (16)");
        assertRefused(model -> model.put("kimi-linear.expert_used_count", 9),
                "key \"kimi-linear.expert_used_count\" is 9, expected 1 to expert_count (8)");
        assertRefused(model -> model.put("kimi-linear.expert_group_count", 3),
                "key \"kimi-linear.expert_group_count\" is 3, expected a divisor of expert_count (8)");
        assertRefused(model -> model.put("kimi-linear.attention.head_count", 0), "at least 1, in every block");
        assertRefused(model -> model.remove("kimi-linear.kda.head_dim"), "kimi-linear.kda.head_dim");
        assertRefused(model -> model.put("kimi-linear.embedding_length", "wide"), "kimi-linear.embedding_length");
    }

    @Test
    void shapesThatToolsPadOrDropMeanTheSame() throws IOException {
        float[] expected = logits(TINY);
        Path flat = changed(TINY, model -> {
            for (int block : new int[] { 0, 1, 2, 4 }) {
                for (String which : new String[] { "q", "k", "v" }) {
                    reshape(model, "blk." + block + ".ssm_conv1d_" + which + ".weight", 4, 1, 128);
                }
                reshape(model, "blk." + block + ".ssm_a", 1, 4);
            }
        });
        Path flatter = changed(TINY, model -> {
            reshape(model, "blk.0.ssm_conv1d_q.weight", 4, 128);
            reshape(model, "blk.0.ssm_a", 4);
        });
        assertThat(logits(flat)).isEqualTo(expected);
        assertThat(logits(flatter)).isEqualTo(expected);
    }

    @Test
    void fusedProjectionsAreTheSeparateOnes() throws IOException {
        Path fused = changed(TINY, model -> {
            float[] q = floats("blk.2.attn_q.weight");
            float[] all = Arrays.copyOf(q, 3 * q.length);
            System.arraycopy(floats("blk.2.attn_k.weight"), 0, all, q.length, q.length);
            System.arraycopy(floats("blk.2.attn_v.weight"), 0, all, 2 * q.length, q.length);
            model.removeTensor("blk.2.attn_q.weight").removeTensor("blk.2.attn_k.weight")
                    .removeTensor("blk.2.attn_v.weight").tensor("blk.2.attn_qkv.weight", all, 96, 3 * 128);
        });
        assertThat(logits(fused)).isEqualTo(logits(TINY));
    }

    @Test
    void anAbsentSharedExpertAddsZero() throws IOException {
        Path absent = changed(TINY, model -> {
            for (int block = 1; block < 5; block++) {
                for (String which : new String[] { "gate", "up", "down" }) {
                    model.removeTensor("blk." + block + ".ffn_" + which + "_shexp.weight");
                }
            }
        });
        Path zero = changed(TINY, model -> {
            for (int block = 1; block < 5; block++) {
                model.tensor("blk." + block + ".ffn_down_shexp.weight", new float[48 * 96], 48, 96);
            }
        });
        assertThat(logits(absent)).isEqualTo(logits(zero)).isNotEqualTo(logits(TINY));
    }

    @Test
    void aMissingOutputMatrixIsTheEmbedding() throws IOException {
        Path tied = changed(TINY, model -> model.removeTensor("output.weight"));
        Path copied = changed(TINY, model -> model.tensor("output.weight", floats("token_embd.weight"), 96, 803));
        assertThat(logits(tied)).isEqualTo(logits(copied)).isNotEqualTo(logits(TINY));
    }

    @Test
    void numbersOfAnyWidthAndArraysForScalarsAreUnderstood() throws IOException {
        Path other = changed(TINY, model -> model.put("kimi-linear.embedding_length", Value.i64(96))
                .put("kimi-linear.expert_used_count", Value.i32s(2, 2, 2, 2, 2))
                .put("kimi-linear.attention.head_count", Value.i32s(4, 4, 4, 4, 4))
                .put("kimi-linear.expert_feed_forward_length", Value.i32s(48, 48, 48, 48, 48))
                .put("kimi-linear.feed_forward_length", Value.i32s(160, 0, 0, 0, 0))
                .put("kimi-linear.attention.key_length_mla", 0).put("kimi-linear.attention.key_length", 48)
                .put("kimi-linear.attention.value_length_mla", 0).put("kimi-linear.attention.value_length", 32)
                .put("kimi-linear.expert_group_count", 1).put("kimi-linear.expert_group_used_count", 1)
                .remove("kimi-linear.vocab_size"));
        assertThat(logits(other)).isEqualTo(logits(TINY));
    }

    @Test
    void noPositionsHere() throws IOException {
        // Kimi-Linear's MLA layers carry none, whatever the keys about rotation say.
        Path other = changed(TINY, model -> model.put("kimi-linear.rope.freq_base", 7f));
        assertThat(logits(other)).isEqualTo(logits(TINY));
    }

    private void assertRefused(Consumer<GgufWriter> change, String message) {
        Path path = changed(TINY, change);
        try (GgufFile file = GgufFile.open(path)) {
            assertThatThrownBy(() -> KimiWeights.bind(file, KimiConfig.of(file.metadata())))
                    .isInstanceOf(ModelFormatException.class).hasMessageContaining(path.getFileName().toString())
                    .hasMessageContaining(message);
        }
    }

    private Path changed(Path model, Consumer<GgufWriter> change) {
        GgufWriter writer = GgufWriter.copyOf(model);
        change.accept(writer);
        Path path = folder.resolve("changed-" + System.nanoTime() + ".gguf");
        writer.write(path);
        return path;
    }

    private static void reshape(GgufWriter model, String name, long... shape) {
        model.tensor(name, floats(name), shape);
    }

    private static float[] floats(String name) {
        try (GgufFile file = GgufFile.open(TINY)) {
            TensorInfo info = file.tensor(name).orElseThrow();
            assertThat(info.type()).isEqualTo(GgmlType.F32);
            return file.data(info).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
    }

    private static float[] logits(Path path) throws IOException {
        try (GgufFile file = GgufFile.open(path); WorkerPool pool = new WorkerPool(1, "test")) {
            KimiConfig config = KimiConfig.of(file.metadata());
            KimiLinear model = new KimiLinear(config, KimiWeights.bind(file, config),
                    new Ops(KernelSelector.select(KernelChoice.AUTO), pool), LatentCacheType.F16);
            return Arrays.copyOf(
                    model.forward(Batch.of(Span.last(model.newState(), TOKENS, 0, TOKENS.length)), model.newWorkspace()),
                    config.vocabularySize());
        }
    }
}
