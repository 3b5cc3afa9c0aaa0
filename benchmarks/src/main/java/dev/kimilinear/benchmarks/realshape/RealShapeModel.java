package dev.kimilinear.benchmarks.realshape;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.GgufWriter.Value;

/**
 * A GGUF file with the shapes of Kimi-Linear-48B-A3B and random weights. Its bytes depend on these values alone. What a
 * step costs depends on shapes and types, not on values, as long as activations stay in the range of a real model.
 *
 * @param layers decoder blocks, 1 to 27
 * @param experts of a block; 0 for the mix's default
 * @param vocabularyFrom the file whose vocabulary is taken; without it a synthetic one of the same size
 */
public record RealShapeModel(WeightMix mix, int layers, int experts, long seed, Optional<Path> vocabularyFrom) {

    private static final String PREFIX = "kimi-linear.";
    /** Weights drawn for each type and deviation; tensors are filled with stretches of them. */
    private static final int POOL_WEIGHTS = 1 << 22;

    public RealShapeModel {
        experts = experts == 0 ? mix.defaultExperts() : experts;
    }

    /** A file name that tells files apart: {@code real-shape-q4_k_m-5l-256e-seed1-vocab.gguf}. */
    public String fileName() {
        String vocabulary = vocabularyFrom.map(file -> file.getFileName().toString().replaceFirst("\\.gguf$", ""))
                .orElse("synthetic");
        return "real-shape-" + mix.fileName() + "-" + layers + "l-" + experts + "e-seed" + seed + "-" + vocabulary + ".gguf";
    }

