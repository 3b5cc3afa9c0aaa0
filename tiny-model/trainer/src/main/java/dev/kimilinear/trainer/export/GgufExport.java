package dev.kimilinear.trainer.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.UnaryOperator;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.GgufWriter.Value;
import dev.kimilinear.engine.kernel.quant.BlockEncoder;
import dev.kimilinear.trainer.data.Rendering;
import dev.kimilinear.trainer.kernel.ShortConvolution;
import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary;

/**
 * Writes a trained model as one GGUF file: hyperparameters, vocabulary, chat template, weights. Keys, names and shapes are
 * those that llama.cpp reads for the architecture {@code kimi-linear}. Norms, biases, convolutions, the router,
 * {@code ssm_beta} and {@code ssm_a} stay floats; the {@link WeightType} says what the other matrices become. Shapes here are
 * in the order of the file: the row length first.
 */
public final class GgufExport {

    private static final String NAME = "Kimi-Linear-Tiny";
    private static final String DESCRIPTION = "A small Kimi-Linear for demonstrations and tests, trained from random weights on"
            + " generated dialogues. It holds no weights and no text of others.";
    private static final String LICENCE = "apache-2.0";
    /** {@code expert_gating_func}: sigmoid. */
    private static final int SIGMOID = 2;
    /** Layout of quantised blocks; the only one there has been since 2023. */
    private static final int QUANTISATION_VERSION = 2;

    private final ModelShape shape;
    private final Weights weights;
    private final WeightType type;
    private final GgufWriter out = new GgufWriter();

    private GgufExport(ModelShape shape, Weights weights, WeightType type) {
        this.shape = shape;
        this.weights = weights;
        this.type = type;
    }

    /**
     * Writes the file. One of that name is replaced once the new one is complete.
     *
     * @throws IllegalArgumentException if the vocabulary has another size than the model, or weights have another size than the
     *         shape says, or are no finite numbers
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, ModelShape shape, BpeVocabulary vocabulary, Weights weights, WeightType type)
            throws IOException {
        if (vocabulary.size() != shape.vocabulary()) {
            throw new IllegalArgumentException(
                    "The vocabulary has " + vocabulary.size() + " tokens, but the model " + shape.vocabulary());
        }
        GgufExport export = new GgufExport(shape, weights, type);
        export.putKeys();
        vocabulary.putInto(export.out);
        export.out.put("tokenizer.chat_template", Rendering.TEMPLATE);
        export.addTensors();
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        try {
            export.out.write(part);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void putKeys() {
        out.put("general.architecture", "kimi-linear").put("general.type", "model").put("general.name", NAME)
                .put("general.description", DESCRIPTION).put("general.license", LICENCE)
                .put("general.file_type", type.fileType()).put("general.quantization_version", QUANTISATION_VERSION);
        put("vocab_size", shape.vocabulary());
        put("context_length", shape.contextLength());
        put("embedding_length", shape.embedding());
        put("block_count", shape.blockCount());
        put("feed_forward_length", shape.denseHidden());
        put("attention.head_count", shape.heads());
        int[] latentHeads = new int[shape.blockCount()];
        for (int i = 0; i < latentHeads.length; i++) {
            latentHeads[i] = shape.isLatent(i) ? 1 : 0;
        }
        out.put("kimi-linear.attention.head_count_kv", Value.i32s(latentHeads));
        out.put("kimi-linear.attention.layer_norm_rms_epsilon", shape.eps());
        put("attention.key_length", shape.latentRank() + shape.pe());
        put("attention.value_length", shape.latentRank());
        put("attention.key_length_mla", shape.nope() + shape.pe());
        put("attention.value_length_mla", shape.valueDim());
        put("attention.kv_lora_rank", shape.latentRank());
        put("rope.dimension_count", shape.pe());
        put("ssm.conv_kernel", ShortConvolution.TAPS);
        put("kda.head_dim", shape.kdaDim());
        put("expert_count", shape.experts());
        put("expert_used_count", shape.used());
        put("expert_feed_forward_length", shape.expertHidden());
        put("expert_shared_count", shape.sharedHidden() / shape.expertHidden());
        put("leading_dense_block_count", shape.leadingDense());
        put("expert_gating_func", SIGMOID);
        out.put("kimi-linear.expert_weights_scale", shape.expertScale());
        out.put("kimi-linear.expert_weights_norm", true);
    }

    private void put(String key, int value) {
        out.put("kimi-linear." + key, value);
    }

    private void addTensors() {
        matrix("token_embd.weight", -1, shape.embedding(), shape.vocabulary());
        floats("output_norm.weight", shape.embedding());
        matrix("output.weight", -1, shape.embedding(), shape.vocabulary());
        for (int i = 0; i < shape.blockCount(); i++) {
            floats("blk." + i + ".attn_norm.weight", shape.embedding());
            if (shape.isLatent(i)) {
                addLatentAttention(i);
            } else {
                addDeltaAttention(i);
            }
            floats("blk." + i + ".ffn_norm.weight", shape.embedding());
            if (i < shape.leadingDense()) {
                addFeedForward(i, "", shape.denseHidden());
            } else {
                floats("blk." + i + ".ffn_gate_inp.weight", shape.embedding(), shape.experts());
                floats("blk." + i + ".exp_probs_b.bias", shape.experts());
                addFeedForward(i, "_exps", shape.expertHidden(), shape.experts());
                addFeedForward(i, "_shexp", shape.sharedHidden());
            }
        }
    }

    private void addDeltaAttention(int block) {
        String at = "blk." + block + ".";
        int width = shape.embedding();
        int dim = shape.kdaDim();
        int channels = shape.kdaChannels();
        for (String part : new String[] { "q", "k", "v" }) {
            matrix(at + "attn_" + part + ".weight", block, width, channels);
            String taps = at + "ssm_conv1d_" + part + ".weight";
            add(taps, taps, GgmlType.F32, GgufExport::byChannel, ShortConvolution.TAPS, 1, channels, 1);
        }
        matrix(at + "ssm_f_a.weight", block, width, dim);
        matrix(at + "ssm_f_b.weight", block, dim, channels);
        floats(at + "ssm_beta.weight", width, shape.heads());
        add(at + "ssm_a_log", at + "ssm_a", GgmlType.F32, GgufExport::negatedExponential, 1, shape.heads(), 1, 1);
        floats(at + "ssm_dt.bias", channels);
        matrix(at + "ssm_g_a.weight", block, width, dim);
        matrix(at + "ssm_g_b.weight", block, dim, channels);
        floats(at + "ssm_norm.weight", dim);
        matrix(at + "attn_output.weight", block, channels, width);
    }

    private void addLatentAttention(int block) {
        String at = "blk." + block + ".";
        int width = shape.embedding();
        int heads = shape.heads();
        int rank = shape.latentRank();
        matrix(at + "attn_q.weight", block, width, heads * (shape.nope() + shape.pe()));
        matrix(at + "attn_kv_a_mqa.weight", block, width, rank + shape.pe());
        floats(at + "attn_kv_a_norm.weight", rank);
        matrix(at + "attn_k_b.weight", block, shape.nope(), rank, heads);
        matrix(at + "attn_v_b.weight", block, rank, shape.valueDim(), heads);
        matrix(at + "attn_output.weight", block, heads * shape.valueDim(), width);
    }

    /** @param experts none, or how many networks there are */
    private void addFeedForward(int block, String which, int hidden, int... experts) {
        String at = "blk." + block + ".ffn_";
        matrix(at + "gate" + which + ".weight", block, shape.embedding(), hidden, experts);
        matrix(at + "up" + which + ".weight", block, shape.embedding(), hidden, experts);
        matrix(at + "down" + which + ".weight", block, hidden, shape.embedding(), experts);
    }

