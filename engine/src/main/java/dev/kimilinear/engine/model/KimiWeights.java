package dev.kimilinear.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.TensorInfo;
import dev.kimilinear.engine.kernel.Tensor;
import dev.kimilinear.engine.kernel.quant.BlockFormat;
import dev.kimilinear.engine.kernel.quant.UnpackedBlock;

/**
 * The weights of a model: views on the mapped file, shapes checked against the configuration. Shared by all sequences.
 *
 * @param tokenEmbedding {@code token_embd} {@code [vocabulary, E]}
 * @param outputNorm {@code output_norm} {@code [E]}
 * @param output {@code output} {@code [vocabulary, E]}; the embedding where the file has none
 * @param samples one matrix of each type of weights, for {@link KimiLinear#exercise}
 */
public record KimiWeights(Tensor tokenEmbedding, List<Block> blocks, float[] outputNorm, Tensor output,
        List<Tensor> samples) {

    /**
     * Finds and checks every tensor that the configuration calls for. Tensors that this architecture does not use are
     * ignored.
     *
     * @throws ModelFormatException if a tensor is missing or has another shape, by its name with found and expected
     */
    public static KimiWeights bind(GgufFile file, KimiConfig config) {
        return bind(file, config, UnaryOperator.identity());
    }

    /**
     * The same, with every matrix that is multiplied with activations seen and possibly replaced: by the same matrix in
     * panels. The token embedding is read row by row and stays as it is.
     */
    public static KimiWeights bind(GgufFile file, KimiConfig config, UnaryOperator<Tensor> matrices) {
        return new Binder(file, config, matrices, new EnumMap<>(GgmlType.class)).bind();
    }

    private record Binder(GgufFile file, KimiConfig c, UnaryOperator<Tensor> matrices, Map<GgmlType, Tensor> samples) {

        KimiWeights bind() {
            int e = c.embeddingLength();
            String vocabulary = "vocabulary " + c.vocabularySize() + " x embedding " + e;
            Tensor embedding = tensor("token_embd.weight", 1, c.vocabularySize(), e, vocabulary, e, c.vocabularySize());
            List<Block> blocks = new ArrayList<>();
            for (int i = 0; i < c.blockCount(); i++) {
                String at = "blk." + i + ".";
                blocks.add(new Block(vector(at + "attn_norm.weight", e, "embedding"),
                        c.latentLayers()[i] ? latentAttention(at) : deltaAttention(at),
                        vector(at + "ffn_norm.weight", e, "embedding"),
                        c.hasExperts(i) ? experts(at, i) : dense(at, "", c.feedForwardLength()[i])));
            }
            return new KimiWeights(embedding, List.copyOf(blocks), vector("output_norm.weight", e, "embedding"),
                    has("output.weight") ? matrix("output.weight", c.vocabularySize(), e, vocabulary)
                            : asKernelsRead(embedding),
                    List.copyOf(samples.values()));
        }

        private Tensor asKernelsRead(Tensor w) {
            Tensor read = matrices.apply(w);
            samples.putIfAbsent(read.format().type(), read);
            return read;
        }

        private Attention deltaAttention(String at) {
            int e = c.embeddingLength();
            int d = c.kdaHeadDim();
            int p = c.kdaChannels();
            String channels = "heads " + c.headCount() + " x dim " + d;
            Tensor query;
            Tensor key;
            Tensor value;
            if (has(at + "attn_qkv.weight")) {
                Tensor fused = asKernelsRead(
                        tensor(at + "attn_qkv.weight", 1, 3 * p, e, "3 x " + channels, e, 3 * p).split(3));
                query = fused.matrix(0);
                key = fused.matrix(1);
                value = fused.matrix(2);
            } else {
                query = matrix(at + "attn_q.weight", p, e, channels);
                key = matrix(at + "attn_k.weight", p, e, channels);
                value = matrix(at + "attn_v.weight", p, e, channels);
            }
            return new KimiDeltaAttention(c.headCount(), d, c.convKernel(), c.normEpsilon(), query, key, value,
                    taps(at + "ssm_conv1d_q.weight"), taps(at + "ssm_conv1d_k.weight"), taps(at + "ssm_conv1d_v.weight"),
                    matrix(at + "ssm_f_a.weight", d, e, "dim " + d), matrix(at + "ssm_f_b.weight", p, d, channels),
                    vector(at + "ssm_dt.bias", p, channels), vector(at + "ssm_a", c.headCount(), "heads"),
                    matrix(at + "ssm_beta.weight", c.headCount(), e, "heads"),
                    matrix(at + "ssm_g_a.weight", d, e, "dim " + d), matrix(at + "ssm_g_b.weight", p, d, channels),
                    vector(at + "ssm_norm.weight", d, "dim"), matrix(at + "attn_output.weight", e, p, channels));
        }

        private Attention latentAttention(String at) {
            int e = c.embeddingLength();
            int heads = c.headCount();
            int rank = c.latentRank();
            int nope = c.nopeDim();
            int v = c.valueDim();
            Tensor keyUp;
            Tensor valueUp;
            if (has(at + "attn_kv_b.weight")) {
                Tensor both = tensor(at + "attn_kv_b.weight", 1, heads * (nope + v), rank,
                        "heads " + heads + " x (nope " + nope + " + value " + v + ")", rank, heads * (nope + v));
                keyUp = transposedKeys(both);
                valueUp = decodedValues(both);
            } else {
                keyUp = stacked(at + "attn_k_b.weight", heads, rank, nope, "heads x latent rank x nope");
                valueUp = stacked(at + "attn_v_b.weight", heads, v, rank, "heads x value x latent rank");
            }
            return new LatentAttention(heads, rank, nope, c.peDim(), v, c.normEpsilon(),
                    matrix(at + "attn_q.weight", heads * (nope + c.peDim()), e,
                            "heads " + heads + " x (nope " + nope + " + pe " + c.peDim() + ")"),
                    matrix(at + "attn_kv_a_mqa.weight", c.latentWidth(), e,
                            "latent rank " + rank + " + pe " + c.peDim()),
                    vector(at + "attn_kv_a_norm.weight", rank, "latent rank"), keyUp, valueUp,
                    matrix(at + "attn_output.weight", e, heads * v, "heads " + heads + " x value " + v));
        }

        /**
         * The key half of the first generation's {@code attn_kv_b} (per head N key rows, then V value rows, over the latent),
         * transposed for the absorbed form: {@code k_b[h][r][n] = kv_b[h][n][r]}.
         */
        private Tensor transposedKeys(Tensor both) {
            int rank = c.latentRank();
            int nope = c.nopeDim();
            int perHead = nope + c.valueDim();
            float[] row = new float[rank];
            UnpackedBlock block = new UnpackedBlock();
            float[] keys = new float[c.headCount() * rank * nope];
            for (int h = 0; h < c.headCount(); h++) {
                for (int n = 0; n < nope; n++) {
                    both.decodeRow(h * perHead + n, row, 0, block);
                    for (int r = 0; r < rank; r++) {
                        keys[(h * rank + r) * nope + n] = row[r];
                    }
                }
            }
            return ownTensor(both.name(), c.headCount(), rank, nope, keys);
        }

        /** The value half of {@code attn_kv_b}: {@code v_b[h][v][r] = kv_b[h][N + v][r]}. */
        private Tensor decodedValues(Tensor both) {
            int rank = c.latentRank();
            int v = c.valueDim();
            int perHead = c.nopeDim() + v;
            float[] values = new float[c.headCount() * v * rank];
            UnpackedBlock block = new UnpackedBlock();
            for (int h = 0; h < c.headCount(); h++) {
                for (int i = 0; i < v; i++) {
                    both.decodeRow(h * perHead + c.nopeDim() + i, values, (h * v + i) * rank, block);
                }
            }
            return ownTensor(both.name(), c.headCount(), v, rank, values);
        }

        /** A float matrix in memory of our own, of the same kind as mapped memory (a kernel must not meet two kinds). */
        private Tensor ownTensor(String name, int matrices, int rows, int columns, float[] values) {
            MemorySegment data = file.allocate(4L * values.length);
            MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT, 0, values.length);
            return Tensor.rowMajor(name, BlockFormat.of(GgmlType.F32), matrices, rows, columns, data, 0);
        }

        private DenseFfn dense(String at, String suffix, int hidden) {
            int e = c.embeddingLength();
            return new DenseFfn(matrix(at + "ffn_gate" + suffix + ".weight", hidden, e, "feed-forward width"),
                    matrix(at + "ffn_up" + suffix + ".weight", hidden, e, "feed-forward width"),
                    matrix(at + "ffn_down" + suffix + ".weight", e, hidden, "feed-forward width"));
        }

        private FeedForward experts(String at, int block) {
            int e = c.embeddingLength();
            int x = c.expertCount();
            int hidden = c.expertFeedForwardLength()[block];
            String expertWidth = "expert width " + hidden;
            return new MixtureOfExperts(block, c.expertUsedCount()[block], c.expertGroupCount(),
                    c.expertGroupUsedCount(), c.expertWeightsScale(),
                    matrix(at + "ffn_gate_inp.weight", x, e, "experts " + x),
                    vector(at + "exp_probs_b.bias", x, "experts"),
                    stacked(at + "ffn_gate_exps.weight", x, hidden, e, expertWidth),
                    stacked(at + "ffn_up_exps.weight", x, hidden, e, expertWidth),
                    stacked(at + "ffn_down_exps.weight", x, e, hidden, expertWidth),
                    has(at + "ffn_gate_shexp.weight") ? dense(at, "_shexp", hidden * Math.max(1, c.expertSharedCount()))
                            : null);
        }

        private boolean has(String name) {
            return file.tensor(name).isPresent();
        }

        private Tensor matrix(String name, int rows, int columns, String why) {
            return asKernelsRead(tensor(name, 1, rows, columns, why, columns, rows));
        }

        /** {@code count} matrices of one shape, one after another. */
        private Tensor stacked(String name, int count, int rows, int columns, String why) {
            return asKernelsRead(tensor(name, count, rows, columns, why, columns, rows, count));
        }

        private Tensor tensor(String name, int matrices, int rows, int columns, String why, long... shape) {
            TensorInfo info = find(name);
            if (!hasShape(info, shape)) {
                throw wrongShape(info, shapeText(shape), why);
            }
            return Tensor.rowMajor(name, BlockFormat.of(info.type()), matrices, rows, columns, file.data(info), 0);
        }

        /** A small tensor of any shape with n values, as floats; these are always F32 in files of this architecture. */
        private float[] vector(String name, int n, String why) {
            TensorInfo info = find(name);
            if (info.elements() != n) {
                throw wrongShape(info, "[" + n + "]", why);
            }
            float[] values = new float[n];
            BlockFormat.of(info.type()).decodeRow(file.data(info), 0, n, values, 0);
            return values;
        }

        /**
         * Taps of a depthwise convolution as {@code [C, P]}. In the file the tap index is fastest, and the shape is
         * {@code [C, P]} with ones where tools have put or dropped them.
         */
        private float[] taps(String name) {
            int width = c.convKernel();
            int channels = c.kdaChannels();
            TensorInfo info = find(name);
            if (info.elements() != (long) width * channels || info.dimension(0) != width) {
                throw wrongShape(info, shapeText(width, 1, channels), "taps x 1 x channels");
            }
            float[] stored = vector(name, width * channels, "");
            float[] taps = new float[stored.length];
            for (int channel = 0; channel < channels; channel++) {
                for (int j = 0; j < width; j++) {
                    taps[j * channels + channel] = stored[channel * width + j];
                }
            }
            return taps;
        }

        private TensorInfo find(String name) {
            Optional<TensorInfo> info = file.tensor(name);
            if (info.isEmpty()) {
                throw file.metadata().refusal("tensor \"" + name
                        + "\" is missing; the file is incomplete or was made by a tool that does not know this architecture");
            }
            return info.get();
        }

        private static boolean hasShape(TensorInfo info, long[] shape) {
            for (int i = 0; i < Math.max(shape.length, info.rank()); i++) {
                if (info.dimension(i) != (i < shape.length ? shape[i] : 1)) {
                    return false;
                }
            }
            return true;
        }

        private static String shapeText(long... shape) {
            return Arrays.toString(shape);
        }

        private ModelFormatException wrongShape(TensorInfo info, String expected, String why) {
            return file.metadata().refusal("tensor \"" + info.name() + "\" has shape " + info.shapeText() + ", expected "
                    + expected + " (" + why + ")");
        }
    }
}
