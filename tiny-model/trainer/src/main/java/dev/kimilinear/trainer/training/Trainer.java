package dev.kimilinear.trainer.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.kimilinear.trainer.model.Batch;
import dev.kimilinear.trainer.model.KimiLinear;
import dev.kimilinear.trainer.model.Parameters;
import dev.kimilinear.trainer.optimizer.Optimizer;
import dev.kimilinear.trainer.tokenizer.BpeVocabulary.Spelling;

/**
 * Makes steps: every worker learns from a batch of its own, then the parameters are changed by all gradients. Nothing depends
 * on which worker is faster, so the same options give the same bits on the same kind of machine.
 */
public final class Trainer implements AutoCloseable {

    /**
     * What a step showed.
     *
     * @param loss mean cross entropy of the targets, in nats
     * @param tokens tokens of all batches
     */
    public record Step(double loss, int tokens) {
    }

    private final TrainingOptions options;
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final List<KimiLinear> models = new ArrayList<>();
    private final ExecutorService threads;
    private int step;

    /** @param spellings how the tokens are written */
    public Trainer(TrainingOptions options, List<Spelling> spellings) {
        this.options = options;
        parameters = new Parameters(options.shape(), spellings, options.workers(), options.seed());
        optimizer = new Optimizer(parameters, options.muonRate(), options.adamRate());
        for (int w = 0; w < options.workers(); w++) {
            models.add(new KimiLinear(parameters, w));
        }
        threads = Executors.newFixedThreadPool(options.workers(), Thread.ofPlatform().daemon().name("worker-", 0).factory());
    }

    public TrainingOptions options() {
        return options;
    }

    public Parameters parameters() {
        return parameters;
    }

    public Optimizer optimizer() {
        return optimizer;
    }

    /** A worker's model: for evaluations between steps, by one thread at a time. */
    public KimiLinear model(int worker) {
        return models.get(worker);
    }

    /** Steps made so far. */
    public int steps() {
        return step;
    }

    /** For a checkpoint that is being read. */
    void steps(int steps) {
        step = steps;
    }

    /** Makes one step. */
    public Step step(Examples examples) throws InterruptedException {
        int workers = options.workers();
        Batch[] batches = new Batch[workers];
        onAll(w -> batches[w] = examples.batch(step, w));
        int targets = 0;
        int tokens = 0;
        for (Batch batch : batches) {
            targets += batch.targetRows().length;
            tokens += batch.rows();
        }
        float scale = 1f / targets;
        double[] losses = new double[workers];
        onAll(w -> losses[w] = models.get(w).learn(batches[w], scale));
        float factor = options.schedule().factor(step);
        onAll(w -> optimizer.update(w, step, factor));
        balance(factor);
        step++;
        double loss = 0;
        for (double part : losses) {
            loss += part;
        }
        return new Step(loss / targets, tokens);
    }

    /** Moves each router's bias towards experts that were used less than the mean. */
    private void balance(float factor) {
        for (int block : parameters.blocksWithExperts()) {
            float[] bias = parameters.routerBias(block);
            long[] load = new long[bias.length];
            long all = 0;
            for (KimiLinear model : models) {
                for (int e = 0; e < load.length; e++) {
                    load[e] += model.load(block)[e];
                    all += model.load(block)[e];
                }
            }
            for (int e = 0; e < load.length; e++) {
                bias[e] += options.balanceRate() * factor * Math.signum(all / (float) load.length - load[e]);
            }
        }
    }

    private interface Work {
        void run(int worker);
    }

    private void onAll(Work work) throws InterruptedException {
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int w = 0; w < options.workers(); w++) {
            int worker = w;
            tasks.add(() -> {
                work.run(worker);
                return null;
            });
        }
        for (Future<Void> done : threads.invokeAll(tasks)) {
            try {
                done.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("A worker failed in step " + step, e.getCause());
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
