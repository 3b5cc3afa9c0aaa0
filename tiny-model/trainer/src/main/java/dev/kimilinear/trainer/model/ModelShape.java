package dev.kimilinear.trainer.model;

import dev.kimilinear.trainer.kernel.Ops;

/**
 * The dimensions of a model in training.
 *
 * @param vocabulary tokens
 * @param embedding E: width of the residual stream
 * @param heads H, of KDA and of MLA layers
 * @param kdaDim D: keys and values of a KDA head
 * @param layers a letter for each block: K for KDA, M for MLA
 * @param leadingDense blocks before the first with experts
 * @param denseHidden hidden width of a dense network
 * @param experts X: experts of a block
 * @param used K: experts used for a token
 * @param expertHidden hidden width of one expert
 * @param sharedHidden hidden width of the network that every token uses: a multiple of that of one expert
 * @param expertScale factor on the routing weights
 * @param latentRank R: latent values that MLA caches
 * @param nope N: query values of an MLA head that meet the latent
 * @param pe O: query values of an MLA head that meet the shared key part
 * @param valueDim V: values of an MLA head
 * @param eps added under every square root of a norm
 * @param contextLength the longest sequence the model is made for
 */
public record ModelShape(int vocabulary, int embedding, int heads, int kdaDim, String layers, int leadingDense,
        int denseHidden, int experts, int used, int expertHidden, int sharedHidden, float expertScale, int latentRank,
        int nope, int pe, int valueDim, float eps, int contextLength) {

    public ModelShape {
        if (!layers.matches("[KM]+")) {
            throw new IllegalArgumentException("Layers are \"" + layers + "\", expected letters K and M");
        }
        if (leadingDense < 0 || leadingDense > layers.length()) {
            throw new IllegalArgumentException(
                    "Leading dense blocks are " + leadingDense + ", expected 0 to the number of blocks ("
                            + layers.length() + ")");
        }
        if (used < 1 || used > experts) {
            throw new IllegalArgumentException("Experts used are " + used + ", expected 1 to " + experts);
        }
        if (sharedHidden % expertHidden != 0) {
            throw new IllegalArgumentException("The shared network's width " + sharedHidden
                    + " is no multiple of that of an expert, " + expertHidden + ": the file counts it in experts");
        }
        int[] widths = { embedding, kdaDim, denseHidden, expertHidden, sharedHidden, latentRank, nope, pe, valueDim };
        for (int width : widths) {
            if (width < 1 || width % Ops.MULTIPLE != 0) {
                throw new IllegalArgumentException("A width is " + width + ", expected a multiple of " + Ops.MULTIPLE);
            }
        }
    }

    public int blockCount() {
        return layers.length();
    }

    /** Whether a block has MLA; otherwise it has KDA. */
    public boolean isLatent(int block) {
        return layers.charAt(block) == 'M';
    }

    /** Channels of q, k and v in a KDA layer: H D. */
    public int kdaChannels() {
        return heads * kdaDim;
    }
}
