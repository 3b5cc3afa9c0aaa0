package dev.kimilinear.runtime.internal;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.util.TypeLiteral;

import org.jboss.logging.Logger;

import dev.kimilinear.KimiLinearChatModel;
import dev.kimilinear.KimiLinearStreamingChatModel;
import dev.kimilinear.KimiLinearTokenCountEstimator;
import dev.kimilinear.engine.Engine;
import dev.kimilinear.engine.api.AnswerFormat;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.runtime.config.KimiLinearConfig;
import dev.kimilinear.runtime.config.KimiLinearFixedConfig;
import dev.langchain4j.model.ModelDisabledException;
import dev.langchain4j.model.TokenCountEstimator;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.DisabledChatModel;
import dev.langchain4j.model.chat.DisabledStreamingChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import io.quarkiverse.langchain4j.ModelBuilderCustomizer;
import io.quarkus.arc.SyntheticCreationalContext;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.RuntimeValue;
import io.quarkus.runtime.ShutdownContext;
import io.quarkus.runtime.annotations.Recorder;
import io.quarkus.runtime.metrics.MetricsFactory;

/** Opens the engines when the application starts, and creates the beans when they are first used. */
@Recorder
public class KimiLinearRecorder {

    private static final Logger LOG = Logger.getLogger("dev.kimilinear");

    private static final TypeLiteral<Instance<ChatModelListener>> LISTENERS = new TypeLiteral<>() {
    };
    private static final TypeLiteral<Instance<ModelBuilderCustomizer<KimiLinearChatModel.Builder>>> CUSTOMIZERS = new TypeLiteral<>() {
    };
    private static final TypeLiteral<Instance<ModelBuilderCustomizer<KimiLinearStreamingChatModel.Builder>>> STREAMING_CUSTOMIZERS = new TypeLiteral<>() {
    };

    private final RuntimeValue<KimiLinearFixedConfig> fixed;
    private final RuntimeValue<KimiLinearConfig> config;

    public KimiLinearRecorder(RuntimeValue<KimiLinearFixedConfig> fixed, RuntimeValue<KimiLinearConfig> config) {
        this.fixed = fixed;
        this.config = config;
    }

    /**
     * Opens the engines of all models that are not disabled, so that a wrong value or a damaged file stops the start and
     * not the first request. Models that must be fetched first are opened when they are there.
     */
    public RuntimeValue<OpenModels> open(List<String> configNames, boolean continuousTesting, ShutdownContext shutdown) {
        Map<String, ChatModelSettings> settings = new HashMap<>();
        for (String configName : configNames) {
            if (ChatModelSettings.enabled(configName, config.getValue())) {
                settings.put(configName, ChatModelSettings.of(configName, fixed.getValue(), config.getValue()));
            }
        }
        warnOfEmbedded(settings.values());
        ModelOpener opener = new ModelOpener(new ModelStore(config.getValue().cacheDirectory()), LaunchMode.current(),
                continuousTesting);
        OpenModels models = opener.open(settings);
        shutdown.addShutdownTask(() -> opener.stop(models));
        return new RuntimeValue<>(models);
    }

    private static void warnOfEmbedded(Collection<ChatModelSettings> settings) {
        List<String> keys = settings.stream().filter(ChatModelSettings::embedded).map(ChatModelSettings::modelKey).toList();
        if (!keys.isEmpty() && LaunchMode.current() == LaunchMode.NORMAL) {
            LOG.warnf(
                    "The embedded demonstration model answers: 3.5 million parameters that know capitals, sums and little else, not "
                            + "a model for production. Set %s to a Kimi-Linear GGUF file.",
                    String.join(" and ", keys));
        }
    }

    /** What health checks ask. */
    public Function<SyntheticCreationalContext<OpenModels>, OpenModels> openModels(RuntimeValue<OpenModels> models) {
        return context -> models.getValue();
    }

    public Consumer<MetricsFactory> metrics(RuntimeValue<OpenModels> models) {
        return factory -> EngineMetrics.register(factory, models.getValue());
    }

    /** Has the engines compile what answers are held to, and read what prompts begin with, in the background. */
    public void prepare(RuntimeValue<OpenModels> models, List<AiServicePrompt> prompts) {
        for (AiServicePrompt prompt : prompts) {
            OpenModel model = models.getValue().get(prompt.model());
            if (model != null && model.settings().prepareAiServices()) {
                model.whenOpen(engine -> prepare(engine, prompt));
            }
        }
    }

    private static void prepare(Engine engine, AiServicePrompt prompt) {
        try {
            AnswerFormat format = prompt.responseSchema().isEmpty() ? AnswerFormat.text()
                    : new AnswerFormat.JsonSchema(prompt.responseSchema());
            engine.prepare(format, prompt.toolSpecs());
            if (prompt.hasBeginning()) {
                engine.prepare(prompt.turns(), prompt.toolSpecs());
            }
        } catch (EngineException | IllegalArgumentException e) {
            // Calls of the method will say the same to their callers.
            LOG.warnf("The prompt of %s cannot be prepared: %s", prompt.service(), e.getMessage());
        }
    }

    public Function<SyntheticCreationalContext<Engine>, Engine> engine(RuntimeValue<OpenModels> models,
            String configName) {
        OpenModel model = models.getValue().get(configName);
        return context -> {
            if (model == null) {
                throw new ModelDisabledException("There is no engine of a model whose integration is not enabled");
            }
            return model.engine();
        };
    }

    public Function<SyntheticCreationalContext<TokenCountEstimator>, TokenCountEstimator> tokenCountEstimator(
            RuntimeValue<OpenModels> models, String configName) {
        OpenModel model = models.getValue().get(configName);
        return context -> {
            if (model == null) {
                throw new ModelDisabledException(
                        "There is nothing to count tokens with: the model's integration is not enabled");
            }
            return new KimiLinearTokenCountEstimator(model::engine);
        };
    }

    public Function<SyntheticCreationalContext<ChatModel>, ChatModel> chatModel(
            RuntimeValue<OpenModels> models, String configName) {
        OpenModel model = models.getValue().get(configName);
        if (model == null) {
            return context -> new DisabledChatModel();
        }
        return context -> {
            KimiLinearChatModel.Builder builder = KimiLinearChatModel.builder()
                    .engine(model::engine)
                    .defaultRequestParameters(model.settings().parameters())
                    .logRequests(model.settings().logRequests())
                    .logResponses(model.settings().logResponses())
                    .listeners(context.getInjectedReference(LISTENERS).stream().toList());
            ModelBuilderCustomizer.applyCustomizers(
                    context.getInjectedReference(CUSTOMIZERS, Any.Literal.INSTANCE), builder, configName);
            return builder.build();
        };
    }

    public Function<SyntheticCreationalContext<StreamingChatModel>, StreamingChatModel> streamingChatModel(
            RuntimeValue<OpenModels> models, String configName) {
        OpenModel model = models.getValue().get(configName);
        if (model == null) {
            return context -> new DisabledStreamingChatModel();
        }
        return context -> {
            KimiLinearStreamingChatModel.Builder builder = KimiLinearStreamingChatModel.builder()
                    .engine(model::engine)
                    .defaultRequestParameters(model.settings().parameters())
                    .logRequests(model.settings().logRequests())
                    .logResponses(model.settings().logResponses())
                    .listeners(context.getInjectedReference(LISTENERS).stream().toList());
            ModelBuilderCustomizer.applyCustomizers(
                    context.getInjectedReference(STREAMING_CUSTOMIZERS, Any.Literal.INSTANCE), builder, configName);
            return builder.build();
        };
    }
}
