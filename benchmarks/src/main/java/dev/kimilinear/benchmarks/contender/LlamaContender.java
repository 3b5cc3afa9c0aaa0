package dev.kimilinear.benchmarks.contender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Map;

/** llama.cpp, by its C API and with its defaults: as {@code llama-bench} runs it, without a server or script between. */
final class LlamaContender implements Contender {

    private final LlamaLibrary library;

    LlamaContender(Path libraries) {
        library = LlamaLibrary.load(libraries);
    }

    @Override
    public Session open(Path model, int threads, int sequences, int contextTokens) {
        return new LlamaSession(library, library.open(model, threads, sequences, contextTokens), sequences);
    }

    @Override
    public Encoding encoding(Path vocabulary, String text) {
        MemorySegment loaded = library.loadVocabulary(vocabulary);
        Arena arena = Arena.ofAuto();
        byte[] bytes = text.getBytes(UTF_8);
        MemorySegment utf8 = arena.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, utf8, ValueLayout.JAVA_BYTE, 0, bytes.length);
        // A byte makes at most one token.
        MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, bytes.length);
        return () -> {
            int count = library.tokenize(loaded, utf8, ids);
            return ids.asSlice(0, 4L * count).toArray(ValueLayout.JAVA_INT);
        };
    }

    @Override
    public void firstToken(Path model, Path derived, int threads, int[] prompt) {
        try (Session session = open(model, threads, 1, Requests.CHUNK_TOKENS)) {
            session.prefill(prompt);
            Requests.mostProbable(session.logits());
        }
    }

    private static final class LlamaSession implements Session {

        private final LlamaLibrary library;
        private final LlamaLibrary.Context context;
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment tokens;
        private final int vocabularySize;
        private final LlamaLibrary.OneOfEach oneOfEach;

        LlamaSession(LlamaLibrary library, LlamaLibrary.Context context, int sequences) {
            this.library = library;
            this.context = context;
            vocabularySize = library.vocabularySize(library.vocabulary(context));
            tokens = arena.allocate(ValueLayout.JAVA_INT, library.integer(context, "llama_n_ctx"));
            oneOfEach = new LlamaLibrary.OneOfEach(sequences, arena);
        }

        @Override
        public Map<String, String> settings() {
            return Map.of("release", LlamaLibrary.RELEASE, "threads",
                    String.valueOf(library.integer(context, "llama_n_threads")), "threads of a batch",
                    String.valueOf(library.integer(context, "llama_n_threads_batch")), "ubatch",
                    String.valueOf(library.integer(context, "llama_n_ubatch")), "context",
                    String.valueOf(library.integer(context, "llama_n_ctx")), "cache", "F16", "flash attention",
                    "auto: " + library.flashAttention(), "system", library.systemInfo());
        }

        @Override
        public int vocabularySize() {
            return vocabularySize;
        }

        @Override
        public void reset() {
            library.clear(context);
        }

        @Override
        public void prefill(int[] ids) {
            MemorySegment.copy(ids, 0, tokens, ValueLayout.JAVA_INT, 0, ids.length);
            for (int from = 0; from < ids.length; from += Requests.CHUNK_TOKENS) {
                library.decode(context, tokens, from, Math.min(ids.length - from, Requests.CHUNK_TOKENS));
            }
        }

        @Override
        public void decode(int[] ids) {
            MemorySegment.copy(ids, 0, tokens, ValueLayout.JAVA_INT, 0, ids.length);
            for (int i = 0; i < ids.length; i++) {
                library.decode(context, tokens, i, 1);
            }
        }

        @Override
        public void decodeTogether(int[] ids) {
            for (int from = 0; from < ids.length; from += oneOfEach.sequences()) {
                library.decode(context, oneOfEach.step(ids, from));
            }
        }

        @Override
        public float[] logits() {
            return library.logits(context, vocabularySize);
        }

        @Override
        public void close() {
            library.close(context);
            arena.close();
        }
    }
}
