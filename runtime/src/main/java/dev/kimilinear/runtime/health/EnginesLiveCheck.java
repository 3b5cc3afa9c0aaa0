package dev.kimilinear.runtime.health;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

import dev.kimilinear.engine.api.EngineHealth;
import dev.kimilinear.runtime.internal.OpenModels;

/** Alive as long as no engine has failed and the work of each moves on. */
@Liveness
@ApplicationScoped
public class EnginesLiveCheck implements HealthCheck {

    /**
     * A layer takes a second at most where the model fits into memory, and some more where it is read from a disk. Whoever
     * works
     * at one for so long will not come back.
     */
    static final long MOST_STALLED_MILLIS = 120_000;

    private final OpenModels models;

    EnginesLiveCheck(OpenModels models) {
        this.models = models;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("Kimi-Linear engines").up();
        models.engines().forEach((engine, names) -> {
            EngineHealth health = engine.health();
            if (health.failure() != null) {
                response.down().withData(names, "failed: " + health.failure());
            } else if (health.stalledMillis() > MOST_STALLED_MILLIS) {
                response.down().withData(names, "has not moved for " + health.stalledMillis() / 1000 + " seconds");
            }
        });
        return response.build();
    }
}
