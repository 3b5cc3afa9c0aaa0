package dev.kimilinear.deployment;

import static io.quarkiverse.langchain4j.deployment.LangChain4jDotNames.CHAT_MODEL;
import static io.quarkiverse.langchain4j.deployment.LangChain4jDotNames.STREAMING_CHAT_MODEL;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.ClassType;
import org.jboss.jandex.DotName;
import org.jboss.jandex.ParameterizedType;
import org.jboss.jandex.Type;

import dev.kimilinear.KimiLinearChatModel;
import dev.kimilinear.KimiLinearStreamingChatModel;
import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.kimilinear.runtime.config.KimiLinearFixedConfig;
import dev.kimilinear.runtime.config.SnapshotStoreKind;
import dev.kimilinear.runtime.internal.KimiLinearRecorder;
import dev.kimilinear.runtime.internal.OpenModels;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.quarkiverse.langchain4j.ModelBuilderCustomizer;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.deployment.DeclarativeAiServiceBuildItem;
import io.quarkiverse.langchain4j.deployment.items.AiServicesMethodBuildItem;
import io.quarkiverse.langchain4j.deployment.items.ChatModelProviderCandidateBuildItem;
import io.quarkiverse.langchain4j.deployment.items.ImplicitlyUserConfiguredChatProviderBuildItem;
import io.quarkiverse.langchain4j.deployment.items.SelectedChatModelProviderBuildItem;
import io.quarkiverse.langchain4j.deployment.items.ToolMethodBuildItem;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.arc.deployment.AdditionalBeanBuildItem;
import io.quarkus.arc.deployment.ExcludedTypeBuildItem;
import io.quarkus.arc.deployment.SyntheticBeanBuildItem;
import io.quarkus.arc.deployment.UnremovableBeanBuildItem;
import io.quarkus.bootstrap.classloading.QuarkusClassLoader;
import io.quarkus.builder.item.SimpleBuildItem;
import io.quarkus.deployment.Capabilities;
import io.quarkus.deployment.Capability;
import io.quarkus.deployment.IsDevelopment;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Produce;
import io.quarkus.deployment.annotations.Record;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.builditem.LaunchModeBuildItem;
import io.quarkus.deployment.builditem.ModuleEnableNativeAccessBuildItem;
import io.quarkus.deployment.builditem.ShutdownContextBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageEnableModule;
import io.quarkus.deployment.builditem.nativeimage.NativeImageResourceBuildItem;
import io.quarkus.deployment.metrics.MetricsFactoryConsumerBuildItem;
import io.quarkus.deployment.pkg.builditem.ArtifactResultBuildItem;
import io.quarkus.deployment.pkg.builditem.JarBuildItem;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.smallrye.health.deployment.spi.HealthBuildItem;
import io.smallrye.config.NameIterator;

/** The provider {@code kimi-linear} of Quarkus LangChain4j. */
class KimiLinearProcessor {

    /** The engines of the models that the application uses, perhaps of none, open as soon as it starts. */
    static final class OpenModelsBuildItem extends SimpleBuildItem {

        private final RuntimeValue<OpenModels> models;

        OpenModelsBuildItem(RuntimeValue<OpenModels> models) {
            this.models = models;
        }

        RuntimeValue<OpenModels> models() {
            return models;
        }
    }

    static final String FEATURE = "langchain4j-kimi-linear";
    static final String PROVIDER = "kimi-linear";
    static final String CONFIG_ROOT = "quarkus.langchain4j.kimi-linear";
    private static final String VECTOR_MODULE = "jdk.incubator.vector";

    private static final DotName INSTANCE = DotName.createSimple(Instance.class);

    @BuildStep
    FeatureBuildItem feature() {
        return new FeatureBuildItem(FEATURE);
    }

    @BuildStep
    void candidate(KimiLinearBuildConfig config, BuildProducer<ChatModelProviderCandidateBuildItem> candidates) {
        if (config.chatModel().enabled()) {
            candidates.produce(new ChatModelProviderCandidateBuildItem(PROVIDER));
        }
    }

    /** A named model that is configured under our root is ours, also when there are other providers. */
    @BuildStep
    void namedModels(KimiLinearBuildConfig config, BuildProducer<ImplicitlyUserConfiguredChatProviderBuildItem> named) {
        if (config.chatModel().enabled()) {
            for (String name : configuredNames(ConfigProvider.getConfig().getPropertyNames())) {
                named.produce(new ImplicitlyUserConfiguredChatProviderBuildItem(name, PROVIDER));
            }
        }
    }

