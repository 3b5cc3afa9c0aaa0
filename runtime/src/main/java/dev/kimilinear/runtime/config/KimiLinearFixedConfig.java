package dev.kimilinear.runtime.config;

import java.util.Map;

import io.quarkus.runtime.annotations.ConfigDocMapKey;
import io.quarkus.runtime.annotations.ConfigDocSection;
import io.quarkus.runtime.annotations.ConfigGroup;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithDefaults;
import io.smallrye.config.WithParentName;

/** What is fixed when the application is built and can be read when it runs. */
@ConfigRoot(phase = ConfigPhase.BUILD_AND_RUN_TIME_FIXED)
@ConfigMapping(prefix = "quarkus.langchain4j.kimi-linear")
public interface KimiLinearFixedConfig {

    /**
     * The default model.
     */
    @WithParentName
    Model defaultModel();

    /**
     * Named models, injected with {@code @ModelName}.
     */
    @ConfigDocSection
    @ConfigDocMapKey("model-name")
    @WithParentName
    @WithDefaults
    Map<String, Model> namedModels();

    @ConfigGroup
    interface Model {

        /**
         * Chat model.
         */
        ChatModel chatModel();
    }

    @ConfigGroup
    interface ChatModel {

        /** The value of {@link #model()} that stands for the embedded model. */
        String EMBEDDED = "tiny";

        /**
         * The model that answers: {@code tiny}, a demonstration model of 3.5 million parameters that is part of the extension
         * and needs no download; the path or {@code file:} URI of a GGUF file of a Kimi-Linear model, of a split model its
         * first part, where a relative path starts at the working directory of the application;
         * {@code hf:owner/repository[:QUANT][@revision]} or {@code hf:owner/repository/file.gguf[@revision]}, a model of the
         * Hugging Face hub; or an {@code https:} URL, with {@code #sha256=...} behind it or without. A model of the hub or of a
         * URL that is not on this machine is fetched in dev and test mode by the dev service, and otherwise only with
         * {@code download}. Where the model is on the machine that runs the application can be said at run time with
         * {@code model-path}.
         */
        @WithDefault(EMBEDDED)
        String model();

        /**
         * Whether the package of the application contains the model: {@code reference}, no, it is looked for when the
         * application starts; {@code link}, beside the jar as hard links to the files on this machine, in the folder
         * {@code models}; {@code copy}, the same as copies. The embedded model needs neither.
         */
        @WithDefault("reference")
        ModelPackaging packaging();

        /**
         * What is remembered of conversations.
         */
        Snapshots snapshots();
    }

    @ConfigGroup
    interface Snapshots {

        /**
         * Where snapshots are kept beyond the life of the application: {@code files}, in the cache directory;
         * {@code redis}, in the default client of the extension {@code quarkus-redis-client}, so that another replica of the
         * application with the same model file goes on with a conversation; or {@code bean}, in the application's own bean of
         * type {@code SnapshotStore}.
         */
        @WithDefault("files")
        SnapshotStoreKind store();
    }
}
