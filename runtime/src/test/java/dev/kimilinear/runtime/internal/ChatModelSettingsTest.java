package dev.kimilinear.runtime.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.kimilinear.KimiLinearChatRequestParameters;
import dev.kimilinear.engine.api.EngineOptions;
import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.PanelMode;
import dev.kimilinear.engine.api.SnapshotOptions;
import dev.kimilinear.runtime.chat.ChatRequestMapper;
import dev.kimilinear.runtime.config.KimiLinearConfig;
import dev.kimilinear.runtime.config.KimiLinearFixedConfig;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import io.quarkiverse.langchain4j.runtime.NamedConfigUtil;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

class ChatModelSettingsTest {

    private static final String ROOT = "quarkus.langchain4j.kimi-linear.";

    /** A value that is not the default for every key; a key without one fails {@link #everyKeyHasAValueToTry}. */
    private static final Map<String, String> CHANGES = Map.ofEntries(
            Map.entry("cache-directory", "/somewhere"),
            Map.entry("enable-integration", "false"),
            Map.entry("chat-model.model", "models/kimi.gguf"),
            Map.entry("chat-model.model-path", "/data/kimi.gguf"),
            Map.entry("chat-model.packaging", "copy"),
            Map.entry("chat-model.download", "true"),
            Map.entry("chat-model.temperature", "0"),
            Map.entry("chat-model.top-k", "40"),
            Map.entry("chat-model.top-p", "0.5"),
            Map.entry("chat-model.min-p", "0.25"),
            Map.entry("chat-model.typical-p", "0.7"),
            Map.entry("chat-model.repetition-penalty", "1.1"),
            Map.entry("chat-model.frequency-penalty", "0.1"),
            Map.entry("chat-model.presence-penalty", "0.2"),
            Map.entry("chat-model.penalty-window", "100"),
            Map.entry("chat-model.dry.multiplier", "0.8"),
            Map.entry("chat-model.dry.base", "2"),
            Map.entry("chat-model.dry.allowed-length", "3"),
            Map.entry("chat-model.dry.window", "200"),
            Map.entry("chat-model.dry.sequence-breakers", "!,?"),
            Map.entry("chat-model.xtc.probability", "0.5"),
            Map.entry("chat-model.xtc.threshold", "0.2"),
            Map.entry("chat-model.logit-bias.7", "-2"),
            Map.entry("chat-model.seed", "7"),
            Map.entry("chat-model.grammar", "root ::= [a-z]+"),
            Map.entry("chat-model.parallel-tool-calls", "false"),
            Map.entry("chat-model.return-thinking", "false"),
            Map.entry("chat-model.ignore-eos", "true"),
            Map.entry("chat-model.max-output-tokens", "100"),
            Map.entry("chat-model.stop", "END,STOP"),
            Map.entry("chat-model.context-length", "512"),
            Map.entry("chat-model.threads", "3"),
            Map.entry("chat-model.timeout", "30s"),
            Map.entry("chat-model.parallel-sequences", "3"),
            Map.entry("chat-model.max-queued-requests", "5"),
            Map.entry("chat-model.step-tokens", "100"),
            Map.entry("chat-model.latent-cache", "f32"),
            Map.entry("chat-model.panels", "off"),
            Map.entry("chat-model.max-memory", "2G"),
            Map.entry("chat-model.snapshots.memory", "1G"),
            Map.entry("chat-model.snapshots.disk", "10G"),
            Map.entry("chat-model.snapshots.store", "bean"),
            Map.entry("redis-snapshots.expire-after", "1h"),
            Map.entry("chat-model.snapshots.prepare-ai-services", "false"),
            Map.entry("chat-model.log-requests", "true"),
            Map.entry("chat-model.log-responses", "true"));

    private static SmallRyeConfig config(Map<String, String> properties) {
        return new SmallRyeConfigBuilder()
                .addSystemSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(KimiLinearFixedConfig.class)
                .withMapping(KimiLinearConfig.class)
                .withValidateUnknown(false)
                .withSources(new PropertiesConfigSource(properties, "test", 1000))
                .build();
    }

