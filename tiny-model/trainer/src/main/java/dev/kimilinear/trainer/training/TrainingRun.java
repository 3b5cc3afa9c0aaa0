package dev.kimilinear.trainer.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import dev.kimilinear.trainer.training.Trainer.Step;

/**
 * A run from its beginning, or from its checkpoint, to its end: makes the steps, says how far it is, and keeps a checkpoint.
 * What it measures goes into {@code progress.tsv}: step, tokens so far, seconds so far, loss, exact answers in percent.
 */
public final class TrainingRun {

    /** Measures the model between steps. */
    public interface Measurement {

        /** Percent of exact answers. */
        double exact(Trainer trainer);
    }

    private static final Duration BETWEEN_CHECKPOINTS = Duration.ofMinutes(5);
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(15);
    /** Weight of the past in the mean loss that is reported. */
    private static final double SMOOTHING = 0.97;

    private final Trainer trainer;
    private final Examples examples;
    private final Measurement measurement;
    private final Path folder;
    private final Path progress;
    private final List<Progress> lines = new ArrayList<>();
    private final Consumer<String> log;
    private long tokens;
    private double secondsBefore;
    private double loss = Double.NaN;

    /**
     * @param folder of the checkpoint and of what is measured
     * @param log takes lines for people
     */
    public TrainingRun(Trainer trainer, Examples examples, Measurement measurement, Path folder, Consumer<String> log) {
        this.trainer = trainer;
        this.examples = examples;
        this.measurement = measurement;
        this.folder = folder;
        progress = folder.resolve("progress.tsv");
        this.log = log;
    }

    private Path checkpoint() {
        return folder.resolve("checkpoint.bin");
    }

    /** Steps until the run is done, or until {@code until} steps are. */
    public void run(int until) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        if (Files.exists(checkpoint())) {
            Checkpoint.read(trainer, checkpoint());
            readProgress();
            log.accept(String.format(Locale.ROOT, "Going on from step %,d.", trainer.steps()));
        } else {
            Progress.write(progress, lines);
        }
        int steps = trainer.options().schedule().steps();
        int last = Math.min(until, steps);
        int stepsBefore = trainer.steps();
        long start = System.nanoTime();
        long reported = start;
        long kept = start;
        while (trainer.steps() < last) {
            Step step = trainer.step(examples);
            if (!Double.isFinite(step.loss())) {
                throw new IllegalStateException("The loss of step " + trainer.steps() + " is " + step.loss()
                        + ": the run has diverged. Lower the learning rates");
            }
            tokens += step.tokens();
            loss = Double.isNaN(loss) ? step.loss() : SMOOTHING * loss + (1 - SMOOTHING) * step.loss();
            long now = System.nanoTime();
            boolean done = trainer.steps() == last;
            if (done || now - reported > BETWEEN_REPORTS.toNanos()) {
                report(steps, stepsBefore, (now - start) / 1e9);
                reported = now;
            }
            if (done || now - kept > BETWEEN_CHECKPOINTS.toNanos()) {
                keep(secondsBefore + (now - start) / 1e9);
                kept = System.nanoTime();
            }
        }
    }

    private void report(int steps, int stepsBefore, double seconds) {
        int made = trainer.steps() - stepsBefore;
        Duration left = Duration.ofSeconds((long) (seconds / made * (steps - trainer.steps())));
        log.accept(String.format(Locale.ROOT, "step %,d of %,d  loss %.4f  %.2f steps a second  %d min %02d s left",
                trainer.steps(), steps, loss, made / seconds, left.toMinutes(), left.toSecondsPart()));
    }

    private void keep(double seconds) throws IOException {
        double exact = measurement.exact(trainer);
        log.accept(
                String.format(Locale.ROOT, "step %,d  %,d tokens  %.1f %% of held-out answers exact", trainer.steps(), tokens,
                        exact));
        lines.add(new Progress(trainer.steps(), tokens, seconds, loss, exact));
        Progress.write(progress, lines);
        Checkpoint.write(trainer, checkpoint());
    }

    private void readProgress() throws IOException {
        lines.addAll(Progress.read(progress));
        lines.removeIf(line -> line.step() > trainer.steps());
        if (!lines.isEmpty()) {
            tokens = lines.getLast().tokens();
            secondsBefore = lines.getLast().seconds();
            loss = lines.getLast().loss();
        }
    }
}