    /** @param count none for one matrix, or how many there are one after the other */
    private void matrix(String name, int block, int columns, int rows, int... count) {
        GgmlType matrixType = type.of(name, block, columns, shape);
        if (count.length == 0) {
            add(name, name, matrixType, UnaryOperator.identity(), columns, rows);
        } else {
            add(name, name, matrixType, UnaryOperator.identity(), columns, rows, count[0]);
        }
    }

    private void floats(String name, long... dimensions) {
        add(name, name, GgmlType.F32, UnaryOperator.identity(), dimensions);
    }

    /** Adds a tensor whose values are fetched when the file is written. */
    private void add(String trainedName, String name, GgmlType tensorType, UnaryOperator<float[]> change, long... dimensions) {
        long elements = 1;
        for (long dimension : dimensions) {
            elements *= dimension;
        }
        int count = Math.toIntExact(elements);
        out.tensor(name, tensorType,
                channel -> channel.write(ByteBuffer.wrap(encoded(change.apply(values(trainedName, count)), tensorType))),
                dimensions);
    }

    private float[] values(String name, int count) {
        float[] values = weights.get(name);
        if (values.length != count) {
            throw new IllegalArgumentException("Weights \"" + name + "\" have " + values.length + " values, expected " + count);
        }
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException("Weights \"" + name + "\" hold " + value + ", expected finite numbers only");
            }
        }
        return values;
    }

    /** All rows at once: they are whole blocks, so that blocks know nothing of rows. */
    private static byte[] encoded(float[] values, GgmlType type) {
        byte[] bytes = new byte[Math.multiplyExact(values.length / type.blockElements(), type.blockBytes())];
        BlockEncoder.of(type).encodeRow(values, 0, values.length, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    /** {@code [taps, channels]} as {@code [channels, taps]}. */
    private static float[] byChannel(float[] taps) {
        int channels = taps.length / ShortConvolution.TAPS;
        float[] transposed = new float[taps.length];
        for (int channel = 0; channel < channels; channel++) {
            for (int tap = 0; tap < ShortConvolution.TAPS; tap++) {
                transposed[channel * ShortConvolution.TAPS + tap] = taps[tap * channels + channel];
            }
        }
        return transposed;
    }

    private static float[] negatedExponential(float[] logarithms) {
        float[] values = new float[logarithms.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) -Math.exp(logarithms[i]);
        }
        return values;
    }
}