    /**
     * Writes the file; it appears when it is complete. Takes a few hundred MB of heap whatever its size.
     *
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        write(file, RealShape.VOCABULARY);
    }

    /** @param tokens of the vocabulary; small ones make small files for tests */
    void write(Path file, int tokens) throws IOException {
        RealShape shape = new RealShape(layers, experts, tokens);
        GgufWriter out = new GgufWriter();
        writeConfiguration(shape, out);
        vocabulary(tokens).writeTo(out);
        Map<Pool, byte[]> pools = new HashMap<>();
        for (RealShape.Weights tensor : shape.tensors()) {
            GgmlType type = mix.typeOf(tensor);
            out.tensor(tensor.name(), type, channel -> writeTensor(tensor, type, pools, channel), tensor.shape());
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        out.write(part);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private FileVocabulary vocabulary(int tokens) {
        if (vocabularyFrom.isEmpty()) {
            return FileVocabulary.synthetic();
        }
        try (GgufFile source = GgufFile.open(vocabularyFrom.get())) {
            return FileVocabulary.of(source, tokens);
        }
    }

    private void writeConfiguration(RealShape shape, GgufWriter out) {
        int[] kvHeads = new int[layers];
        for (int i = 0; i < layers; i++) {
            kvHeads[i] = shape.isLatent(i) ? 1 : 0;
        }
        out.put("general.architecture", "kimi-linear").put("general.name", "Kimi-Linear real shape " + mix)
                .put("general.file_type", mix.fileType()).put("general.quantization_version", 2)
                .put(PREFIX + "block_count", layers).put(PREFIX + "context_length", 1 << 20)
                .put(PREFIX + "embedding_length", RealShape.EMBEDDING)
                .put(PREFIX + "feed_forward_length", RealShape.FEED_FORWARD)
                .put(PREFIX + "attention.head_count", RealShape.HEADS)
                .put(PREFIX + "attention.head_count_kv", Value.i32s(kvHeads))
                .put(PREFIX + "attention.layer_norm_rms_epsilon", 1e-5f)
                .put(PREFIX + "attention.key_length", RealShape.LATENT_RANK + RealShape.PE_DIM)
                .put(PREFIX + "attention.key_length_mla", RealShape.NOPE_DIM + RealShape.PE_DIM)
                .put(PREFIX + "attention.value_length_mla", RealShape.VALUE_DIM)
                .put(PREFIX + "attention.kv_lora_rank", RealShape.LATENT_RANK)
                .put(PREFIX + "rope.dimension_count", RealShape.PE_DIM).put(PREFIX + "rope.freq_base", 10_000f)
                .put(PREFIX + "ssm.conv_kernel", RealShape.CONV_TAPS).put(PREFIX + "kda.head_dim", RealShape.KDA_HEAD_DIM)
                .put(PREFIX + "expert_count", experts).put(PREFIX + "expert_used_count", RealShape.EXPERTS_USED)
                .put(PREFIX + "expert_shared_count", 1)
                .put(PREFIX + "expert_feed_forward_length", RealShape.EXPERT_FEED_FORWARD)
                .put(PREFIX + "leading_dense_block_count", RealShape.DENSE_LAYERS)
                .put(PREFIX + "expert_weights_scale", 2.446f).put(PREFIX + "expert_gating_func", 2)
                .put(PREFIX + "vocab_size", shape.vocabulary());
    }

    /** Blocks of one type whose values have one standard deviation, to a quarter of a power of two. */
    private record Pool(GgmlType type, long quarterPowers) {
    }

    private void writeTensor(RealShape.Weights tensor, GgmlType type, Map<Pool, byte[]> pools, WritableByteChannel channel)
            throws IOException {
        RandomGenerator random = random(tensor.name());
        if (tensor.kind().isFloat()) {
            writeFloats(tensor, random, channel);
            return;
        }
        double deviation = tensor.kind().standardDeviation(tensor.inputs());
        Pool key = new Pool(type, Math.round(Math.log(deviation) / Math.log(2) * 4));
        byte[] pool = pools.computeIfAbsent(key,
                k -> RandomBlocks.encode(type, POOL_WEIGHTS, Math.pow(2, k.quarterPowers / 4.0), random(k.toString())));
        int blocks = pool.length / type.blockBytes();
        for (long left = bytes(tensor, type); left > 0;) {
            int from = random.nextInt(blocks * 3 / 4) * type.blockBytes();
            int length = (int) Math.min(left, pool.length - from);
            writeAll(ByteBuffer.wrap(pool, from, length), channel);
            left -= length;
        }
    }

    private static void writeFloats(RealShape.Weights tensor, RandomGenerator random, WritableByteChannel channel)
            throws IOException {
        int n = (int) (bytes(tensor, GgmlType.F32) / Float.BYTES);
        ByteBuffer out = ByteBuffer.allocate(n * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < n; i++) {
            double value = switch (tensor.kind()) {
                case NORM -> 1 + 0.15 * random.nextGaussian();
                // The last tap is the current token.
                case CONV -> 0.35 * random.nextGaussian()
                        + (i % RealShape.CONV_TAPS == RealShape.CONV_TAPS - 1 ? random.nextBoolean() ? 1 : -1 : 0);
                case NEGATIVE_EXP_A -> -Math.exp(random.nextDouble(Math.log(16)));
                // The inverse of softplus of a time step between 0.0005 and 0.3, log-uniform.
                case DT_BIAS -> Math.log(Math.expm1(Math.exp(random.nextDouble(Math.log(5e-4), Math.log(0.3)))));
                case ROUTER -> 1.5 / Math.sqrt(RealShape.EMBEDDING) * random.nextGaussian();
                case ROUTER_BIAS -> 0.15 * random.nextGaussian();
                default -> throw new AssertionError(tensor.kind());
            };
            out.putFloat((float) value);
        }
        writeAll(out.flip(), channel);
    }

    private static long bytes(RealShape.Weights tensor, GgmlType type) {
        long bytes = tensor.shape()[0] / type.blockElements() * type.blockBytes();
        for (int i = 1; i < tensor.shape().length; i++) {
            bytes *= tensor.shape()[i];
        }
        return bytes;
    }

    private static void writeAll(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** A source of its own for each name, so that a tensor's values do not depend on the others. */
    private RandomGenerator random(String name) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + name.hashCode());
    }
}
