package dev.kimilinear.runtime.health;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

import dev.kimilinear.engine.api.EngineHealth;
import dev.kimilinear.engine.api.EngineStats;
import dev.kimilinear.runtime.internal.OpenModels;

/**
 * Ready as long as the engine of every model takes requests. It says of each which kernels it computes with: an application
 * whose JVM lacks
 * the vector module works, many times slower.
 */
@Readiness
@ApplicationScoped
public class EnginesReadyCheck implements HealthCheck {

    private final OpenModels models;

    public EnginesReadyCheck(OpenModels models) {
        this.models = models;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("Kimi-Linear models").up();
        models.engines().forEach((engine, names) -> {
            EngineHealth health = engine.health();
            EngineStats stats = engine.stats();
            if (health.running()) {
                response.withData(names, "ready: \"" + engine.model().name() + "\", " + engine.model().kernels() + " kernels, "
                        + stats.active() + " requests in work, " + stats.queued() + " waiting");
            } else {
                response.down().withData(names, health.failure() == null ? "closed" : "failed: " + health.failure());
            }
        });
        models.byReadableName().forEach((name, model) -> {
            if (!model.isOpen()) {
                response.down().withData(name, model.state());
            }
        });
        return response.build();
    }
}
