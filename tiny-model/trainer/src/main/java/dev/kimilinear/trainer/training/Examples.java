package dev.kimilinear.trainer.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import dev.kimilinear.engine.tokenizer.Tokenizer;
import dev.kimilinear.trainer.data.DialogueGenerator;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Split;
import dev.kimilinear.trainer.model.Batch;
import dev.kimilinear.trainer.model.Batch.Sequence;

/**
 * The batches of a run. Each follows from the seed, its step and its worker alone, so that a run that goes on from a
 * checkpoint sees what it would have seen.
 *
 * @param tokensPerBatch a batch ends with the dialogue that brings it to so many tokens
 * @param longest dialogues with more tokens are left out
 * @param readToo of the tokens that are not answers, the part that the model learns to predict too: it learns what words look
 *        like sooner
 */
public record Examples(DialogueGenerator generator, Tokenizer tokenizer, long seed, int tokensPerBatch, int longest,
        double readToo) {

    /** The batch of a worker in a step. */
    public Batch batch(int step, int worker) {
        SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + step * 1_000_003L + worker);
        List<Sequence> sequences = new ArrayList<>();
        int tokens = 0;
        while (tokens < tokensPerBatch) {
            Source source = new Source(random.nextLong(), Split.TRAINING);
            Example example = Example.of(generator.write(source), tokenizer);
            if (example.tokens().length > longest) {
                continue;
            }
            Sequence sequence = example.sequence();
            for (int t = 1; t < sequence.counts().length; t++) {
                sequence.counts()[t] |= random.nextDouble() < readToo;
            }
            sequences.add(sequence);
            tokens += example.tokens().length;
        }
        return Batch.of(sequences);
    }
}
