package dev.kimilinear.trainer.optimizer;

/**
 * The learning rate over a run, as a factor: a linear warm-up, constant, then linear decay. The decay is where most of the
 * exactness comes from: the errors of a run are far lower at its end than a continued constant rate would bring.
 *
 * @param steps of the whole run
 * @param warmUp steps of the warm-up
 * @param constant the part of the run after which the decay begins
 * @param end the factor at the end
 */
public record Schedule(int steps, int warmUp, double constant, double end) {

    /** The factor of a step, from 0 on. */
    public float factor(int step) {
        double warm = Math.min(1, (step + 1.0) / warmUp);
        double done = (double) step / steps;
        double decay = done < constant ? 1 : Math.max(0, 1 - (done - constant) / (1 - constant)) * (1 - end) + end;
        return (float) (warm * decay);
    }
}
