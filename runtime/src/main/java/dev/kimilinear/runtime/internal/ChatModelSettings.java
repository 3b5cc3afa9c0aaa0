package dev.kimilinear.runtime.internal;

import java.util.HashSet;
import java.util.Set;

import dev.kimilinear.KimiLinearChatRequestParameters;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.engine.api.SnapshotStore;
import dev.kimilinear.runtime.config.KimiLinearConfig;
import dev.kimilinear.runtime.config.KimiLinearFixedConfig;
import dev.kimilinear.runtime.config.ModelPackaging;
import dev.kimilinear.runtime.config.SnapshotStoreKind;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.runtime.configuration.ConfigurationException;

/**
 * The configuration of one chat model, read and checked.
 *
 * @param model the model to open, as {@link KimiLinearFixedConfig.ChatModel#model} describes it
 * @param modelKey the configuration key that says so, for messages
 * @param packaged whether the build has put its files beside the jar
 * @param download whether it may be fetched when it is not there
 * @param options how to open it
 * @param keyPrefix what the configuration keys of this chat model begin with, for messages
 * @param parameters parameters of requests that do not set their own
 * @param prepareAiServices whether beginnings of prompts are read when the application starts
 * @param logRequests whether requests are logged
 * @param logResponses whether responses are logged
 */
