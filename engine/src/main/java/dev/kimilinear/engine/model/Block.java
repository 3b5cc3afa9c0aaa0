package dev.kimilinear.engine.model;

/**
 * A decoder block: {@code x += attention(rms(x, attentionNorm)); x += feedForward(rms(x, feedForwardNorm))}.
 *
 * @param attentionNorm {@code attn_norm}, {@code [E]}
 * @param feedForwardNorm {@code ffn_norm}, {@code [E]}
 */
record Block(float[] attentionNorm, Attention attention, float[] feedForwardNorm, FeedForward feedForward) {
}
