package dev.kimilinear.engine.serving;

import java.util.List;
import java.util.function.BooleanSupplier;

import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.SequenceState;

/**
 * What the owner thread asks of a model. Besides the real one there are scripted models in tests, which make exact
 * statements about the loop possible: which tokens come, when a step fails, when a step waits.
 */
interface StepModel {

    /** Logits of a row. */
    int vocabularySize();

    /** The state of a sequence before its first token. */
    SequenceState newState();

    /** Runs the kernels on a millisecond's work. */
    void exercise();

    /**
     * Runs one step and advances the states of its spans.
     *
     * @param unwanted asked between layers; when it says yes the step is given up, and its sequences cannot go on
     * @return {@code [batch.logitsRows, vocabulary]}, valid until the next step; null if the step was given up
     */
    float[] forward(Batch batch, BooleanSupplier unwanted);

    /** Adds the last step, which was not given up, to the load of the experts. A model without experts does nothing. */
    default void countExperts() {
    }

    /** What was counted. On any thread. */
    default ExpertLoad expertLoad() {
        return new ExpertLoad(List.of());
    }
}
