package dev.kimilinear.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.supply.ModelSource;
import dev.kimilinear.engine.supply.ModelSupply;
import dev.kimilinear.runtime.config.KimiLinearFixedConfig;
import dev.kimilinear.runtime.config.ModelPackaging;
import dev.kimilinear.runtime.internal.ChatModelSettings;
import dev.kimilinear.runtime.internal.ModelStore;
import dev.kimilinear.runtime.internal.OpenModels;
import io.quarkiverse.langchain4j.deployment.items.SelectedChatModelProviderBuildItem;
import io.quarkus.deployment.IsDevServicesSupportedByLaunchMode;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.Produce;
import io.quarkus.deployment.builditem.DevServicesResultBuildItem;
import io.quarkus.deployment.dev.devservices.DevServicesConfig;
import io.quarkus.deployment.pkg.builditem.ArtifactResultBuildItem;
import io.quarkus.deployment.pkg.builditem.JarBuildItem;
import io.quarkus.runtime.configuration.ConfigurationException;

/** Files of models: the dev service that has them fetched, and the package that contains them. */
class ModelFilesProcessor {

    private static final Logger LOG = Logger.getLogger("dev.kimilinear");

    /**
     * A model that is missing in dev and test mode is fetched by the application itself, which knows how far it is when it is
     * asked; the service is that it is told to.
     */
    @BuildStep(onlyIf = { IsDevServicesSupportedByLaunchMode.class, DevServicesConfig.Enabled.class })
    void fetchInDevMode(KimiLinearBuildConfig build, KimiLinearFixedConfig fixed,
            List<SelectedChatModelProviderBuildItem> selected, BuildProducer<DevServicesResultBuildItem> services) {
        if (!build.devservices().enabled()) {
            return;
        }
        ModelStore store = store();
        for (SelectedChatModelProviderBuildItem model : selected) {
            if (KimiLinearProcessor.PROVIDER.equals(model.getProvider())) {
                String prefix = ChatModelSettings.keyPrefix(model.getConfigName());
                Config config = ConfigProvider.getConfig();
                String named = config.getOptionalValue(prefix + "model-path", String.class)
                        .orElse(ChatModelSettings.fixed(model.getConfigName(), fixed).model());
                Optional<ModelSource.Remote> remote = ModelStore.remote(named, prefix + "model");
                if (remote.isPresent() && store.find(named, prefix + "model").isEmpty()) {
                    services.produce(DevServicesResultBuildItem.discovered().feature(KimiLinearProcessor.FEATURE)
                            .description("Fetches model " + remote.get() + " from where it is published")
                            .config(Map.of(prefix + "download", "true")).build());
                }
            }
        }
    }

    /** Puts the files of models beside the jar, in {@code models/NAME/}, where their configuration says so. */
    @BuildStep
    @Produce(ArtifactResultBuildItem.class)
    void packageModels(KimiLinearFixedConfig fixed, List<SelectedChatModelProviderBuildItem> selected,
            Optional<JarBuildItem> jar) throws IOException {
        if (jar.isEmpty()) {
            return;
        }
        for (SelectedChatModelProviderBuildItem model : selected) {
            KimiLinearFixedConfig.ChatModel config = ChatModelSettings.fixed(model.getConfigName(), fixed);
            if (KimiLinearProcessor.PROVIDER.equals(model.getProvider()) && config.packaging() != ModelPackaging.REFERENCE) {
                String key = ChatModelSettings.keyPrefix(model.getConfigName()) + "model";
                Path first = store().find(config.model(), key).orElseThrow(() -> new ConfigurationException("Model "
                        + ModelSource.shown(config.model()) + " (" + key
                        + ") is to be packaged, but is not on this machine. Fetch it with: kimi fetch '"
                        + ModelSource.shown(config.model()) + "'", Set.of(key)));
                Path folder = jar.get().getPath().resolveSibling(ModelStore.PACKAGED)
                        .resolve(OpenModels.readable(model.getConfigName()));
                Files.createDirectories(folder);
                for (Path file : ModelSupply.parts(first)) {
                    put(file, folder.resolve(file.getFileName()), config.packaging(), key);
                }
            }
        }
    }

    /** Links and copies are those of the content, where the cache of the hub has a link of its own. */
    private static void put(Path file, Path target, ModelPackaging packaging, String key) throws IOException {
        Path content = file.toRealPath();
        Files.deleteIfExists(target);
        if (packaging == ModelPackaging.LINK) {
            try {
                Files.createLink(target, content);
            } catch (IOException | UnsupportedOperationException e) {
                throw new ConfigurationException("Cannot make \"" + target + "\" a hard link to \"" + content + "\": " + e
                        + ". Use " + key.replaceFirst("model$", "packaging")
                        + "=copy, or build on the disk that has the model.", e,
                        Set.of(key));
            }
        } else {
            LOG.infof("Copying model %s to %s", content, target);
            Files.copy(content, target);
        }
    }

    private static ModelStore store() {
        return new ModelStore(ConfigProvider.getConfig()
                .getOptionalValue(KimiLinearProcessor.CONFIG_ROOT + ".cache-directory", Path.class)
                .orElse(EngineOptions.defaults().cacheDirectory()));
    }
}
