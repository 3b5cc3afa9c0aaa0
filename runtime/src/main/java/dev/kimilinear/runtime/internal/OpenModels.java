package dev.kimilinear.runtime.internal;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.kimilinear.engine.Engine;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;

/**
 * The models of an application.
 *
 * @param byName by configuration name; those that are disabled are absent
 */
public record OpenModels(Map<String, OpenModel> byName) {

    OpenModel get(String configName) {
        return byName.get(configName);
    }

    /** The models by the names that a reader knows, {@code default} for the one without a name. */
    public Map<String, OpenModel> byReadableName() {
        Map<String, OpenModel> models = new LinkedHashMap<>();
        new TreeMap<>(byName).forEach((configName, model) -> models.put(readable(configName), model));
        return models;
    }

    /** The name of a model that a reader knows. */
    public static String readable(String configName) {
        return NamedConfigUtil.isDefault(configName) ? "default" : configName;
    }

    /** The engines that are open, each with the names of the models that it serves, as a reader knows them. */
    public Map<Engine, String> engines() {
        Map<Engine, String> engines = new LinkedHashMap<>();
        byReadableName().forEach((readableName, model) -> {
            if (model.isOpen()) {
                engines.merge(model.engine(), readableName, (names, name) -> names + "," + name);
            }
        });
        return engines;
    }

    /** The downloads that these models wait for, or have waited for. */
    public Set<ModelDownload> downloads() {
        Set<ModelDownload> downloads = new LinkedHashSet<>();
        byReadableName().values().forEach(model -> model.download().ifPresent(downloads::add));
        return downloads;
    }
}
