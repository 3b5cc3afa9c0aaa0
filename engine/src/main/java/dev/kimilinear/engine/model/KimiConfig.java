package dev.kimilinear.engine.model;

import java.util.Arrays;

import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgufMetadata;

/**
 * The shape of a Kimi-Linear model, read from GGUF keys under {@code kimi-linear.}.
 *
 * @param blockCount decoder blocks
 * @param contextLength the longest sequence the model was made for, in tokens
 * @param embeddingLength E: width of the residual stream
 * @param vocabularySize tokens
 * @param headCount H: heads, of KDA and of MLA layers alike
 * @param latentLayers per block: true for MLA (its {@code head_count_kv} is not 0), false for KDA
 * @param normEpsilon added under every square root of a norm
 * @param kdaHeadDim D: keys and values of a KDA head
 * @param convKernel C: taps of the short convolutions
 * @param latentRank R: values of a cached latent row that make up the answer
 * @param nopeDim N: query values of an MLA head that meet the latent
 * @param peDim O: query values of an MLA head that meet the shared key part. Its name comes from rotary models; no
 *        rotation is applied here
 * @param valueDim V: values of an MLA head
 * @param leadingDenseBlocks blocks before the first with experts
 * @param feedForwardLength per block: hidden width of a dense network; 0 where the block has experts
 * @param expertCount X: experts of a block
 * @param expertUsedCount per block: K, experts used for a token
 * @param expertFeedForwardLength per block: hidden width of one expert
 * @param expertSharedCount experts that every token uses, in one network of as many times the width
 * @param expertGroupCount groups that experts form; 1 for none
 * @param expertGroupUsedCount groups used for a token
 * @param expertWeightsScale factor on the routing weights; 1 for none
 */