    /** The names N of keys {@code quarkus.langchain4j.kimi-linear.N.chat-model.*} and {@code ..N.enable-integration}. */
    static Set<String> configuredNames(Iterable<String> keys) {
        Set<String> names = new TreeSet<>();
        for (String key : keys) {
            if (key.startsWith(CONFIG_ROOT + ".")) {
                NameIterator segments = new NameIterator(key.substring(CONFIG_ROOT.length() + 1));
                String name = segments.getNextSegment();
                segments.next();
                if (segments.hasNext()
                        && (segments.nextSegmentEquals("chat-model") || segments.nextSegmentEquals("enable-integration"))) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void beans(KimiLinearRecorder recorder, List<SelectedChatModelProviderBuildItem> selected,
            LaunchModeBuildItem launchMode, ShutdownContextBuildItem shutdown, BuildProducer<SyntheticBeanBuildItem> beans,
            BuildProducer<OpenModelsBuildItem> openModels) {
        List<String> configNames = new ArrayList<>();
        for (SelectedChatModelProviderBuildItem model : selected) {
            if (PROVIDER.equals(model.getProvider())) {
                configNames.add(model.getConfigName());
            }
        }
        RuntimeValue<OpenModels> models = recorder.open(configNames, launchMode.isAuxiliaryApplication(), shutdown);
        openModels.produce(new OpenModelsBuildItem(models));
        beans.produce(SyntheticBeanBuildItem.configure(OpenModels.class).setRuntimeInit().scope(Singleton.class)
                .createWith(recorder.openModels(models)).done());
        for (String configName : configNames) {
            beans.produce(bean(CHAT_MODEL, KimiLinearChatModel.Builder.class, configName)
                    .createWith(recorder.chatModel(models, configName)).done());
            beans.produce(bean(STREAMING_CHAT_MODEL, KimiLinearStreamingChatModel.Builder.class, configName)
                    .createWith(recorder.streamingChatModel(models, configName)).done());
            beans.produce(named(SyntheticBeanBuildItem.configure(Engine.class), configName).setRuntimeInit().unremovable()
                    // It is a final class, of which there can be no proxy.
                    .scope(Singleton.class).createWith(recorder.engine(models, configName)).done());
            // The memory of AI services asks for it by type.
            beans.produce(named(SyntheticBeanBuildItem.configure(TokenCountEstimator.class), configName).setRuntimeInit()
                    .defaultBean().unremovable().scope(Singleton.class)
                    .createWith(recorder.tokenCountEstimator(models, configName)).done());
        }
    }

    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void prepareAiServices(KimiLinearRecorder recorder, OpenModelsBuildItem models,
            List<DeclarativeAiServiceBuildItem> services, List<AiServicesMethodBuildItem> methods,
            List<ToolMethodBuildItem> tools) {
        recorder.prepare(models.models(), AiServicePrompts.of(services, methods, tools));
    }

    @BuildStep
    @Record(ExecutionTime.RUNTIME_INIT)
    void metrics(KimiLinearRecorder recorder, OpenModelsBuildItem models,
            BuildProducer<MetricsFactoryConsumerBuildItem> metrics) {
        metrics.produce(new MetricsFactoryConsumerBuildItem(recorder.metrics(models.models()), ExecutionTime.RUNTIME_INIT));
    }

    /** The bean that keeps snapshots where a model asks for one; the application's own must not be removed. */
    @BuildStep
    void snapshotStore(KimiLinearFixedConfig config, Capabilities capabilities,
            BuildProducer<AdditionalBeanBuildItem> beans, BuildProducer<UnremovableBeanBuildItem> unremovable) {
        List<KimiLinearFixedConfig.Model> models = new ArrayList<>(config.namedModels().values());
        models.add(config.defaultModel());
        Set<SnapshotStoreKind> kinds = EnumSet.noneOf(SnapshotStoreKind.class);
        models.forEach(model -> kinds.add(model.chatModel().snapshots().store()));
        if (kinds.containsAll(Set.of(SnapshotStoreKind.REDIS, SnapshotStoreKind.BEAN))) {
            throw new ConfigurationException("Models of this application keep snapshots in Redis and in a bean"
                    + " (snapshots.store is redis here and bean there), expected one place for all that do not use files.");
        }
        if (kinds.contains(SnapshotStoreKind.REDIS)) {
            if (capabilities.isMissing(Capability.REDIS_CLIENT)) {
                throw new ConfigurationException("snapshots.store=redis needs a Redis client, but the application has none."
                        + " Add the extension quarkus-redis-client.");
            }
            beans.produce(AdditionalBeanBuildItem.unremovableOf("dev.kimilinear.runtime.redis.RedisSnapshotStore"));
        }
        if (kinds.contains(SnapshotStoreKind.BEAN)) {
            unremovable.produce(UnremovableBeanBuildItem.beanTypes(SnapshotStore.class));
        }
    }

    @BuildStep
    void health(KimiLinearBuildConfig config, BuildProducer<HealthBuildItem> checks) {
        boolean enabled = config.health().enabled();
        checks.produce(new HealthBuildItem("dev.kimilinear.runtime.health.EnginesReadyCheck", enabled));
        checks.produce(new HealthBuildItem("dev.kimilinear.runtime.health.EnginesLiveCheck", enabled));
    }

    private static SyntheticBeanBuildItem.ExtendedBeanConfigurator bean(DotName type, Class<?> builder, String configName) {
        SyntheticBeanBuildItem.ExtendedBeanConfigurator bean = SyntheticBeanBuildItem.configure(type)
                .setRuntimeInit()
                .defaultBean()
                // The Dev UI asks for all of them by type.
                .unremovable()
                .scope(ApplicationScoped.class)
                .addInjectionPoint(instanceOf(ClassType.create(ChatModelListener.class)))
                .addInjectionPoint(
                        instanceOf(ParameterizedType.create(DotName.createSimple(ModelBuilderCustomizer.class),
                                ClassType.create(builder))),
                        AnnotationInstance.builder(Any.class).build());
        return named(bean, configName);
    }

    private static SyntheticBeanBuildItem.ExtendedBeanConfigurator named(
            SyntheticBeanBuildItem.ExtendedBeanConfigurator bean, String configName) {
        return NamedConfigUtil.isDefault(configName) ? bean
                : bean.addQualifier(AnnotationInstance.builder(ModelName.class).add("value", configName).build());
    }

    private static Type instanceOf(Type type) {
        return ParameterizedType.create(INSTANCE, type);
    }

    /**
     * {@code java @quarkus-app/jvm.args -jar quarkus-app/quarkus-run.jar}: no attribute of a jar can add a module, so the
     * flag lies beside the jar (uber-jar: {@code target/jvm.args}).
     */
    @BuildStep
    @Produce(ArtifactResultBuildItem.class)
    void jvmArguments(Optional<JarBuildItem> jar) throws IOException {
        if (jar.isPresent()) {
            Path file = jar.get().getPath().resolveSibling("jvm.args");
            Files.writeString(file, "--add-modules=" + VECTOR_MODULE + "\n");
        }
    }

    /** The jar's attribute {@code Enable-Native-Access}: for advice on the pages of the mapped model, without a warning. */
    @BuildStep
    ModuleEnableNativeAccessBuildItem nativeAccess() {
        return new ModuleEnableNativeAccessBuildItem("dev.kimilinear.engine");
    }

    @BuildStep
    NativeImageEnableModule nativeImageModule() {
        return new NativeImageEnableModule(VECTOR_MODULE);
    }

    @BuildStep
    NativeImageResourceBuildItem nativeImageModel() {
        return new NativeImageResourceBuildItem("dev/kimilinear/tiny/kimi-linear-tiny.gguf");
    }

    /**
     * Qute's debugger for templates is a dependency that Quarkus adds in dev mode and that the runtime half excludes, see
     * there; its observer must go with it, or dev mode ends in a {@code NoClassDefFoundError}.
     */
    @BuildStep(onlyIf = IsDevelopment.class)
    void templateDebugger(BuildProducer<ExcludedTypeBuildItem> excluded) {
        if (!QuarkusClassLoader.isClassPresentAtRuntime("io.quarkus.qute.debug.adapter.RegisterDebugServerAdapter")) {
            excluded.produce(new ExcludedTypeBuildItem("io.quarkus.qute.runtime.debug.DebugQuteEngineObserver"));
        }
    }
}
