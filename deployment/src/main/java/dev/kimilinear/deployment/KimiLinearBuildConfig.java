package dev.kimilinear.deployment;

import io.quarkus.runtime.annotations.ConfigGroup;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What is read when the application is built, and only then. */
@ConfigRoot(phase = ConfigPhase.BUILD_TIME)
@ConfigMapping(prefix = "quarkus.langchain4j.kimi-linear")
public interface KimiLinearBuildConfig {

    /**
     * Chat models.
     */
    ChatModel chatModel();

    /**
     * Health checks.
     */
    Health health();

    /**
     * The dev service.
     */
    DevServices devservices();

    @ConfigGroup
    interface DevServices {

        /**
         * Whether models of the hub or of URLs that are not on this machine are fetched in dev and test mode, where dev
         * services
         * are enabled at all. Dev mode starts at once, and the model answers when it is there; tests wait for it.
         */
        @WithDefault("true")
        boolean enabled();
    }

    @ConfigGroup
    interface Health {

        /**
         * Whether readiness and liveness of the engines are checked, where the application has SmallRye Health.
         */
        @WithDefault("true")
        boolean enabled();
    }

    @ConfigGroup
    interface ChatModel {

        /**
         * Whether Kimi-Linear is a candidate for the chat models that the application asks for.
         */
        @WithDefault("true")
        boolean enabled();
    }
}
