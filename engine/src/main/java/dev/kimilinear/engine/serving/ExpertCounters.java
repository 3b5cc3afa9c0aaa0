package dev.kimilinear.engine.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

import dev.kimilinear.engine.api.ExpertLoad;
import dev.kimilinear.engine.model.KimiConfig;
import dev.kimilinear.engine.model.Workspace;

/** Counts the rows that went through each expert of a model. Only the owner thread counts; any thread may look. */
final class ExpertCounters {

    private final KimiConfig config;
    /** Of each expert, by its {@linkplain KimiConfig#expertNumber number}. */
    private final AtomicLongArray rows;

    ExpertCounters(KimiConfig config) {
        this.config = config;
        rows = new AtomicLongArray(config.totalExperts());
    }

    /** Adds the last step of a workspace. Owner thread only. */
    void add(Workspace workspace) {
        for (int i = 0; i < rows.length(); i++) {
            int more = workspace.expertRows(i);
            if (more > 0) {
                rows.setRelease(i, rows.getPlain(i) + more);
            }
        }
    }

    /** What was counted; of a step that is being added, perhaps a part. */
    ExpertLoad load() {
        List<ExpertLoad.Layer> layers = new ArrayList<>();
        for (int block = 0; block < config.blockCount(); block++) {
            if (config.hasExperts(block)) {
                long[] tokens = new long[config.expertCount()];
                for (int expert = 0; expert < tokens.length; expert++) {
                    tokens[expert] = rows.getAcquire(config.expertNumber(block, expert));
                }
                layers.add(new ExpertLoad.Layer(block, tokens));
            }
        }
        return new ExpertLoad(layers);
    }
}
