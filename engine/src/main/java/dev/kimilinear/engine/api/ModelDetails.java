package dev.kimilinear.engine.api;

import java.util.List;

/**
 * What an opened model consists of and how its weights are read.
 *
 * @param tensors all tensors of the file, in its order, which means nothing
 * @param layers decoder blocks, first to last
 * @param kernels the kernel set in use, as {@link ModelInfo#kernels} names it
 * @param kernelsReason one sentence that says why these, with the cure where others were better
 * @param panels where the panels of quantised weights are; never {@link PanelMode#AUTO}
 * @param fingerprint 64 hexadecimal digits that stand for the contents of the model and for how this engine stores states:
 *        engines with the same one can go on from each other's snapshots
 */
public record ModelDetails(List<Tensor> tensors, List<Layer> layers, String kernels, String kernelsReason, PanelMode panels,
        String fingerprint) {

    public ModelDetails {
        tensors = List.copyOf(tensors);
        layers = List.copyOf(layers);
    }

    /**
     * A tensor of the file.
     *
     * @param type of its weights, such as {@code "Q4_K"}
     * @param shape 1 to 4 dimensions as in GGUF, the row length first
     * @param bytes of its weights in the file
     */
    public record Tensor(String name, String type, List<Long> shape, long bytes) {

        public Tensor {
            shape = List.copyOf(shape);
        }
    }

    /**
     * A decoder block.
     *
     * @param index from 0
     * @param attention {@code "KDA"} or {@code "MLA"}
     * @param feedForward {@code "dense"} or {@code "mixture of experts"}
     * @param experts experts to choose from, the shared one not counted; 0 where it is dense
     * @param usedExperts experts that are chosen for a token; 0 where it is dense
     */
    public record Layer(int index, String attention, String feedForward, int experts, int usedExperts) {
    }
}