public record KimiConfig(int blockCount, int contextLength, int embeddingLength, int vocabularySize, int headCount,
        boolean[] latentLayers, float normEpsilon, int kdaHeadDim, int convKernel, int latentRank, int nopeDim, int peDim,
        int valueDim, int leadingDenseBlocks, int[] feedForwardLength, int expertCount, int[] expertUsedCount,
        int[] expertFeedForwardLength, int expertSharedCount, int expertGroupCount, int expertGroupUsedCount,
        float expertWeightsScale) {

    /** {@code general.architecture} of the files this engine runs. */
    public static final String ARCHITECTURE = "kimi-linear";

    /** More blocks than any model has; a damaged count must not make us allocate. */
    private static final int MAX_BLOCKS = 4096;
    /** {@code expert_gating_func}: 1 softmax, 2 sigmoid, 3 softmax over the selected, 4 square root of softplus. */
    private static final int GATING_SIGMOID = 2;

    /**
     * Reads and checks the configuration.
     *
     * @throws ModelFormatException if the file is of another architecture, lacks a key, or has a value out of range
     */
    public static KimiConfig of(GgufMetadata metadata) {
        return new Reader(metadata).read();
    }

    /** Whether the feed-forward layer of a block is a mixture of experts. */
    public boolean hasExperts(int block) {
        return expertCount > 0 && block >= leadingDenseBlocks;
    }

    /** Experts of all blocks together. */
    public int totalExperts() {
        return (blockCount - leadingDenseBlocks) * expertCount;
    }

    /** The number of an expert of a block that has experts, 0 to {@link #totalExperts} - 1: block after block. */
    public int expertNumber(int block, int expert) {
        return (block - leadingDenseBlocks) * expertCount + expert;
    }

    /** P: channels of q, k and v in a KDA layer. */
    public int kdaChannels() {
        return headCount * kdaHeadDim;
    }

    /** F: the widest hidden layer, of a dense network, an expert or the shared expert. */
    public int widestHidden() {
        int widest = 0;
        for (int i = 0; i < blockCount; i++) {
            widest = Math.max(widest, feedForwardLength[i]);
            int experts = Math.max(1, Math.max(expertUsedCount[i], expertSharedCount));
            widest = Math.max(widest, expertFeedForwardLength[i] * experts);
        }
        return widest;
    }

    /** R + O: values that an MLA layer caches for a token. */
    public int latentWidth() {
        return latentRank + peDim;
    }

    private record Reader(GgufMetadata metadata) {

        KimiConfig read() {
            String architecture = metadata.string("general.architecture");
            if (!architecture.equals(ARCHITECTURE)) {
                throw metadata.refusal("general.architecture is \"" + architecture + "\", expected \"" + ARCHITECTURE
                        + "\"; this engine runs Kimi-Linear models only");
            }
            int blocks = integer("block_count", 1, MAX_BLOCKS);
            int heads = uniform("attention.head_count", blocks);
            boolean[] latent = new boolean[blocks];
            int[] kvHeads = perBlock("attention.head_count_kv", blocks, heads);
            for (int i = 0; i < blocks; i++) {
                latent[i] = kvHeads[i] != 0;
            }
            int pe = integer("rope.dimension_count", 0, Short.MAX_VALUE);
            int keyLength = lengthOf("attention.key_length");
            if (keyLength <= pe) {
                throw range("attention.key_length_mla", keyLength, "more than rope.dimension_count (" + pe + ")");
            }
            int gating = integer("expert_gating_func", 0, 100);
            int experts = optional("expert_count", 0, 0, 1 << 16);
            if (experts > 0 && gating != GATING_SIGMOID) {
                throw range("expert_gating_func", gating, GATING_SIGMOID + " (sigmoid)");
            }
            int[] used = perBlock("expert_used_count", blocks, 0);
            int dense = optional("leading_dense_block_count", 0, 0, blocks);
            for (int i = dense; i < blocks; i++) {
                if (experts > 0 && (used[i] < 1 || used[i] > experts)) {
                    throw range("expert_used_count", used[i], "1 to expert_count (" + experts + ")");
                }
            }
            int groups = Math.max(1, optional("expert_group_count", 1, 0, 1 << 16));
            int groupsUsed = groups == 1 ? 1 : optional("expert_group_used_count", groups, 1, groups);
            if (experts % groups != 0) {
                throw range("expert_group_count", groups, "a divisor of expert_count (" + experts + ")");
            }
            for (int i = dense; i < blocks; i++) {
                if (experts > 0 && used[i] > experts / groups * groupsUsed) {
                    throw range("expert_used_count", used[i],
                            "at most the experts of the groups used (" + experts / groups * groupsUsed + ")");
                }
            }
            float scale = metadata.real(key("expert_weights_scale"), 0f);
            return new KimiConfig(blocks, integer("context_length", 1, Integer.MAX_VALUE),
                    integer("embedding_length", 1, 1 << 20), vocabulary(), heads, latent,
                    metadata.real(key("attention.layer_norm_rms_epsilon")), integer("kda.head_dim", 1, 1 << 15),
                    integer("ssm.conv_kernel", 1, 64), integer("attention.kv_lora_rank", 1, 1 << 16), keyLength - pe, pe,
                    lengthOf("attention.value_length"), dense, perBlock("feed_forward_length", blocks, 0), experts, used,
                    perBlock("expert_feed_forward_length", blocks, 0), integer("expert_shared_count", 0, 1 << 10), groups,
                    groupsUsed, scale == 0f ? 1f : scale);
        }

        private static String key(String name) {
            return ARCHITECTURE + "." + name;
        }

        /** The {@code _mla} key, or the plain one of the first generation of files, where the other is 0 or absent. */
        private int lengthOf(String name) {
            int length = optional(name + "_mla", 0, 0, 1 << 15);
            return length != 0 ? length : integer(name, 1, 1 << 15);
        }

        private int vocabulary() {
            if (metadata.has(key("vocab_size"))) {
                return integer("vocab_size", 1, 1 << 24);
            }
            return metadata.strings("tokenizer.ggml.tokens").size();
        }

        private int integer(String name, int min, int max) {
            int value = metadata.integer(key(name));
            if (value < min || value > max) {
                throw range(name, value, String.format("%,d to %,d", min, max));
            }
            return value;
        }

        private int optional(String name, int absent, int min, int max) {
            return metadata.has(key(name)) ? integer(name, min, max) : absent;
        }

        /** A value for each block: an array as it is, a scalar repeated. */
        private int[] perBlock(String name, int blocks, int absent) {
            int[] values = metadata.has(key(name)) ? metadata.integers(key(name)) : new int[] { absent };
            if (values.length == 1 && blocks > 1) {
                int value = values[0];
                values = new int[blocks];
                Arrays.fill(values, value);
            }
            if (values.length != blocks) {
                throw range(name, values.length, "values, one for each of " + blocks + " blocks");
            }
            for (int value : values) {
                if (value < 0 || value > 1 << 20) {
                    throw range(name, value, "0 to 1,048,576");
                }
            }
            return values;
        }

        /** A key that may be an array, of which this engine needs all values to be equal. */
        private int uniform(String name, int blocks) {
            int[] values = perBlock(name, blocks, 0);
            for (int value : values) {
                if (value != values[0] || value == 0) {
                    throw range(name, value, "the same number of heads, at least 1, in every block");
                }
            }
            return values[0];
        }

        private ModelFormatException range(String name, int found, String expected) {
            return metadata.refusal("key \"" + key(name) + "\" is " + found + ", expected " + expected);
        }
    }
}
