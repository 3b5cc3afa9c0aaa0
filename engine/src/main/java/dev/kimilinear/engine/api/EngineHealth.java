package dev.kimilinear.engine.api;

/**
 * Whether an engine can answer.
 *
 * @param running whether it takes requests: it was neither closed nor stopped by an error of its own
 * @param failure what stopped it, or null
 * @param stalledMillis how long its work has not moved, not even by a layer of the model; 0 if there is nothing to do
 */
public record EngineHealth(boolean running, String failure, long stalledMillis) {
}
