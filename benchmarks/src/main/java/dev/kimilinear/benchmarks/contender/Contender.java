package dev.kimilinear.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** One side of a comparison. Not thread-safe. */
interface Contender {

    /** A loaded model with a sequence, or several. */
    interface Session extends AutoCloseable {

        /** What it runs with, read back after loading, for the record. */
        Map<String, String> settings();

        int vocabularySize();

        /** Begins all sequences anew. */
        void reset();

        /** Reads tokens, at most {@value Requests#CHUNK_TOKENS} a step, and computes the logits of the last one of a step. */
        void prefill(int[] tokens);

        /** Reads tokens one a step and computes the logits of each. */
        void decode(int[] tokens);

        /**
         * Reads a token of each sequence a step, and computes the logits of each.
         *
         * @param tokens of the first step, then of the second, and so on: a multiple of the sequences
         */
        void decodeTogether(int[] tokens);

        /** A copy of the logits after the last token. */
        float[] logits();

        @Override
        void close();
    }

    /** A text that is ready to be tokenised: each call does the whole work again. */
    @FunctionalInterface
    interface Encoding {
        int[] run();
    }

    /**
     * @param sequences more than one for {@link Session#decodeTogether} only
     * @param contextTokens the most tokens that a sequence will hold
     */
    Session open(Path model, int threads, int sequences, int contextTokens);

    /** Loads a vocabulary. Texts of control tokens are text like any other. */
    Encoding encoding(Path vocabulary, String text);

    /**
     * Opens a model as an application does, reads a prompt and chooses a token.
     *
     * @param derived folder for what a side derives from a model and keeps
     * @throws InterruptedException if the thread was interrupted while it waited
     */
    void firstToken(Path model, Path derived, int threads, int[] prompt) throws InterruptedException, IOException;
}
