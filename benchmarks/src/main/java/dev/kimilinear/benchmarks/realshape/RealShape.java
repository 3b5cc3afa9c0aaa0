package dev.kimilinear.benchmarks.realshape;

import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of Kimi-Linear-48B-A3B, by layer: the order of kinds of layers (three KDA, one MLA), one dense layer first,
 * and every dimension but the number of layers and experts.
 *
 * @param layers decoder blocks, the first of the real model's 27
 * @param experts of a block; a token uses {@value #EXPERTS_USED} of them
 * @param vocabulary tokens; {@value #VOCABULARY} in the real model
 */
record RealShape(int layers, int experts, int vocabulary) {

    static final int EMBEDDING = 2304;
    static final int VOCABULARY = 163_840;
    static final int HEADS = 32;
    static final int KDA_HEAD_DIM = 128;
    static final int CONV_TAPS = 4;
    static final int LATENT_RANK = 512;
    static final int NOPE_DIM = 128;
    static final int PE_DIM = 64;
    static final int VALUE_DIM = 128;
    static final int FEED_FORWARD = 9216;
    static final int EXPERT_FEED_FORWARD = 1024;
    static final int EXPERTS_USED = 8;
    static final int DENSE_LAYERS = 1;
    private static final int MAX_LAYERS = 27;
    private static final int KDA_CHANNELS = HEADS * KDA_HEAD_DIM;

    /**
     * How the values of a tensor are drawn. Those with {@link #isFloat} stay F32 in every file; the others are random blocks
     * with standard deviation gain / sqrt(inputs), so that activations keep their size from layer to layer.
     */
    enum Kind {
        NORM(0),
        CONV(0),
        NEGATIVE_EXP_A(0),
        DT_BIAS(0),
        ROUTER(0),
        ROUTER_BIAS(0),
        EMBEDDING(0),
        OUTPUT(3.0),
        PROJECTION(1.2),
        BETA(1.6),
        ATTENTION_OUTPUT(0.9),
        MLA_QUERY(1.8),
        MLA_LATENT(1.5),
        MLA_UP(1.3),
        FFN_IN(1.5),
        FFN_DOWN(0.7);

        private final double gain;

        Kind(double gain) {
            this.gain = gain;
        }

        boolean isFloat() {
            return ordinal() < EMBEDDING.ordinal();
        }

        double standardDeviation(int inputs) {
            return this == EMBEDDING ? 1 : gain / Math.sqrt(inputs);
        }
    }

    /**
     * One tensor.
     *
     * @param shape in GGUF order, row length first
     * @param layer the decoder block, -1 for none
     * @param kdaLayer KDA layers before this one
     */
    record Weights(String name, Kind kind, int layer, int kdaLayer, long... shape) {

        /** Values that one output is summed from; {@code attn_k_b} is stored transposed. */
        int inputs() {
            return name.endsWith("attn_k_b.weight") ? LATENT_RANK : (int) shape[0];
        }
    }

    RealShape {
        if (layers < 1 || layers > MAX_LAYERS) {
            throw new IllegalArgumentException("layers is " + layers + ", expected 1 to " + MAX_LAYERS);
        }
        if (experts < EXPERTS_USED) {
            throw new IllegalArgumentException(
                    "experts is " + experts + ", expected " + EXPERTS_USED + " or more, as many as a token uses");
        }
    }

    /** Whether a layer is an MLA layer; every fourth is, and the last of the real model. */
    boolean isLatent(int layer) {
        return layer % 4 == 3 || layer == MAX_LAYERS - 1;
    }

    /** All tensors in the order of llama.cpp's converter. */
    List<Weights> tensors() {
        List<Weights> all = new ArrayList<>();
        all.add(new Weights("token_embd.weight", Kind.EMBEDDING, -1, 0, EMBEDDING, vocabulary));
        all.add(new Weights("output_norm.weight", Kind.NORM, -1, 0, EMBEDDING));
        all.add(new Weights("output.weight", Kind.OUTPUT, -1, 0, EMBEDDING, vocabulary));
        int kdaLayers = 0;
        for (int layer = 0; layer < layers; layer++) {
            Layer to = new Layer(all, layer, kdaLayers);
            to.add("attn_norm.weight", Kind.NORM, EMBEDDING);
            if (isLatent(layer)) {
                latentAttention(to);
            } else {
                deltaAttention(to);
                kdaLayers++;
            }
            to.add("ffn_norm.weight", Kind.NORM, EMBEDDING);
            if (layer < DENSE_LAYERS) {
                feedForward(to, "", FEED_FORWARD);
            } else {
                mixtureOfExperts(to);
            }
        }
        return all;
    }

    private static void deltaAttention(Layer to) {
        for (String x : List.of("q", "k", "v")) {
            to.add("ssm_conv1d_" + x + ".weight", Kind.CONV, CONV_TAPS, 1, KDA_CHANNELS, 1);
        }
        for (String x : List.of("q", "k", "v")) {
            to.add("attn_" + x + ".weight", Kind.PROJECTION, EMBEDDING, KDA_CHANNELS);
        }
        to.add("ssm_f_a.weight", Kind.PROJECTION, EMBEDDING, KDA_HEAD_DIM);
        to.add("ssm_f_b.weight", Kind.PROJECTION, KDA_HEAD_DIM, KDA_CHANNELS);
        to.add("ssm_beta.weight", Kind.BETA, EMBEDDING, HEADS);
        to.add("ssm_a", Kind.NEGATIVE_EXP_A, 1, HEADS, 1, 1);
        to.add("ssm_dt.bias", Kind.DT_BIAS, KDA_CHANNELS);
        to.add("ssm_g_a.weight", Kind.PROJECTION, EMBEDDING, KDA_HEAD_DIM);
        to.add("ssm_g_b.weight", Kind.PROJECTION, KDA_HEAD_DIM, KDA_CHANNELS);
        to.add("ssm_norm.weight", Kind.NORM, KDA_HEAD_DIM);
        to.add("attn_output.weight", Kind.ATTENTION_OUTPUT, KDA_CHANNELS, EMBEDDING);
    }

    private static void latentAttention(Layer to) {
        to.add("attn_kv_a_norm.weight", Kind.NORM, LATENT_RANK);
        to.add("attn_q.weight", Kind.MLA_QUERY, EMBEDDING, HEADS * (NOPE_DIM + PE_DIM));
        to.add("attn_kv_a_mqa.weight", Kind.MLA_LATENT, EMBEDDING, LATENT_RANK + PE_DIM);
        to.add("attn_k_b.weight", Kind.MLA_UP, NOPE_DIM, LATENT_RANK, HEADS);
        to.add("attn_v_b.weight", Kind.MLA_UP, LATENT_RANK, VALUE_DIM, HEADS);
        to.add("attn_output.weight", Kind.ATTENTION_OUTPUT, HEADS * VALUE_DIM, EMBEDDING);
    }

    private void mixtureOfExperts(Layer to) {
        to.add("ffn_gate_inp.weight", Kind.ROUTER, EMBEDDING, experts);
        to.add("ffn_gate_exps.weight", Kind.FFN_IN, EMBEDDING, EXPERT_FEED_FORWARD, experts);
        to.add("ffn_down_exps.weight", Kind.FFN_DOWN, EXPERT_FEED_FORWARD, EMBEDDING, experts);
        to.add("ffn_up_exps.weight", Kind.FFN_IN, EMBEDDING, EXPERT_FEED_FORWARD, experts);
        feedForward(to, "_shexp", EXPERT_FEED_FORWARD);
        to.add("exp_probs_b.bias", Kind.ROUTER_BIAS, experts);
    }

    private static void feedForward(Layer to, String suffix, int width) {
        to.add("ffn_gate" + suffix + ".weight", Kind.FFN_IN, EMBEDDING, width);
        to.add("ffn_down" + suffix + ".weight", Kind.FFN_DOWN, width, EMBEDDING);
        to.add("ffn_up" + suffix + ".weight", Kind.FFN_IN, EMBEDDING, width);
    }

    /** Where the tensors of one layer go. */
    private record Layer(List<Weights> all, int index, int kdaLayers) {

        void add(String name, Kind kind, long... shape) {
            all.add(new Weights("blk." + index + "." + name, kind, index, kdaLayers, shape));
        }
    }
}