    private static ChatModelSettings settings(String name, Map<String, String> properties) {
        SmallRyeConfig config = config(properties);
        return ChatModelSettings.of(name, config.getConfigMapping(KimiLinearFixedConfig.class),
                config.getConfigMapping(KimiLinearConfig.class));
    }

    private static ChatModelSettings settings(Map<String, String> properties) {
        return settings(NamedConfigUtil.DEFAULT_NAME, properties);
    }

    /** All that the rest of the extension does with the configuration: the engine, the files, a request, the log. */
    private static List<Object> effect(String name, Map<String, String> properties) {
        SmallRyeConfig config = config(properties);
        ChatModelSettings settings = settings(name, properties);
        ChatRequest request = ChatRequest.builder().messages(UserMessage.from("hi")).build();
        return List.of(
                config.getConfigMapping(KimiLinearConfig.class).cacheDirectory(),
                config.getConfigMapping(KimiLinearConfig.class).redisSnapshots().expireAfter(),
                settings.prepareAiServices(),
                ChatModelSettings.enabled(name, config.getConfigMapping(KimiLinearConfig.class)),
                settings.model(), settings.packaged(), settings.download(), settings.options(), settings.logRequests(),
                settings.logResponses(),
                new ChatRequestMapper("kimi", KimiLinearChatRequestParameters.DEFAULTS.overrideWith(settings.parameters()))
                        .map(request));
    }

