package dev.kimilinear.trainer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.kimilinear.trainer.kernel.Gemm.Matrix;
import dev.kimilinear.trainer.kernel.Ops;

/**
 * The whole model in training, for one worker: {@code x = embedding; for each block: x += attention(norm(x)), x +=
 * feedForward(norm(x)); logits = output norm(x)}. Workers share the parameters and have gradients of their own.
 *
 * <p>
 * Behind the last attention no row sees another any more: the last feed-forward network and the output meet only the rows
 * whose next token counts.
 */
public final class KimiLinear {

    private record Block(Norm attentionNorm, Attention attention, Buffer attentionInput, Norm ffnNorm, FeedForward ffn,
            Buffer ffnInput) {
    }

    private final ModelShape shape;
    private final Workspace ws = new Workspace();
    private final Parameter embedding;
    private final Parameter output;
    private final int worker;
    private final List<Block> blocks = new ArrayList<>();
    private final Norm outputNorm;

    private final Buffer x = new Buffer();
    private final Buffer dx = new Buffer();
    private final Buffer dh = new Buffer();
    private final Buffer last = new Buffer();
    private final Buffer normed = new Buffer();
    private final Buffer logits = new Buffer();

    public KimiLinear(Parameters parameters, int worker) {
        shape = parameters.shape();
        this.worker = worker;
        embedding = parameters.get("token_embd.weight");
        output = parameters.get("output.weight");
        for (int i = 0; i < shape.blockCount(); i++) {
            String block = "blk." + i + ".";
            blocks.add(new Block(new Norm(parameters.get(block + "attn_norm.weight"), worker, shape.eps()),
                    shape.isLatent(i)
                            ? new LatentAttention(block, parameters, worker, ws)
                            : new KimiDeltaAttention(block, parameters, worker, ws),
                    new Buffer(), new Norm(parameters.get(block + "ffn_norm.weight"), worker, shape.eps()),
                    i < shape.leadingDense()
                            ? new DenseFfn(block, "", parameters, worker, ws)
                            : new MixtureOfExperts(i, block, parameters, worker, ws),
                    new Buffer()));
        }
        outputNorm = new Norm(parameters.get("output_norm.weight"), worker, shape.eps());
    }

    /** How often each expert of a block was used in the last forward pass; in the last block, for the target rows. */
    public long[] load(int block) {
        return ((MixtureOfExperts) blocks.get(block).ffn()).load();
    }

    /** The logits of a batch's target rows, [targets, vocabulary]: valid until the next call. */
    public float[] forward(Batch batch) {
        int n = batch.rows();
        int width = shape.embedding();
        float[] stream = x.of(n * width);
        for (int t = 0; t < n; t++) {
            System.arraycopy(embedding.values(), batch.tokens()[t] * width, stream, t * width, width);
        }
        int targets = batch.targetRows().length;
        float[] rows = last.of(targets * width);
        for (Block block : blocks) {
            block.attention.forward(block.attentionNorm.forward(stream, width, n, block.attentionInput.of(n * width)), batch,
                    stream);
            if (block != blocks.getLast()) {
                feedForward(block, n, stream);
            }
        }
        for (int i = 0; i < targets; i++) {
            System.arraycopy(stream, batch.targetRows()[i] * width, rows, i * width, width);
        }
        feedForward(blocks.getLast(), targets, rows);
        outputNorm.forward(rows, width, targets, normed.of(targets * width));
        ws.gemm.multiply(targets, shape.vocabulary(), width, Matrix.rows(normed.get(), width),
                Matrix.rows(output.values(), width).transposed(),
                Matrix.rows(logits.of(targets * shape.vocabulary()), shape.vocabulary()));
        return logits.get();
    }

    private void feedForward(Block block, int n, float[] stream) {
        int width = shape.embedding();
        block.ffn.forward(block.ffnNorm.forward(stream, width, n, block.ffnInput.of(n * width)), n, stream);
    }

    private void feedForwardBackward(Block block, int n, float[] stream) {
        float[] d = dh.get();
        block.ffn.backward(stream, n, d);
        block.ffnNorm.backwardAdd(d, n, stream, shape.embedding());
    }

    /**
     * Adds to the gradients of all parameters: those of {@code scale} times the summed cross entropy of the targets.
     *
     * @return the summed cross entropy, in nats
     */
    public double learn(Batch batch, float scale) {
        float[] p = forward(batch);
        int targets = batch.targetRows().length;
        int vocabulary = shape.vocabulary();
        double loss = 0;
        for (int i = 0; i < targets; i++) {
            int at = i * vocabulary;
            Ops.softmax(p, at, vocabulary, vocabulary, 1f);
            float right = p[at + batch.targets()[i]];
            loss -= Math.log(Math.max(right, Float.MIN_NORMAL));
            // Not Ops.scale: the vocabulary need not be a multiple of the lanes, and the next row is still to come.
            for (int j = at; j < at + vocabulary; j++) {
                p[j] *= scale;
            }
            p[at + batch.targets()[i]] = (right - 1f) * scale;
        }
        backward(batch, p);
        return loss;
    }

    private void backward(Batch batch, float[] dLogits) {
        int n = batch.rows();
        int width = shape.embedding();
        int targets = batch.targetRows().length;
        int vocabulary = shape.vocabulary();
        float[] dNormed = dh.of(Math.max(n, targets) * width);
        ws.gemm.multiplyAdd(vocabulary, width, targets, Matrix.rows(dLogits, vocabulary).transposed(),
                Matrix.rows(normed.get(), width), Matrix.rows(output.gradient(worker), width));
        ws.gemm.multiply(targets, width, vocabulary, Matrix.rows(dLogits, vocabulary), Matrix.rows(output.values(), width),
                Matrix.rows(dNormed, width));
        float[] dRows = last.get();
        Arrays.fill(dRows, 0, targets * width, 0f);
        outputNorm.backwardAdd(dNormed, targets, dRows, width);
        feedForwardBackward(blocks.getLast(), targets, dRows);
        float[] stream = dx.of(n * width);
        Arrays.fill(stream, 0, n * width, 0f);
        for (int i = 0; i < targets; i++) {
            System.arraycopy(dRows, i * width, stream, batch.targetRows()[i] * width, width);
        }
        for (Block block : blocks.reversed()) {
            if (block != blocks.getLast()) {
                feedForwardBackward(block, n, stream);
            }
            float[] d = dh.get();
            block.attention.backward(stream, batch, d);
            block.attentionNorm.backwardAdd(d, n, stream, width);
        }
        float[] gradient = embedding.gradient(worker);
        for (int t = 0; t < n; t++) {
            Ops.addScaled(gradient, batch.tokens()[t] * width, 1f, stream, t * width, width);
        }
    }
}
