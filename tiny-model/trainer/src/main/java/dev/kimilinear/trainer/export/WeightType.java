package dev.kimilinear.trainer.export;

import dev.kimilinear.engine.gguf.GgmlType;
import dev.kimilinear.trainer.model.ModelShape;

/**
 * The types of the matrices of a file, under llama.cpp's names and chosen as by its quantiser. Rows that are no multiple of a
 * type's block get the next type that fits: for the blocks of 256 one of 32, then F16.
 */
public enum WeightType {

    F32(GgmlType.F32, 0),
    F16(GgmlType.F16, 1),
    Q8_0(GgmlType.Q8_0, 7),
    /** Four bits; six for the output matrix and, in half of the blocks, for {@code ffn_down} and for {@code attn_v} of KDA. */
    Q4_K_M(GgmlType.Q4_K, 15);

    private final GgmlType base;
    private final int fileType;

    WeightType(GgmlType base, int fileType) {
        this.base = base;
        this.fileType = fileType;
    }

    /** The number of this mix: key {@code general.file_type}. */
    int fileType() {
        return fileType;
    }

    /**
     * The type of one matrix.
     *
     * @param block that it belongs to, -1 for none
     * @param columns of a row
     */
    GgmlType of(String name, int block, int columns, ModelShape shape) {
        GgmlType type = this == Q4_K_M && wantsMoreBits(name, block, shape) ? GgmlType.Q6_K : base;
        while (columns % type.blockElements() != 0) {
            type = switch (type) {
                case Q4_K -> GgmlType.Q5_0;
                case Q6_K -> GgmlType.Q8_0;
                default -> GgmlType.F16;
            };
        }
        return type;
    }

    private static boolean wantsMoreBits(String name, int block, ModelShape shape) {
        if (name.contains(".ffn_down")) {
            return isSensitive(block, shape.blockCount());
        }
        if (name.endsWith(".attn_v.weight")) {
            return isSensitive(kdaBlocks(shape, block), kdaBlocks(shape, shape.blockCount()));
        }
        return name.equals("output.weight");
    }

    /** The KDA blocks before the given one. */
    private static int kdaBlocks(ModelShape shape, int before) {
        int count = 0;
        for (int i = 0; i < before; i++) {
            count += shape.isLatent(i) ? 0 : 1;
        }
        return count;
    }

    /** The first and the last eighth, and every third between them. */
    private static boolean isSensitive(int index, int count) {
        return index < count / 8 || index >= 7 * count / 8 || (index - count / 8) % 3 == 2;
    }
}
