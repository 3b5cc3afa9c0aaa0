package dev.kimilinear.deployment;

import static io.quarkiverse.langchain4j.deployment.LangChain4jDotNames.CHAT_MODEL;
import static io.quarkiverse.langchain4j.deployment.LangChain4jDotNames.STREAMING_CHAT_MODEL;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;

import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.ClassType;
import org.jboss.jandex.DotName;
import org.jboss.jandex.ParameterizedType;
import org.jboss.jandex.Type;

import dev.kimilinear.KimiLinearChatModel;
import dev.kimilinear.KimiLinearStreamingChatModel;
import dev.kimilinear.runtime.internal.KimiLinearRecorder;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.quarkiverse.langchain4j.ModelBuilderCustomizer;
import io.quarkiverse.langchain4j.ModelName;
import io.quarkiverse.langchain4j.deployment.items.ChatModelProviderCandidateBuildItem;
import io.quarkiverse.langchain4j.deployment.items.ImplicitlyUserConfiguredChatProviderBuildItem;
import io.quarkiverse.langchain4j.deployment.items.SelectedChatModelProviderBuildItem;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.arc.deployment.ExcludedTypeBuildItem;
import io.quarkus.arc.deployment.SyntheticBeanBuildItem;
import io.quarkus.bootstrap.classloading.QuarkusClassLoader;
import io.quarkus.deployment.IsDevelopment;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.ExecutionTime;
import io.quarkus.deployment.annotations.Produce;
import io.quarkus.deployment.annotations.Record;
import io.quarkus.deployment.builditem.FeatureBuildItem;
import io.quarkus.deployment.builditem.ModuleEnableNativeAccessBuildItem;
import io.quarkus.deployment.builditem.ShutdownContextBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageEnableModule;
import io.quarkus.deployment.builditem.nativeimage.NativeImageResourceBuildItem;
import io.quarkus.deployment.pkg.builditem.ArtifactResultBuildItem;
import io.quarkus.deployment.pkg.builditem.JarBuildItem;
import io.quarkus.runtime.RuntimeValue;
import io.smallrye.config.NameIterator;

/** The provider {@code kimi-linear} of Quarkus LangChain4j. */
class KimiLinearProcessor {

    private static final String FEATURE = "langchain4j-kimi-linear";
    private static final String PROVIDER = "kimi-linear";
    private static final String CONFIG_ROOT = "quarkus.langchain4j.kimi-linear";
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
            ShutdownContextBuildItem shutdown, BuildProducer<SyntheticBeanBuildItem> beans) {
        List<String> configNames = new ArrayList<>();
        for (SelectedChatModelProviderBuildItem model : selected) {
            if (PROVIDER.equals(model.getProvider())) {
                configNames.add(model.getConfigName());
            }
        }
        if (configNames.isEmpty()) {
            return;
        }
        RuntimeValue<Map<String, KimiLinearRecorder.OpenModel>> models = recorder.open(configNames, shutdown);
        for (String configName : configNames) {
            beans.produce(bean(CHAT_MODEL, KimiLinearChatModel.Builder.class, configName)
                    .createWith(recorder.chatModel(models, configName)).done());
            beans.produce(bean(STREAMING_CHAT_MODEL, KimiLinearStreamingChatModel.Builder.class, configName)
                    .createWith(recorder.streamingChatModel(models, configName)).done());
        }
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
        if (!NamedConfigUtil.isDefault(configName)) {
            bean.addQualifier(AnnotationInstance.builder(ModelName.class).add("value", configName).build());
        }
        return bean;
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
