package dev.kimilinear.runtime.config;

import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_DRY_ALLOWED_LENGTH;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_DRY_BASE;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_DRY_MULTIPLIER;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_DRY_WINDOW;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_FREQUENCY_PENALTY;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_MIN_P;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_PENALTY_WINDOW;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_PRESENCE_PENALTY;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_REPETITION_PENALTY;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_TEMPERATURE;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_TOP_K;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_TOP_P;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_TYPICAL_P;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_XTC_PROBABILITY;
import static dev.kimilinear.KimiLinearChatRequestParameters.DEFAULT_XTC_THRESHOLD;
import static dev.kimilinear.engine.api.EngineOptions.DEFAULT_PARALLEL_SEQUENCES;
import static dev.kimilinear.engine.api.EngineOptions.DEFAULT_QUEUED_REQUESTS;
import static dev.kimilinear.engine.api.EngineOptions.DEFAULT_STEP_TOKENS;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import dev.kimilinear.engine.api.LatentCacheType;
import dev.kimilinear.engine.api.PanelMode;
import io.quarkus.runtime.annotations.ConfigDocDefault;
import io.quarkus.runtime.annotations.ConfigDocMapKey;
import io.quarkus.runtime.annotations.ConfigDocSection;
import io.quarkus.runtime.annotations.ConfigGroup;
import io.quarkus.runtime.annotations.ConfigPhase;
import io.quarkus.runtime.annotations.ConfigRoot;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithDefaults;
import io.smallrye.config.WithParentName;

/** What is read when the application starts. */
@ConfigRoot(phase = ConfigPhase.RUN_TIME)
@ConfigMapping(prefix = "quarkus.langchain4j.kimi-linear")
public interface KimiLinearConfig {

    /**
     * The directory for files that are derived from others, once, under their content hash: the embedded model unpacked,
     * panels of models (see {@code panels}), and snapshots of conversations (see {@code snapshots}).
     */
    @ConfigDocDefault("${XDG_CACHE_HOME:~/.cache}/kimi-linear")
    @WithDefault("${XDG_CACHE_HOME:${user.home}/.cache}/kimi-linear")
    Path cacheDirectory();

    /**
     * Snapshots in Redis.
     */
    RedisSnapshots redisSnapshots();

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
    interface RedisSnapshots {

        /**
         * How long a snapshot stays in Redis; at least a second. How much all of them may take is Redis' own affair
         * ({@code maxmemory}).
         */
        @WithDefault("1d")
        Duration expireAfter();
    }

    @ConfigGroup
    interface Model {

        /**
         * Whether the model works. With {@code false} no file is opened and every call throws a
         * {@code ModelDisabledException}.
         */
        @WithDefault("true")
        boolean enableIntegration();

        /**
         * Chat model.
         */
        ChatModel chatModel();
    }

    @ConfigGroup
    interface ChatModel {

        /**
         * Where the model lies on this machine, in place of what {@code model} says and in all its forms.
         */
        Optional<String> modelPath();

        /**
         * Whether a model of the hub or of a URL is fetched when it is not on this machine. The application starts at once, is
         * not ready until the model is there, and answers requests with a {@code ModelLoadingException} that says how far it
         * is. Without it such an application does not start. The dev service switches it on.
         */
        @WithDefault("false")
        boolean download();

        /**
         * How freely tokens are drawn, 0 or more: 0 always takes the most probable token (greedy), 1 draws from the
         * model's own distribution. Requests can set their own.
         */
        @WithDefault("${quarkus.langchain4j.temperature:" + DEFAULT_TEMPERATURE + "}")
        double temperature();

        /**
         * Draw from the k most probable tokens only; 0 keeps all. Requests can set their own.
         */
        @WithDefault("" + DEFAULT_TOP_K)
        int topK();

        /**
         * Draw from the smallest set of most probable tokens whose probabilities sum to at least this; above 0, at most
         * 1, and 1 keeps all. Requests can set their own.
         */
        @WithDefault("" + DEFAULT_TOP_P)
        double topP();

        /**
         * Draw from tokens at least this many times as probable as the most probable one only; 0 (all) to 1. Requests
         * can set their own with {@code KimiLinearChatRequestParameters}.
         */
        @WithDefault("" + DEFAULT_MIN_P)
        double minP();

