package dev.kimilinear.benchmarks.contender;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The functions of llama.cpp {@value #RELEASE} that the comparison calls, bound by the foreign function interface. The
 * layouts are those of {@code llama.h} and {@code ggml.h} of that release. A library of another release is refused where
 * its default parameters, read through these layouts, are not that release's.
 *
 * <p>
 * Loaded once for the life of the process. Pointers are the library's own; who closes them is said at each method.
 */
@SuppressWarnings("restricted") // Calling native code is the purpose of this class.
final class LlamaLibrary {

    /** The release that the pinned package was built from. */
    static final String RELEASE = "v0.5.0";

    private static final StructLayout MODEL_PARAMS = MemoryLayout.structLayout(ADDRESS.withName("devices"),
            ADDRESS.withName("tensor_buft_overrides"), JAVA_INT.withName("n_gpu_layers"), JAVA_INT.withName("split_mode"),
            JAVA_INT.withName("load_mode"), JAVA_INT.withName("lazy_mode"), JAVA_INT.withName("main_gpu"),
            MemoryLayout.paddingLayout(4), ADDRESS.withName("tensor_split"), ADDRESS.withName("progress_callback"),
            ADDRESS.withName("progress_callback_user_data"), ADDRESS.withName("kv_overrides"),
            JAVA_BOOLEAN.withName("vocab_only"), JAVA_BOOLEAN.withName("check_tensors"),
            JAVA_BOOLEAN.withName("use_extra_bufts"), JAVA_BOOLEAN.withName("no_host"), JAVA_BOOLEAN.withName("no_alloc"),
            JAVA_BOOLEAN.withName("load_mtp"), MemoryLayout.paddingLayout(2));

    private static final StructLayout CONTEXT_PARAMS = MemoryLayout.structLayout(JAVA_INT.withName("n_ctx"),
            JAVA_INT.withName("n_batch"), JAVA_INT.withName("n_ubatch"), JAVA_INT.withName("n_seq_max"),
            JAVA_INT.withName("n_rs_seq"), JAVA_INT.withName("n_outputs_max"),
            JAVA_INT.withName("n_outputs_max_per_seq"), JAVA_INT.withName("n_threads"),
            JAVA_INT.withName("n_threads_batch"), JAVA_INT.withName("ctx_type"), JAVA_INT.withName("rope_scaling_type"),
            JAVA_INT.withName("pooling_type"), JAVA_INT.withName("attention_type"), JAVA_INT.withName("flash_attn_type"),
            JAVA_FLOAT.withName("rope_freq_base"), JAVA_FLOAT.withName("rope_freq_scale"),
            JAVA_FLOAT.withName("yarn_ext_factor"), JAVA_FLOAT.withName("yarn_attn_factor"),
            JAVA_FLOAT.withName("yarn_beta_fast"), JAVA_FLOAT.withName("yarn_beta_slow"),
            JAVA_INT.withName("yarn_orig_ctx"), JAVA_FLOAT.withName("defrag_thold"), ADDRESS.withName("cb_eval"),
            ADDRESS.withName("cb_eval_user_data"), JAVA_INT.withName("type_k"), JAVA_INT.withName("type_v"),
            ADDRESS.withName("abort_callback"), ADDRESS.withName("abort_callback_data"),
            JAVA_BOOLEAN.withName("embeddings"), JAVA_BOOLEAN.withName("offload_kqv"), JAVA_BOOLEAN.withName("no_perf"),
            JAVA_BOOLEAN.withName("op_offload"), JAVA_BOOLEAN.withName("swa_full"), JAVA_BOOLEAN.withName("kv_unified"),
            MemoryLayout.paddingLayout(2), ADDRESS.withName("samplers"), JAVA_LONG.withName("n_samplers"),
            ADDRESS.withName("ctx_other"));

    private static final StructLayout BATCH = MemoryLayout.structLayout(JAVA_INT.withName("n_tokens"),
            MemoryLayout.paddingLayout(4), ADDRESS.withName("token"), ADDRESS.withName("embd"), ADDRESS.withName("pos"),
            ADDRESS.withName("n_seq_id"), ADDRESS.withName("seq_id"), ADDRESS.withName("logits"));

    private static final StructLayout THREADPOOL_PARAMS = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(512, JAVA_BOOLEAN).withName("cpumask"), JAVA_INT.withName("n_threads"),
            JAVA_INT.withName("prio"), JAVA_INT.withName("poll"), JAVA_BOOLEAN.withName("strict_cpu"),
            JAVA_BOOLEAN.withName("paused"), MemoryLayout.paddingLayout(2));

    /** Of {@code enum ggml_backend_dev_type}. */
    private static final int DEVICE_TYPE_CPU = 0;
    /** Of {@code enum llama_flash_attn_type}: on where the backend supports it for all layers. */
    private static final int FLASH_ATTENTION_AUTO = -1;
    /** Of {@code enum ggml_type}. */
    private static final int TYPE_F16 = 1;
    /** What the library logs when it has decided about flash attention. */
    private static final Pattern FLASH_ATTENTION_LOG = Pattern
            .compile("Flash Attention (?:not supported, set to )?(enabled|disabled)");

    /** A loaded model with a context and, for more than one thread, a pool of them. */
    record Context(MemorySegment model, MemorySegment context, MemorySegment threadPool) {
    }

    private final Linker linker = Linker.nativeLinker();
    private final SymbolLookup symbols;
    private final MethodHandle decode;
    private final MethodHandle batchOfOne;
    private final MethodHandle synchronize;
    private final MethodHandle tokenize;
    private volatile String flashAttention = "not reported";

    private LlamaLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
        decode = bind("llama_decode", FunctionDescriptor.of(JAVA_INT, ADDRESS, BATCH));
        batchOfOne = bind("llama_batch_get_one", FunctionDescriptor.of(BATCH, ADDRESS, JAVA_INT));
        synchronize = bind("llama_synchronize", FunctionDescriptor.ofVoid(ADDRESS));
        tokenize = bind("llama_tokenize", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT,
                JAVA_BOOLEAN, JAVA_BOOLEAN));
    }

    /**
     * Loads the libraries of a folder and the CPU backend that suits this machine best, by the library's own choice.
     *
     * @throws IllegalStateException if the folder does not hold that release
     */
    static LlamaLibrary load(Path folder) {
        SymbolLookup symbols = null;
        for (String name : List.of("libggml-base.so", "libggml." + RELEASE + ".so", "libllama." + RELEASE + ".so")) {
            Path file = folder.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new IllegalStateException("There is no " + file + ", so the folder does not hold llama.cpp " + RELEASE
                        + ". Remove it to have the package installed again.");
            }
            SymbolLookup lookup = SymbolLookup.libraryLookup(file, Arena.global());
            symbols = symbols == null ? lookup : symbols.or(lookup);
        }
        LlamaLibrary library = new LlamaLibrary(symbols);
        library.filterLog();
        library.loadBackends(folder);
        library.checkDefaults();
        return library;
    }

    private void loadBackends(Path folder) {
        try (Arena arena = Arena.ofConfined()) {
            call(bind("ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(ADDRESS)),
                    arena.allocateFrom(folder.toString()));
        }
        if (cpu().equals(MemorySegment.NULL)) {
            throw new IllegalStateException("llama.cpp found no CPU backend for this machine in " + folder);
        }
        call(bind("llama_backend_init", FunctionDescriptor.ofVoid()));
    }

    private MemorySegment cpu() {
        return address("ggml_backend_dev_by_type", FunctionDescriptor.of(ADDRESS, JAVA_INT), DEVICE_TYPE_CPU);
    }

    /** Warnings go to standard error; of the rest only what was decided about flash attention is kept. */
    private void filterLog() {
        try {
            MethodHandle target = MethodHandles.lookup().bind(this, "log",
                    MethodType.methodType(void.class, int.class, MemorySegment.class, MemorySegment.class));
            MemorySegment stub = linker.upcallStub(target, FunctionDescriptor.ofVoid(JAVA_INT, ADDRESS, ADDRESS),
                    Arena.global());
            call(bind("llama_log_set", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS)), stub, MemorySegment.NULL);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** @param level 1 debug, 2 info, 3 warning, 4 error, 5 continued line */
    @SuppressWarnings("unused")
    private void log(int level, MemorySegment text, MemorySegment userData) {
        String line = text.reinterpret(Long.MAX_VALUE).getString(0);
        Matcher matcher = FLASH_ATTENTION_LOG.matcher(line);
        if (matcher.find()) {
            flashAttention = matcher.group(1);
        }
        if (level == 3 || level == 4) {
            System.err.print(line);
        }
    }

    /** Reads what the release's header and sources say the defaults are; other layouts would show other values. */
    private void checkDefaults() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment model = modelDefaults(arena);
            MemorySegment context = contextDefaults(arena);
            Map<String, Object> found = new LinkedHashMap<>();
            Map<String, Object> expected = new LinkedHashMap<>();
            List.of("n_gpu_layers", "main_gpu", "use_extra_bufts", "load_mtp")
                    .forEach(name -> found.put(name, get(MODEL_PARAMS, model, name)));
            expected.putAll(Map.of("n_gpu_layers", -1, "main_gpu", 0, "use_extra_bufts", true, "load_mtp", false));
            List.of("n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_outputs_max_per_seq", "flash_attn_type",
                    "yarn_ext_factor", "yarn_beta_slow", "type_k", "type_v", "embeddings", "offload_kqv", "no_perf",
                    "kv_unified", "n_samplers")
                    .forEach(name -> found.put(name, get(CONTEXT_PARAMS, context, name)));
            expected.putAll(Map.of("n_ctx", 512, "n_batch", 2048, "n_ubatch", 512, "n_seq_max", 1,
                    "n_outputs_max_per_seq", 1, "flash_attn_type", FLASH_ATTENTION_AUTO, "yarn_ext_factor", -1f,
                    "yarn_beta_slow", -1f, "type_k", TYPE_F16, "type_v", TYPE_F16));
            expected.putAll(Map.of("embeddings", false, "offload_kqv", true, "no_perf", true, "kv_unified", false,
                    "n_samplers", 0L));
            if (!found.equals(expected)) {
                throw new IllegalStateException("The library's default parameters are " + new TreeMap<>(found)
                        + ", expected those of llama.cpp " + RELEASE + ": " + new TreeMap<>(expected)
                        + ". The layouts in LlamaLibrary do not fit this library.");
            }
        }
    }

    /**
     * Loads a model with the library's defaults, except for the threads, the length of the context and no logits but the
     * last row's. More than one thread gets a pool, as {@code llama-bench} does it; {@link #close} frees everything.
     *
     * @throws IllegalStateException if the model cannot be loaded or the context is not what was asked for
     */
    Context open(Path file, int threads, int sequences, int contextTokens) {
        MemorySegment model = loadModel(file, false);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = contextDefaults(arena);
            // A context shorter than a batch would shorten the batch.
            set(CONTEXT_PARAMS, params, "n_ctx", Math.max(sequences * contextTokens, Requests.CHUNK_TOKENS));
            set(CONTEXT_PARAMS, params, "n_seq_max", sequences);
            set(CONTEXT_PARAMS, params, "n_batch", Requests.CHUNK_TOKENS);
            set(CONTEXT_PARAMS, params, "n_ubatch", Requests.CHUNK_TOKENS);
            set(CONTEXT_PARAMS, params, "n_threads", threads);
            set(CONTEXT_PARAMS, params, "n_threads_batch", threads);
            MemorySegment context = address("llama_init_from_model",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, CONTEXT_PARAMS), model, params);
            if (context.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("llama.cpp cannot make a context of " + contextTokens + " tokens for " + file);
            }
            Context opened = new Context(model, context, threads > 1 ? threadPool(context, threads) : MemorySegment.NULL);
            checkContext(opened, threads, contextTokens);
            return opened;
        }
    }

    private void checkContext(Context opened, int threads, int contextTokens) {
        Map<String, Integer> found = Map.of("n_threads", integer(opened, "llama_n_threads"), "n_threads_batch",
                integer(opened, "llama_n_threads_batch"), "n_ubatch", integer(opened, "llama_n_ubatch"));
        Map<String, Integer> expected = Map.of("n_threads", threads, "n_threads_batch", threads, "n_ubatch",
                Requests.CHUNK_TOKENS);
        int context = integer(opened, "llama_n_ctx");
        if (!found.equals(expected) || context < contextTokens) {
            throw new IllegalStateException("llama.cpp made a context with " + found + " and " + context
                    + " tokens, expected " + expected + " and at least " + contextTokens);
        }
    }

    /** Loads a file's vocabulary, which lives as long as the process. */
    MemorySegment loadVocabulary(Path file) {
        return address("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS), loadModel(file, true));
    }

    private MemorySegment loadModel(Path file, boolean vocabularyOnly) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = modelDefaults(arena);
            set(MODEL_PARAMS, params, "vocab_only", vocabularyOnly);
            MemorySegment model = address("llama_model_load_from_file",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, MODEL_PARAMS), arena.allocateFrom(file.toString()), params);
            if (model.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("llama.cpp cannot load " + file + "; its log above says why");
            }
            return model;
        }
    }

    private MemorySegment threadPool(MemorySegment context, int threads) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = (MemorySegment) call(bind("ggml_threadpool_params_default",
                    FunctionDescriptor.of(THREADPOOL_PARAMS, JAVA_INT)), arena, threads);
            if (!get(THREADPOOL_PARAMS, params, "n_threads").equals(threads)) {
                throw new IllegalStateException("ggml's thread pool parameters hold n_threads "
                        + get(THREADPOOL_PARAMS, params, "n_threads") + ", expected " + threads
                        + ". The layouts in LlamaLibrary do not fit this library.");
            }
            MemorySegment pool = (MemorySegment) call(linker.downcallHandle(backendFunction("ggml_threadpool_new"),
                    FunctionDescriptor.of(ADDRESS, ADDRESS)), params);
            if (pool.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("llama.cpp cannot start " + threads + " threads");
            }
            call(bind("llama_attach_threadpool", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS)), context, pool,
                    MemorySegment.NULL);
            return pool;
        }
    }

    /** A function of the CPU backend, which is loaded at run time and thus asked by name. */
    private MemorySegment backendFunction(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment registry = address("ggml_backend_dev_backend_reg", FunctionDescriptor.of(ADDRESS, ADDRESS), cpu());
            MemorySegment function = address("ggml_backend_reg_get_proc_address",
                    FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS), registry, arena.allocateFrom(name));
            if (function.equals(MemorySegment.NULL)) {
                throw new IllegalStateException("llama.cpp's CPU backend has no function " + name);
            }
            return function;
        }
    }

    void close(Context opened) {
        call(bind("llama_free", FunctionDescriptor.ofVoid(ADDRESS)), opened.context);
        if (!opened.threadPool.equals(MemorySegment.NULL)) {
            call(linker.downcallHandle(backendFunction("ggml_threadpool_free"), FunctionDescriptor.ofVoid(ADDRESS)),
                    opened.threadPool);
        }
        call(bind("llama_model_free", FunctionDescriptor.ofVoid(ADDRESS)), opened.model);
    }

    /**
     * One step: tokens that follow what the context holds; computes the logits of the last one.
     *
     * @param tokens native memory, 32 bits each
     */
    void decode(Context opened, MemorySegment tokens, int first, int count) {
        try (Arena arena = Arena.ofConfined()) {
            Object batch = call(batchOfOne, arena, tokens.asSlice(4L * first), count);
            Object status = call(decode, opened.context, batch);
            if (!status.equals(0)) {
                throw new IllegalStateException("llama_decode of " + count + " tokens returned " + status + ", expected 0");
            }
            call(synchronize, opened.context);
        }
    }

    /** A step of a batch that is ready. */
    void decode(Context opened, MemorySegment batch) {
        Object status = call(decode, opened.context, batch);
        if (!status.equals(0)) {
            throw new IllegalStateException("llama_decode returned " + status + ", expected 0");
        }
        call(synchronize, opened.context);
    }

    /** A batch of one token of each sequence, all with logits; filled anew for each step. */
    static final class OneOfEach {

        private final int sequences;
        private final MemorySegment batch;
        private final MemorySegment tokens;
        private final MemorySegment positions;

        OneOfEach(int sequences, Arena arena) {
            this.sequences = sequences;
            tokens = arena.allocate(JAVA_INT, sequences);
            positions = arena.allocate(JAVA_INT, sequences);
            MemorySegment counts = arena.allocate(JAVA_INT, sequences);
            MemorySegment ids = arena.allocate(JAVA_INT, sequences);
            MemorySegment lists = arena.allocate(ADDRESS, sequences);
            MemorySegment logits = arena.allocate(sequences);
            logits.fill((byte) 1);
            for (int i = 0; i < sequences; i++) {
                counts.setAtIndex(JAVA_INT, i, 1);
                ids.setAtIndex(JAVA_INT, i, i);
                lists.setAtIndex(ADDRESS, i, ids.asSlice(4L * i));
            }
            batch = arena.allocate(BATCH);
            set(BATCH, batch, "n_tokens", sequences);
            set(BATCH, batch, "token", tokens);
            set(BATCH, batch, "pos", positions);
            set(BATCH, batch, "n_seq_id", counts);
            set(BATCH, batch, "seq_id", lists);
            set(BATCH, batch, "logits", logits);
        }

        int sequences() {
            return sequences;
        }

        /** The next tokens of all sequences, which have had {@code from / sequences} tokens each. */
        MemorySegment step(int[] ids, int from) {
            MemorySegment.copy(ids, from, tokens, JAVA_INT, 0, sequences);
            for (int i = 0; i < sequences; i++) {
                positions.setAtIndex(JAVA_INT, i, from / sequences);
            }
            return batch;
        }
    }

    /** The logits of the last row, {@code vocabularySize} of them. */
    float[] logits(Context opened, int vocabularySize) {
        MemorySegment row = address("llama_get_logits_ith", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT),
                opened.context, -1);
        return row.reinterpret(4L * vocabularySize).toArray(JAVA_FLOAT);
    }

    /** Forgets all tokens. */
    void clear(Context opened) {
        MemorySegment memory = address("llama_get_memory", FunctionDescriptor.of(ADDRESS, ADDRESS), opened.context);
        call(bind("llama_memory_clear", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BOOLEAN)), memory, true);
    }

    MemorySegment vocabulary(Context opened) {
        return address("llama_model_get_vocab", FunctionDescriptor.of(ADDRESS, ADDRESS), opened.model);
    }

    int vocabularySize(MemorySegment vocabulary) {
        return (int) call(bind("llama_vocab_n_tokens", FunctionDescriptor.of(JAVA_INT, ADDRESS)), vocabulary);
    }

    /**
     * Token ids of a text, control tokens being text like any other, nothing added.
     *
     * @param text UTF-8
     * @param ids receives the ids; 32 bits each
     * @return their number
     */
    int tokenize(MemorySegment vocabulary, MemorySegment text, MemorySegment ids) {
        int count = (int) call(tokenize, vocabulary, text, (int) text.byteSize(), ids, (int) (ids.byteSize() / 4), false,
                false);
        if (count < 0) {
            throw new IllegalStateException("llama_tokenize needs room for " + -count + " ids, found " + ids.byteSize() / 4);
        }
        return count;
    }

    /** What was decided about flash attention when the last context was made: {@code enabled} or {@code disabled}. */
    String flashAttention() {
        return flashAttention;
    }

    int integer(Context opened, String getter) {
        return (int) call(bind(getter, FunctionDescriptor.of(JAVA_INT, ADDRESS)), opened.context);
    }

    /** The features of the CPU that the chosen backend uses, in the library's words. */
    String systemInfo() {
        return address("llama_print_system_info", FunctionDescriptor.of(ADDRESS)).reinterpret(Long.MAX_VALUE).getString(0)
                .strip();
    }

    private MemorySegment modelDefaults(Arena arena) {
        return (MemorySegment) call(bind("llama_model_default_params", FunctionDescriptor.of(MODEL_PARAMS)), arena);
    }

    private MemorySegment contextDefaults(Arena arena) {
        return (MemorySegment) call(bind("llama_context_default_params", FunctionDescriptor.of(CONTEXT_PARAMS)), arena);
    }

    private static Object get(StructLayout layout, MemorySegment struct, String field) {
        return layout.select(groupElement(field)).varHandle().get(struct, layout.byteOffset(groupElement(field)));
    }

    private static void set(StructLayout layout, MemorySegment struct, String field, Object value) {
        layout.select(groupElement(field)).varHandle().set(struct, layout.byteOffset(groupElement(field)), value);
    }

    private MemorySegment address(String function, FunctionDescriptor type, Object... arguments) {
        return (MemorySegment) call(bind(function, type), arguments);
    }

    private MethodHandle bind(String function, FunctionDescriptor type) {
        MemorySegment symbol = symbols.find(function)
                .orElseThrow(() -> new IllegalStateException("llama.cpp has no function " + function));
        return linker.downcallHandle(symbol, type);
    }

    /** Calls with boxed arguments: some microseconds, against milliseconds of the shortest step that is timed. */
    private static Object call(MethodHandle function, Object... arguments) {
        try {
            return function.invokeWithArguments(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
