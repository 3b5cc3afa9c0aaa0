package dev.kimilinear.engine.serving;

import java.util.function.BooleanSupplier;

import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.model.Batch;
import dev.kimilinear.engine.model.KimiLinear;
import dev.kimilinear.engine.model.SequenceState;
import dev.kimilinear.engine.model.Workspace;

/** The real model with the one workspace that its owner thread needs. */
record KimiStepModel(KimiLinear model, Workspace workspace, ExpertCounters counters) implements StepModel {

    KimiStepModel(KimiLinear model) {
        this(model, model.newWorkspace(), new ExpertCounters(model.config()));
    }

    @Override
    public int vocabularySize() {
        return model.config().vocabularySize();
    }

    @Override
    public SequenceState newState() {
        return model.newState();
    }

    @Override
    public void exercise() {
        model.exercise();
    }

    @Override
    public float[] forward(Batch batch, BooleanSupplier unwanted) {
        return model.forward(batch, workspace, unwanted);
    }

    @Override
    public void countExperts() {
        counters.add(workspace);
    }

    @Override
    public ExpertLoad expertLoad() {
        return counters.load();
    }
}
