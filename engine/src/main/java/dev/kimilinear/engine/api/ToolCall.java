package dev.kimilinear.engine.api;

import java.util.Objects;

/**
 * A call of a tool by the assistant.
 *
 * @param id the call's id as the model wrote it, {@code functions.NAME:INDEX} in the Kimi family
 * @param name the tool's name
 * @param argumentsJson the arguments, a JSON object as text
 */
public record ToolCall(String id, String name, String argumentsJson) {

    public ToolCall {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(argumentsJson, "argumentsJson");
    }
}