        /**
         * Draw from the tokens whose surprise is closest to the expected one and whose probabilities sum to at least this
         * (locally typical sampling); above 0, at most 1, and 1 keeps all. Requests can set their own with
         * {@code KimiLinearChatRequestParameters}, as all that follows up to {@code seed}.
         */
        @WithDefault("" + DEFAULT_TYPICAL_P)
        double typicalP();

        /**
         * Divides the logits of tokens that came before, or multiplies those below 0; above 0, and 1 is off.
         */
        @WithDefault("" + DEFAULT_REPETITION_PENALTY)
        double repetitionPenalty();

        /**
         * Is subtracted from the logit of a token once for each time that it came before; 0 is off.
         */
        @WithDefault("" + DEFAULT_FREQUENCY_PENALTY)
        double frequencyPenalty();

        /**
         * Is subtracted from the logit of a token that came before; 0 is off.
         */
        @WithDefault("" + DEFAULT_PRESENCE_PENALTY)
        double presencePenalty();

        /**
         * How many of the last tokens of prompt and answer the three penalties look at; 0 means all.
         */
        @WithDefault("" + DEFAULT_PENALTY_WINDOW)
        int penaltyWindow();

        /**
         * "Don't repeat yourself".
         */
        Dry dry();

        /**
         * "Exclude top choices".
         */
        Xtc xtc();

        /**
         * What is added to the logits of tokens, by their ids in the vocabulary.
         */
        @ConfigDocMapKey("token-id")
        Map<Integer, Double> logitBias();

        /**
         * The seed of the random draw: the same model file, request and seed give the same answer. Without it every
         * answer is drawn anew. Requests can set their own with {@code KimiLinearChatRequestParameters}.
         */
        OptionalLong seed();

        /**
         * The most tokens of an answer, 0 or more; 0 means as many as the context holds. Requests can set their own.
         */
        @WithDefault("0")
        int maxOutputTokens();

        /**
         * Texts that end the answer when they appear in it; they are not part of it. Separated by commas; a comma in
         * a text is written {@code \\,}. Requests can set their own, which replace these.
         */
        Optional<List<String>> stop();

        /**
         * A grammar in GBNF, the notation of llama.cpp, that answers are held to. Requests can set their own with
         * {@code KimiLinearChatRequestParameters}.
         */
        Optional<String> grammar();

        /**
         * Whether one answer may call several tools. Requests can set their own with
         * {@code KimiLinearChatRequestParameters}.
         */
        @WithDefault("true")
        boolean parallelToolCalls();

        /**
         * Whether what a model writes between {@code <think>} and {@code </think>} in front of its answer is returned apart
         * from it, as {@code AiMessage.thinking()} and to {@code onPartialThinking}; otherwise it is part of the text.
         * Requests can set their own with {@code KimiLinearChatRequestParameters}.
         */
        @WithDefault("true")
        boolean returnThinking();

        /**
         * Whether answers go on where the model would end them, up to their limit: for measuring. Not together with tools,
         * JSON or a grammar. Requests can set their own with {@code KimiLinearChatRequestParameters}.
         */
        @WithDefault("false")
        boolean ignoreEos();

        /**
         * The most tokens, prompt and answer together, that one conversation may hold; 0 means the smaller of the
         * file's own limit and 8192. Memory for it is taken as it is used.
         */
        @WithDefault("0")
        int contextLength();

        /**
         * Threads that compute; 0 means one per physical core that the application may use.
         */
        @WithDefault("0")
        int threads();

        /**
         * How long a request may take, waiting for other requests included; zero means as long as it takes. Requests can set
         * their own with {@code KimiLinearChatRequestParameters}.
         */
        @ConfigDocDefault("what quarkus.langchain4j.timeout says, or 0s")
        @WithDefault("${quarkus.langchain4j.timeout:0s}")
        Duration timeout();

        /**
         * The most requests that are answered at a time, 1 to 4096: every step of the model takes each of them further.
         * The application does not start if that many conversations, each as long as {@code context-length}, do not fit
         * into memory.
         */
        @WithDefault("" + DEFAULT_PARALLEL_SEQUENCES)
        int parallelSequences();

        /**
         * The most requests that wait until one of those ends, 1 or more; one more fails with a
         * {@code RateLimitException}.
         */
        @WithDefault("" + DEFAULT_QUEUED_REQUESTS)
        int maxQueuedRequests();