public record ChatModelSettings(String model, String modelKey, boolean packaged, boolean download, EngineOptions options,
        String keyPrefix, KimiLinearChatRequestParameters parameters, boolean prepareAiServices, boolean logRequests,
        boolean logResponses) {

    /** One for all models, so that those which differ in nothing else share an engine. */
    private static final SnapshotStore BEAN_STORE = new BeanSnapshotStore();

    /**
     * @param configName the model's name, or {@link NamedConfigUtil#DEFAULT_NAME}
     * @throws ConfigurationException if values are out of range; all of them are reported, by key
     */
    static ChatModelSettings of(String configName, KimiLinearFixedConfig fixed, KimiLinearConfig config) {
        KimiLinearFixedConfig.ChatModel fixedModel = fixed(configName, fixed);
        KimiLinearConfig.ChatModel model = model(configName, config).chatModel();
        String prefix = keyPrefix(configName);

        Problems problems = new Problems(prefix);
        problems.expect(model.temperature() >= 0 && model.temperature() < Float.POSITIVE_INFINITY,
                "temperature", model.temperature(), "0 (greedy) or more");
        problems.expect(model.topK() >= 0, "top-k", model.topK(), "0 (off) or more");
        problems.expect(model.topP() > 0 && model.topP() <= 1, "top-p", model.topP(), "more than 0 and at most 1 (off)");
        problems.expect(model.minP() >= 0 && model.minP() <= 1, "min-p", model.minP(), "0 (off) to 1");
        problems.expect(model.typicalP() > 0 && model.typicalP() <= 1, "typical-p", model.typicalP(),
                "more than 0 and at most 1 (off)");
        problems.expect(model.repetitionPenalty() > 0 && model.repetitionPenalty() < Float.POSITIVE_INFINITY,
                "repetition-penalty", model.repetitionPenalty(), "more than 0; 1 is off");
        problems.expect(Double.isFinite(model.frequencyPenalty()), "frequency-penalty", model.frequencyPenalty(),
                "a finite number");
        problems.expect(Double.isFinite(model.presencePenalty()), "presence-penalty", model.presencePenalty(),
                "a finite number");
        problems.expect(model.penaltyWindow() >= 0, "penalty-window", model.penaltyWindow(), "0 (all tokens) or more");
        KimiLinearConfig.Dry dry = model.dry();
        problems.expect(dry.multiplier() >= 0 && dry.multiplier() < Float.POSITIVE_INFINITY, "dry.multiplier",
                dry.multiplier(), "0 (off) or more");
        problems.expect(dry.base() >= 1 && dry.base() < Float.POSITIVE_INFINITY, "dry.base", dry.base(), "1 or more");
        problems.expect(dry.allowedLength() >= 1, "dry.allowed-length", dry.allowedLength(), "1 or more");
        problems.expect(dry.window() >= 0, "dry.window", dry.window(), "0 (all tokens) or more");
        KimiLinearConfig.Xtc xtc = model.xtc();
        problems.expect(xtc.probability() >= 0 && xtc.probability() <= 1, "xtc.probability", xtc.probability(),
                "0 (off) to 1");
        problems.expect(xtc.threshold() >= 0 && xtc.threshold() <= 1, "xtc.threshold", xtc.threshold(), "0 to 1");
        model.logitBias().forEach((token, bias) -> problems.expect(token >= 0 && Double.isFinite(bias),
                "logit-bias." + token, bias, "the id of a token and a finite number"));
        problems.expect(model.maxOutputTokens() >= 0, "max-output-tokens", model.maxOutputTokens(),
                "0 (as many as fit) or more");
        problems.expect(model.contextLength() >= 0, "context-length", model.contextLength(), "0 (default) or more");
        problems.expect(model.threads() >= 0, "threads", model.threads(), "0 (one per core) or more");
        problems.expect(
                model.parallelSequences() >= 1 && model.parallelSequences() <= EngineOptions.MAX_PARALLEL_SEQUENCES,
                "parallel-sequences", model.parallelSequences(), "1 to " + EngineOptions.MAX_PARALLEL_SEQUENCES);
        problems.expect(!model.timeout().isNegative(), "timeout", model.timeout(), "0 (never) or more");
        problems.expect(model.maxQueuedRequests() >= 1, "max-queued-requests", model.maxQueuedRequests(), "1 or more");
        problems.expect(model.stepTokens() >= 1 && model.stepTokens() <= EngineOptions.MAX_STEP_TOKENS,
                "step-tokens", model.stepTokens(), "1 to " + EngineOptions.MAX_STEP_TOKENS);
        problems.expect(model.maxMemory().asBigInteger().bitLength() < Long.SIZE, "max-memory",
                model.maxMemory().asBigInteger() + " bytes", "0 (what the machine has) or a size of less than 8E");
        model.snapshots().memory().ifPresent(memory -> problems.expect(memory.asBigInteger().bitLength() < Long.SIZE,
                "snapshots.memory", memory.asBigInteger() + " bytes", "a size of less than 8E"));
        problems.expect(model.snapshots().disk().asBigInteger().bitLength() < Long.SIZE, "snapshots.disk",
                model.snapshots().disk().asBigInteger() + " bytes", "a size of less than 8E");
        problems.report();

        KimiLinearChatRequestParameters.Builder parameters = KimiLinearChatRequestParameters.builder()
                .overrideWith(KimiLinearChatRequestParameters.DEFAULTS)
                .temperature(model.temperature())
                .topK(model.topK())
                .topP(model.topP())
                .minP(model.minP())
                .typicalP(model.typicalP())
                .repetitionPenalty(model.repetitionPenalty())
                .frequencyPenalty(model.frequencyPenalty())
                .presencePenalty(model.presencePenalty())
                .penaltyWindow(model.penaltyWindow())
                .dryMultiplier(dry.multiplier())
                .dryBase(dry.base())
                .dryAllowedLength(dry.allowedLength())
                .dryWindow(dry.window())
                .xtcProbability(xtc.probability())
                .xtcThreshold(xtc.threshold())
                .logitBias(model.logitBias())
                .parallelToolCalls(model.parallelToolCalls())
                .returnThinking(model.returnThinking())
                .ignoreEos(model.ignoreEos())
                .maxOutputTokens(model.maxOutputTokens())
                .timeout(model.timeout());
        dry.sequenceBreakers().ifPresent(parameters::drySequenceBreakers);
        model.grammar().ifPresent(parameters::grammar);
        model.seed().ifPresent(parameters::seed);
        model.stop().ifPresent(parameters::stopSequences);
        return new ChatModelSettings(
                model.modelPath().orElse(fixedModel.model()),
                prefix + (model.modelPath().isPresent() ? "model-path" : "model"),
                model.modelPath().isEmpty() && fixedModel.packaging() != ModelPackaging.REFERENCE,
                model.download(),
                EngineOptions.defaults()
                        .withContextTokens(model.contextLength())
                        .withThreads(model.threads())
                        .withParallelSequences(model.parallelSequences())
                        .withMaxQueuedRequests(model.maxQueuedRequests())
                        .withStepTokens(model.stepTokens())
                        .withLatentCache(model.latentCache())
                        .withPanels(model.panels())
                        .withCacheDirectory(config.cacheDirectory())
                        .withMaxMemoryBytes(model.maxMemory().asLongValue())
                        .withSnapshots(snapshots(model.snapshots(), fixedModel.snapshots().store())),
                prefix,
                parameters.build(),
                model.snapshots().prepareAiServices(),
                model.logRequests(),
                model.logResponses());
    }

    /** What the configuration keys of a chat model begin with. */
    public static String keyPrefix(String configName) {
        return "quarkus.langchain4j.kimi-linear." + (NamedConfigUtil.isDefault(configName) ? "" : configName + ".")
                + "chat-model.";
    }

    /** What the build has fixed of a chat model. */
    public static KimiLinearFixedConfig.ChatModel fixed(String configName, KimiLinearFixedConfig config) {
        return (NamedConfigUtil.isDefault(configName) ? config.defaultModel() : config.namedModels().get(configName))
                .chatModel();
    }

    private static SnapshotOptions snapshots(KimiLinearConfig.Snapshots config, SnapshotStoreKind store) {
        SnapshotOptions options = store == SnapshotStoreKind.FILES
                ? SnapshotOptions.defaults().withDiskBytes(config.disk().asLongValue())
                : SnapshotOptions.defaults().withStore(BEAN_STORE);
        return config.memory().map(memory -> options.withMemoryBytes(memory.asLongValue())).orElse(options);
    }

    /** Whether the model of that name works at all. */
    static boolean enabled(String configName, KimiLinearConfig config) {
        return model(configName, config).enableIntegration();
    }

    /** Whether the demonstration model answers. */
    boolean embedded() {
        return KimiLinearFixedConfig.ChatModel.EMBEDDED.equals(model);
    }

    private static KimiLinearConfig.Model model(String configName, KimiLinearConfig config) {
        return NamedConfigUtil.isDefault(configName) ? config.defaultModel() : config.namedModels().get(configName);
    }

    /** Values out of range, reported together. */
    private static final class Problems {

        private final String prefix;
        private final StringBuilder message = new StringBuilder();
        private final Set<String> keys = new HashSet<>();

        Problems(String prefix) {
            this.prefix = prefix;
        }

        void expect(boolean fine, String key, Object value, String expected) {
            if (!fine) {
                message.append(message.isEmpty() ? "" : "\n").append(prefix).append(key).append(" is ").append(value)
                        .append(", expected ").append(expected).append('.');
                keys.add(prefix + key);
            }
        }

        void report() {
            if (!message.isEmpty()) {
                throw new ConfigurationException(message.toString(), keys);
            }
        }
    }
}
