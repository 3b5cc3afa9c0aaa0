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

    /** The models by the names that a reader knows, {@code default} for the one without a name. */
    public Map<String, OpenModel> byReadableName() {
        Map<String, OpenModel> models = new LinkedHashMap<>();
        new TreeMap<>(byName).forEach((configName, model) -> models.put(
                NamedConfigUtil.isDefault(configName) ? "default" : configName, model));
        return models;
    }

    /** The engines, each with the names of the models that it serves, as a reader knows them. */
    public Map<Engine, String> engines() {
        Map<Engine, String> engines = new LinkedHashMap<>();
        byReadableName().forEach((readableName, model) -> engines.merge(model.engine(), readableName,
                (names, name) -> names + "," + name));
        return engines;
    }
}
