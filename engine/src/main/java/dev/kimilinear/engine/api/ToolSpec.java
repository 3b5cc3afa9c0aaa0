package dev.kimilinear.engine.api;

import java.util.Objects;

/**
 * A tool that the model may call.
 *
 * @param name the tool's name
 * @param description what it does, or null
 * @param parametersJsonSchema the JSON schema of its arguments, as text; property order is kept
 */
public record ToolSpec(String name, String description, String parametersJsonSchema) {

    public ToolSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(parametersJsonSchema, "parametersJsonSchema");
    }
}