    static Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        collect(KimiLinearFixedConfig.class, "", keys);
        collect(KimiLinearConfig.class, "", keys);
        return keys;
    }

    private static void collect(Class<?> group, String prefix, Collection<String> keys) {
        for (Method method : group.getDeclaredMethods()) {
            Class<?> type = method.getReturnType();
            if (method.getName().equals("defaultModel")) {
                collect(type, prefix, keys);
            } else if (type.isInterface() && type.getName().startsWith("dev.kimilinear.")) {
                collect(type, prefix + kebab(method.getName()) + ".", keys);
            } else if (type == Map.class && !method.getName().equals("namedModels")) {
                keys.add(prefix + kebab(method.getName()) + ".7");
            } else if (!method.getName().equals("namedModels")) {
                keys.add(prefix + kebab(method.getName()));
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    @Test
    void everyKeyHasAValueToTry() {
        assertThat(CHANGES.keySet()).containsExactlyInAnyOrderElementsOf(keys());
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeyChangesSomething(String key) {
        assertThat(effect(NamedConfigUtil.DEFAULT_NAME, Map.of(ROOT + key, CHANGES.get(key))))
                .isNotEqualTo(effect(NamedConfigUtil.DEFAULT_NAME, Map.of()));
    }

    static Stream<String> keysOfAModel() {
        return keys().stream().filter(key -> !key.equals("cache-directory") && !key.startsWith("redis-snapshots."));
    }

    @ParameterizedTest
    @MethodSource("keysOfAModel")
    void everyKeyOfANamedModelChangesThatModelOnly(String key) {
        Map<String, String> properties = Map.of(ROOT + "creative." + key, CHANGES.get(key));

        assertThat(effect("creative", properties)).isNotEqualTo(effect("creative", Map.of()));
        assertThat(effect(NamedConfigUtil.DEFAULT_NAME, properties))
                .isEqualTo(effect(NamedConfigUtil.DEFAULT_NAME, Map.of()));
    }

    @Test
    void theDefaultsAreThoseOfTheBuilders() {
        ChatModelSettings settings = settings(Map.of());

        assertThat(settings.parameters()).isEqualTo(KimiLinearChatRequestParameters.builder()
                .overrideWith(KimiLinearChatRequestParameters.DEFAULTS).maxOutputTokens(0).timeout(Duration.ZERO).build());
        assertThat(settings.options()).isEqualTo(EngineOptions.defaults());
        assertThat(settings.model()).isEqualTo("tiny");
        assertThat(settings.embedded()).isTrue();
        assertThat(settings.modelKey()).isEqualTo(ROOT + "chat-model.model");
    }

    @Test
    void aNamedModelThatIsNotConfiguredHasTheDefaultsToo() {
        assertThat(effect("unheard-of", Map.of())).isEqualTo(effect(NamedConfigUtil.DEFAULT_NAME, Map.of()));
    }

    @Test
    void modelPathOverridesModelAndIsTheKeyToBlame() {
        ChatModelSettings settings = settings("creative", Map.of(
                ROOT + "creative.chat-model.model", "a.gguf", ROOT + "creative.chat-model.model-path", "b.gguf"));

        assertThat(settings.model()).isEqualTo("b.gguf");
        assertThat(settings.modelKey()).isEqualTo(ROOT + "creative.chat-model.model-path");
        assertThat(settings.embedded()).isFalse();
    }

    @Test
    void theKeysOfAllProvidersAreInherited() {
        ChatModelSettings settings = settings(Map.of(
                "quarkus.langchain4j.temperature", "0.3",
                "quarkus.langchain4j.log-requests", "true",
                "quarkus.langchain4j.log-responses", "true"));

        assertThat(settings.parameters().temperature()).isEqualTo(0.3);
        assertThat(settings.logRequests()).isTrue();
        assertThat(settings.logResponses()).isTrue();
    }

    @Test
    void ourKeysComeBeforeThoseOfAllProviders() {
        ChatModelSettings settings = settings(Map.of(
                "quarkus.langchain4j.temperature", "0.3", ROOT + "chat-model.temperature", "0.1",
                "quarkus.langchain4j.log-requests", "true", ROOT + "chat-model.log-requests", "false"));

        assertThat(settings.parameters().temperature()).isEqualTo(0.1);
        assertThat(settings.logRequests()).isFalse();
    }

    @Test
    void theCacheDirectoryLiesInTheUsersCache() {
        KimiLinearConfig byHome = config(Map.of("user.home", "/home/ada")).getConfigMapping(KimiLinearConfig.class);
        KimiLinearConfig byXdg = config(Map.of("XDG_CACHE_HOME", "/xdg")).getConfigMapping(KimiLinearConfig.class);

        assertThat(byXdg.cacheDirectory()).isEqualTo(Path.of("/xdg/kimi-linear"));
        if (System.getenv("XDG_CACHE_HOME") == null) {
            assertThat(byHome.cacheDirectory()).isEqualTo(Path.of("/home/ada/.cache/kimi-linear"));
        } else {
            assertThat(byHome.cacheDirectory()).isEqualTo(Path.of(System.getenv("XDG_CACHE_HOME"), "kimi-linear"));
        }
    }

    @Test
    void theOptionsReachTheEngine() {
        EngineOptions options = settings(Map.of(
                ROOT + "cache-directory", "/somewhere",
                ROOT + "chat-model.parallel-sequences", "3",
                ROOT + "chat-model.max-queued-requests", "5",
                ROOT + "chat-model.step-tokens", "100",
                ROOT + "chat-model.latent-cache", "f32",
                ROOT + "chat-model.panels", "file",
                ROOT + "chat-model.max-memory", "2G",
                ROOT + "chat-model.snapshots.memory", "0",
                ROOT + "chat-model.snapshots.disk", "1K")).options();

        assertThat(options).isEqualTo(EngineOptions.defaults().withCacheDirectory(Path.of("/somewhere"))
                .withParallelSequences(3).withMaxQueuedRequests(5).withStepTokens(100).withLatentCache(LatentCacheType.F32)
                .withPanels(PanelMode.FILE)
                .withMaxMemoryBytes(2L << 30)
                .withSnapshots(SnapshotOptions.defaults().withMemoryBytes(0).withDiskBytes(1024)));
    }

    /** Then the files' budget does not matter, and all models have the one store. */
    @Test
    void aStoreThatIsNoFilesIsTheSameForAllModels() {
        SnapshotOptions redis = settings(Map.of(ROOT + "chat-model.snapshots.store", "redis",
                ROOT + "chat-model.snapshots.disk", "7G")).options().snapshots();

        assertThat(redis.store()).isPresent();
        assertThat(settings("creative", Map.of(ROOT + "creative.chat-model.snapshots.store", "bean")).options().snapshots())
                .isEqualTo(redis);
    }

    @Test
    void theTimeoutOfAllModelsIsOursToo() {
        assertThat(settings(Map.of("quarkus.langchain4j.timeout", "20s")).parameters().timeout()).hasSeconds(20);
        assertThat(settings(Map.of("quarkus.langchain4j.timeout", "20s", ROOT + "chat-model.timeout", "5s")).parameters()
                .timeout()).hasSeconds(5);
    }

    @ParameterizedTest
    @CsvSource({
            "temperature, -0.1, '-0.1, expected 0 (greedy) or more'",
            "temperature, NaN, 'NaN, expected 0 (greedy) or more'",
            "top-k, -1, '-1, expected 0 (off) or more'",
            "top-p, 0, '0.0, expected more than 0 and at most 1 (off)'",
            "top-p, 1.5, '1.5, expected more than 0 and at most 1 (off)'",
            "min-p, 1.5, '1.5, expected 0 (off) to 1'",
            "typical-p, 0, '0.0, expected more than 0 and at most 1 (off)'",
            "repetition-penalty, 0, '0.0, expected more than 0; 1 is off'",
            "frequency-penalty, NaN, 'NaN, expected a finite number'",
            "presence-penalty, Infinity, 'Infinity, expected a finite number'",
            "penalty-window, -1, '-1, expected 0 (all tokens) or more'",
            "dry.multiplier, -1, '-1.0, expected 0 (off) or more'",
            "dry.base, 0.5, '0.5, expected 1 or more'",
            "dry.allowed-length, 0, '0, expected 1 or more'",
            "dry.window, -1, '-1, expected 0 (all tokens) or more'",
            "xtc.probability, 2, '2.0, expected 0 (off) to 1'",
            "xtc.threshold, -1, '-1.0, expected 0 to 1'",
            "logit-bias.-1, 2, '2.0, expected the id of a token and a finite number'",
            "max-output-tokens, -5, '-5, expected 0 (as many as fit) or more'",
            "context-length, -1, '-1, expected 0 (default) or more'",
            "threads, -1, '-1, expected 0 (one per core) or more'",
            "parallel-sequences, 0, '0, expected 1 to 4096'",
            "parallel-sequences, 5000, '5000, expected 1 to 4096'",
            "timeout, -1s, 'PT-1S, expected 0 (never) or more'",
            "max-queued-requests, 0, '0, expected 1 or more'",
            "step-tokens, 0, '0, expected 1 to 16384'",
            "step-tokens, 16385, '16385, expected 1 to 16384'",
            "snapshots.memory, 8E, '9223372036854775808 bytes, expected a size of less than 8E'",
            "snapshots.disk, 8E, '9223372036854775808 bytes, expected a size of less than 8E'",
            "max-memory, 8E, '9223372036854775808 bytes, expected 0 (what the machine has) or a size of less than 8E'" })
    void aValueOutOfRangeIsRefusedByItsKey(String key, String value, String message) {
        String fullKey = ROOT + "chat-model." + key;

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> settings(Map.of(fullKey, value)))
                .withMessage(fullKey + " is " + message + ".")
                .satisfies(e -> assertThat(e.getConfigKeys()).containsExactly(fullKey));
    }

    @Test
    void allValuesOutOfRangeAreReportedTogether() {
        Map<String, String> properties = new HashMap<>();
        properties.put(ROOT + "creative.chat-model.top-k", "-1");
        properties.put(ROOT + "creative.chat-model.threads", "-2");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> settings("creative", properties))
                .withMessageContainingAll(ROOT + "creative.chat-model.top-k is -1", ROOT + "creative.chat-model.threads is -2");
    }

    @Test
    void aValueOfTheWrongTypeIsRefusedByItsKey() {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> settings(Map.of(ROOT + "chat-model.top-k", "many")))
                .withMessageContaining(ROOT + "chat-model.top-k");
    }
}
