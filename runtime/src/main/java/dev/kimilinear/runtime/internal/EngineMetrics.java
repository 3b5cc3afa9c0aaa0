package dev.kimilinear.runtime.internal;

import java.util.function.ToDoubleFunction;

import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.SnapshotStats;
import io.quarkus.runtime.metrics.MetricsFactory;

/**
 * Registers what engines count with the metrics system of the application, whichever it is. Nothing is done for a metric
 * until somebody reads it. The tag {@code model} has the names of the models that an engine serves.
 */
final class EngineMetrics {

    private static final String PREFIX = "kimi.linear.";

    private final MetricsFactory factory;
    private final Engine engine;
    private final String models;

    private EngineMetrics(MetricsFactory factory, Engine engine, String models) {
        this.factory = factory;
        this.engine = engine;
        this.models = models;
    }

    /** Engines that open later are registered then. */
    static void register(MetricsFactory factory, OpenModels models) {
        models.engines().forEach((engine, names) -> new EngineMetrics(factory, engine, names).register());
        models.byReadableName().forEach((name, model) -> {
            if (!model.isOpen()) {
                model.whenOpen(engine -> new EngineMetrics(factory, engine, name).register());
            }
        });
    }

    private void register() {
        gauge("requests.queued", "requests that wait", e -> e.stats().queued());
        gauge("requests.active", "requests in work", e -> e.stats().active());
        requests("completed", e -> e.stats().completed());
        requests("cancelled", e -> e.stats().cancelled());
        requests("failed", e -> e.stats().failed());
        counter("tokens.prompt", "tokens of prompts that were read", e -> e.stats().promptTokens());
        counter("tokens.restored", "tokens of prompts that need not be read because of a snapshot",
                e -> e.stats().snapshots().restoredTokens());
        counter("tokens.output", "tokens that were generated", e -> e.stats().outputTokens());
        gauge("tokens.per.second", "tokens of all answers a second, over the last ten seconds",
                e -> e.speed().tokensPerSecond());
        counter("first.token.count", "answers that have begun", e -> e.speed().firstTokens());
        factory.builder(PREFIX + "first.token.sum").description("time from requests to their first token, added up")
                .unit("seconds").tag("model", models).buildCounter(engine, e -> e.speed().firstTokenNanos() / 1e9);
        counter("steps", "steps of the model", e -> e.speed().steps());
        counter("step.tokens", "tokens that steps read, of prompts and answers", e -> e.speed().stepTokens());
        gauge("batch.size", "requests that took part in the last step", e -> e.speed().sequences());
        bytes("state", "what requests in work hold of the heap", e -> e.stats().stateBytes());
        bytes("snapshots", "what snapshots hold of the heap", e -> e.stats().snapshots().bytes());
        gauge("snapshots.held", "snapshots in memory", e -> e.stats().snapshots().count());
        counter("snapshots.requests", "requests that looked for a snapshot", e -> e.stats().snapshots().requests());
        counter("snapshots.hits", "requests that went on from a snapshot", e -> e.stats().snapshots().hits());
        gauge("snapshots.hit.rate", "share of the requests that went on from a snapshot", e -> hitRate(e.stats().snapshots()));
        counter("snapshots.divergences", "requests whose prompt parted from an earlier one before what was kept of that",
                e -> e.stats().snapshots().divergences());
        counter("snapshots.loaded", "snapshots that came from the store", e -> e.stats().snapshots().loaded());
        counter("snapshots.saved", "snapshots that went to the store", e -> e.stats().snapshots().saved());
        counter("snapshots.failed", "snapshots that could not be stored, loaded or used",
                e -> e.stats().snapshots().failed());
    }

    private static double hitRate(SnapshotStats stats) {
        return stats.requests() == 0 ? 0 : (double) stats.hits() / stats.requests();
    }

    private void gauge(String name, String description, ToDoubleFunction<Engine> value) {
        factory.builder(PREFIX + name).description(description).tag("model", models)
                .buildGauge(engine, value::applyAsDouble);
    }

    private void bytes(String name, String description, ToDoubleFunction<Engine> value) {
        factory.builder(PREFIX + name).description(description).unit("bytes").tag("model", models)
                .buildGauge(engine, value::applyAsDouble);
    }

    private void counter(String name, String description, ToDoubleFunction<Engine> value) {
        factory.builder(PREFIX + name).description(description).tag("model", models)
                .buildCounter(engine, value::applyAsDouble);
    }

    private void requests(String outcome, ToDoubleFunction<Engine> value) {
        factory.builder(PREFIX + "requests").description("requests that have ended").tag("model", models)
                .tag("outcome", outcome).buildCounter(engine, value::applyAsDouble);
    }
}