        /**
         * The most tokens that the model reads in one step, 1 to 16384. Fewer make answers falter less while long prompts
         * of other requests are read, an eighth of it at a time; more read long prompts faster where nobody else waits.
         * Answers do not depend on it.
         */
        @WithDefault("" + DEFAULT_STEP_TOKENS)
        int stepTokens();

        /**
         * How MLA layers store the row that they cache for every token: {@code f16} in half precision, or {@code f32} in
         * twice the memory and without rounding.
         */
        @WithDefault("f16")
        LatentCacheType latentCache();

        /**
         * Where quantised weights are kept in the order that vector kernels read at the speed of memory (panels):
         * {@code file}, a file in the cache directory, written once for each model and mapped; {@code memory}, private
         * memory, filled at each start; {@code off}, nowhere, which is slower. {@code auto} takes {@code memory} for a
         * model with less than 256 MB of them, else {@code file}; where that cannot be written {@code memory} if they fit,
         * else {@code off} with a warning. Answers do not depend on it.
         */
        @WithDefault("auto")
        PanelMode panels();

        /**
         * What is remembered of conversations.
         */
        Snapshots snapshots();

        /**
         * The most memory that conversations, snapshots, intermediate values and panels in memory may take together; 0 means
         * what the
         * machine or container has. The mapped file does not count: it is read again where the system drops a part of it.
         */
        @WithDefault("0")
        MemorySize maxMemory();

        /**
         * Whether requests are logged, messages included.
         */
        @WithDefault("${quarkus.langchain4j.log-requests:false}")
        boolean logRequests();

        /**
         * Whether responses are logged, text included.
         */
        @WithDefault("${quarkus.langchain4j.log-responses:false}")
        boolean logResponses();
    }

    @ConfigGroup
    interface Dry {

        /**
         * A token that would continue a repetition, of n tokens that ended the text and stood in it before, loses
         * multiplier * base^(n - allowed-length) of its logit if n is at least the allowed length. 0 is off.
         */
        @WithDefault("" + DEFAULT_DRY_MULTIPLIER)
        double multiplier();

        /**
         * The base, 1 or more.
         */
        @WithDefault("" + DEFAULT_DRY_BASE)
        double base();

        /**
         * The shortest repetition that counts, 1 or more.
         */
        @WithDefault("" + DEFAULT_DRY_ALLOWED_LENGTH)
        int allowedLength();

        /**
         * How many of the last tokens of prompt and answer are looked at; 0 means all.
         */
        @WithDefault("" + DEFAULT_DRY_WINDOW)
        int window();

        /**
         * No repetition reaches over a token that contains one of these texts. Separated by commas; a comma in a text is
         * written {@code \\,}.
         */
        @ConfigDocDefault("line feed, colon, double quote, asterisk")
        Optional<List<String>> sequenceBreakers();
    }

    @ConfigGroup
    interface Xtc {

        /**
         * How often all tokens at least as probable as the threshold are left out but the least probable of them; 0 (off)
         * to 1.
         */
        @WithDefault("" + DEFAULT_XTC_PROBABILITY)
        double probability();

        /**
         * The threshold, 0 to 1; above one half it never leaves anything out.
         */
        @WithDefault("" + DEFAULT_XTC_THRESHOLD)
        double threshold();
    }

    @ConfigGroup
    interface Snapshots {

        /**
         * How much of Java's heap snapshots of conversations may take, so that the next turn, a changed message or the same
         * question need not read again what was read before; those used last stay. Zero switches snapshots off, those on
         * the disk too. Answers do not depend on it.
         */
        @ConfigDocDefault("a quarter of the heap that parallel-sequences leave, at most 2G")
        Optional<MemorySize> memory();

        /**
         * How much all snapshots in the folder {@code snapshots} of the cache directory may take together, those of other
         * models and applications too, so that conversations of more than 256 tokens go on after a restart. They hold what
         * was said, readable by the owner of the process only. Zero writes and reads none. It says nothing where
         * {@code snapshots.store} names another place.
         */
        @WithDefault("4G")
        MemorySize disk();

        /**
         * Whether what the prompts of AI services begin with, their system message and the constant beginning of their user
         * message, is read in the background when the application starts, so that the first request waits for its own words
         * only. Where a snapshot of it is on the disk there is nothing to read.
         */
        @WithDefault("true")
        boolean prepareAiServices();
    }
}
