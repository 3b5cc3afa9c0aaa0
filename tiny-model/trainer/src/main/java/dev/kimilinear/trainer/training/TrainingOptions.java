package dev.kimilinear.trainer.training;

import dev.kimilinear.trainer.model.ModelShape;
import dev.kimilinear.trainer.optimizer.Schedule;

/**
 * What a run's result follows from. A checkpoint goes on only with the same.
 *
 * @param workers threads, each with a batch of its own in every step
 * @param tokensPerBatch tokens of a worker's batch, or somewhat more
 * @param longest the longest dialogue, in tokens
 * @param readToo the part of other tokens than answers that is learned too
 * @param muonRate learning rate of hidden matrices
 * @param adamRate learning rate of the rest
 * @param balanceRate how far a router's bias moves in a step
 */
public record TrainingOptions(ModelShape shape, long seed, int workers, int tokensPerBatch, int longest, double readToo,
        float muonRate, float adamRate, float balanceRate, Schedule schedule) {
}
