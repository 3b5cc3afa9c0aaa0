package dev.kimilinear.benchmarks.realshape;

import java.util.Locale;

import dev.kimilinear.engine.gguf.GgmlType;

/**
 * Which tensor has which type, as llama.cpp's quantiser chooses without an importance matrix. The choice depends on the
 * place of a layer among all; it is made here as for the 27 layers of the real model, of which a file holds the first.
 *
 * <p>
 * One deviation: the quantiser gives {@code ffn_down} of the first eighth of the layers Q5_K when it is asked for IQ4_XS
 * without an importance matrix. Published files of that type are made with one, and here three of five layers would be
 * Q5_K, so it is left out.
 */
public enum WeightMix {

    Q4_K_M(GgmlType.Q4_K, 15, 256),
    Q6_K(GgmlType.Q6_K, 18, 256),
    Q8_0(GgmlType.Q8_0, 7, 64),
    MXFP4(GgmlType.MXFP4, 38, 256),
    Q4_0(GgmlType.Q4_0, 2, 256),
    Q5_0(GgmlType.Q5_0, 8, 256),
    IQ4_XS(GgmlType.IQ4_XS, 30, 256),
    F16(GgmlType.F16, 1, 64),
    BF16(GgmlType.BF16, 32, 64);

    /** Layers of Kimi-Linear-48B-A3B. */
    private static final int REAL_LAYERS = 27;
    /** Of these, layers with delta attention: those that have a tensor {@code attn_v}. */
    private static final int REAL_KDA_LAYERS = 20;

    private final GgmlType base;
    private final int fileType;
    private final int experts;

    WeightMix(GgmlType base, int fileType, int experts) {
        this.base = base;
        this.fileType = fileType;
        this.experts = experts;
    }

    /** llama.cpp's number for the mix: key {@code general.file_type}. */
    int fileType() {
        return fileType;
    }

    /**
     * Experts of a file by default: the real 256 or, for the wide types, 64. A token reads eight experts either way, so the
     * bytes read for a token are the same; with 64 the file, a repacked copy and the peer's fit into 24 GiB.
     */
    public int defaultExperts() {
        return experts;
    }

    /** The name in lower case, as file names have it. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type of one tensor. */
    GgmlType typeOf(RealShape.Weights tensor) {
        if (tensor.kind().isFloat()) {
            return GgmlType.F32;
        }
        GgmlType type = base;
        if (tensor.name().equals("output.weight")) {
            type = switch (this) {
                case Q8_0, F16, BF16 -> base;
                case MXFP4 -> GgmlType.Q8_0;
                case Q4_K_M, Q6_K, Q4_0, Q5_0, IQ4_XS -> GgmlType.Q6_K;
            };
        } else if (this == Q4_K_M && wantsMoreBits(tensor)) {
            type = GgmlType.Q6_K;
        } else if (this == MXFP4 && tensor.shape().length < 3) {
            type = GgmlType.Q8_0;
        }
        return tensor.shape()[0] % type.blockElements() == 0 ? type : withSmallerBlocks(type);
    }

    private static boolean wantsMoreBits(RealShape.Weights tensor) {
        if (tensor.name().contains("ffn_down")) {
            return isSensitive(tensor.layer(), REAL_LAYERS);
        }
        return tensor.name().endsWith("attn_v.weight") && isSensitive(tensor.kdaLayer(), REAL_KDA_LAYERS);
    }

    /** The quantiser's {@code use_more_bits}: the first and last eighth of the layers, and every third between. */
    private static boolean isSensitive(int layer, int layers) {
        return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
    }

    /** What the quantiser takes where a row is not a multiple of 256: {@code attn_k_b} with its 128 columns. */
    private static GgmlType withSmallerBlocks(GgmlType type) {
        return switch (type) {
            case Q4_K -> GgmlType.Q5_0;
            case Q6_K -> GgmlType.Q8_0;
            case IQ4_XS -> GgmlType.IQ4_NL;
            default -> throw new AssertionError(type);
        };
    }
}
