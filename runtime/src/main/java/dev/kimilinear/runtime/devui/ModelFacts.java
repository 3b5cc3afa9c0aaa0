package dev.kimilinear.runtime.devui;

import dev.kimilinear.engine.api.GenerationRequest;
import dev.kimilinear.engine.api.ModelDetails;
import dev.kimilinear.engine.api.ModelInfo;

/**
 * A model, and how requests use it that say nothing else.
 *
 * @param file the path of its file; JSON has the one in info as a URI
 * @param parameters the defaults of requests
 * @param format the default form of answers
 * @param mostAlternatives the most that can be asked for with each token
 */
public record ModelFacts(String file, ModelInfo info, ModelDetails details, MemoryUse memory,
        PlaygroundParameters parameters, PlaygroundFormat format, int mostAlternatives) {

    static ModelFacts of(ModelInfo info, ModelDetails details, MemoryUse memory, GenerationRequest defaults) {
        return new ModelFacts(info.file().toString(), info, details, memory, PlaygroundParameters.of(defaults),
                PlaygroundFormat.of(defaults.format()), GenerationRequest.MOST_ALTERNATIVES);
    }
}
