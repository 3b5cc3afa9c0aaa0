package dev.kimilinear.runtime.devui;

import dev.kimilinear.engine.api.ModelInfo;
import dev.kimilinear.runtime.internal.OpenModel;

/**
 * A model to choose.
 *
 * @param name {@code default} or that of {@code @ModelName}
 * @param modelName what its file calls it
 * @param bytes size of the file
 */
public record ModelEntry(String name, String modelName, long bytes) {

    static ModelEntry of(String name, OpenModel model) {
        ModelInfo info = model.engine().model();
        return new ModelEntry(name, info.name(), info.bytes());
    }
}
