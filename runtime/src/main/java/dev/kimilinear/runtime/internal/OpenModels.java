package dev.kimilinear.runtime.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import dev.kimilinear.engine.Engine;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;

/**
 * The models of an application whose engines are open.
 *
 * @param byName by configuration name; those that are disabled are absent
 */
public record OpenModels(Map<String, OpenModel> byName) {

    /** An open engine and how its models are configured. */
    public record OpenModel(Engine engine, ChatModelSettings settings) {
    }

    OpenModel get(String configName) {
        return byName.get(configName);
    }

    /** The engines, each with the names of the models that it serves, as a reader knows them. */
    public Map<Engine, String> engines() {
        Map<Engine, String> engines = new LinkedHashMap<>();
        new TreeMap<>(byName).forEach((configName, model) -> engines.merge(model.engine(),
                NamedConfigUtil.isDefault(configName) ? "default" : configName, (names, name) -> names + "," + name));
        return engines;
    }
}
