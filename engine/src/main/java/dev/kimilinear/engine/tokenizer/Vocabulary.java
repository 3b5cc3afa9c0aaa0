package dev.kimilinear.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import dev.kimilinear.engine.gguf.GgufMetadata;

/**
 * What each token id stands for: its kind and its bytes, all in one array. Immutable.
 */
final class Vocabulary {

    /**
     * Texts that end a generation wherever they are a token. Files differ in which of them they name in their keys and in
     * whether they mark them as control tokens, so both follow from the text, as in llama.cpp.
     */
    private static final Set<String> END_OF_GENERATION = Set.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>",
            "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>",
            "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>",
            // Pads, repository and file separators of fill-in-the-middle training; "[PAD]" is Kimi's.
            "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>",
            "<reponame>", "<|file_sep|>");

    /** A special token: one whose text is matched as a whole. */
    record Special(int id, String text, TokenType type) {
    }

    private final byte[] bytes;
    private final int[] offsets;
    private final TokenType[] types;
    private final boolean[] endOfGeneration;
    private final List<Special> specials;

    private Vocabulary(byte[] bytes, int[] offsets, TokenType[] types, boolean[] endOfGeneration, List<Special> specials) {
        this.bytes = bytes;
        this.offsets = offsets;
        this.types = types;
        this.endOfGeneration = endOfGeneration;
        this.specials = List.copyOf(specials);
    }

    /** @param texts {@code tokenizer.ggml.tokens} */
    static Vocabulary of(GgufMetadata metadata, List<String> texts) {
        int size = texts.size();
        TokenType[] types = types(metadata, size);
        boolean[] endOfGeneration = new boolean[size];
        List<Special> specials = new ArrayList<>();
        byte[] bytes = new byte[8 * size];
        int[] offsets = new int[size + 1];
        for (int id = 0; id < size; id++) {
            String text = texts.get(id);
            if (END_OF_GENERATION.contains(text)) {
                endOfGeneration[id] = true;
                types[id] = TokenType.CONTROL;
            }
            boolean special = types[id] == TokenType.CONTROL || types[id] == TokenType.USER_DEFINED
                    || types[id] == TokenType.UNKNOWN;
            if (special && !text.isEmpty()) {
                specials.add(new Special(id, text, types[id]));
            }
            int end = offsets[id];
            if (bytes.length - end < 3 * text.length()) {
                bytes = Arrays.copyOf(bytes, bytes.length + (bytes.length >> 1) + 3 * text.length());
            }
            offsets[id + 1] = special ? putText(text, bytes, end) : putBytes(text, bytes, end);
        }
        for (String key : new String[] { "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id",
                "tokenizer.ggml.eom_token_id" }) {
            int id = tokenId(metadata, key, size);
            if (id >= 0) {
                endOfGeneration[id] = true;
            }
        }
        return new Vocabulary(Arrays.copyOf(bytes, offsets[size]), offsets, types, endOfGeneration, specials);
    }

    private static TokenType[] types(GgufMetadata metadata, int size) {
        String key = "tokenizer.ggml.token_type";
        TokenType[] types = new TokenType[size];
        if (!metadata.has(key)) {
            Arrays.fill(types, TokenType.NORMAL);
            return types;
        }
        int[] numbers = metadata.integers(key);
        if (numbers.length != size) {
            throw metadata.refusal("key \"" + key + "\" has " + numbers.length
                    + " entries, expected " + size + ", one for each of \"tokenizer.ggml.tokens\"");
        }
        for (int id = 0; id < size; id++) {
            types[id] = TokenType.of(numbers[id]);
        }
        return types;
    }

    /** @return the id that a key names, or -1 if the file has no such key */
    static int tokenId(GgufMetadata metadata, String key, int size) {
        int id = metadata.integer(key, -1);
        if (metadata.has(key) && (id < 0 || id >= size)) {
            throw metadata.refusal("key \"" + key + "\" is " + id
                    + ", expected a token id from 0 to " + (size - 1));
        }
        return id;
    }

    /** A text in the byte alphabet as bytes; a character outside the alphabet stands for itself. */
    private static int putBytes(String text, byte[] bytes, int end) {
        for (int i = 0; i < text.length(); i++) {
            int value = ByteAlphabet.value(text.charAt(i));
            if (value < 0) {
                int last = i + Character.charCount(text.codePointAt(i));
                end = putText(text.substring(i, last), bytes, end);
                i = last - 1;
            } else {
                bytes[end++] = (byte) value;
            }
        }
        return end;
    }

    private static int putText(String text, byte[] bytes, int end) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(utf8, 0, bytes, end, utf8.length);
        return end + utf8.length;
    }

    int size() {
        return types.length;
    }

    /** All special tokens, by id. */
    List<Special> specials() {
        return specials;
    }

    boolean isEndOfGeneration(int id) {
        return endOfGeneration[id];
    }

    /** Whether a token is text, as opposed to structure that is shown only on request. */
    boolean isShown(int id, boolean renderControlTokens) {
        return switch (types[id]) {
            case NORMAL, USER_DEFINED -> true;
            case CONTROL, UNKNOWN -> renderControlTokens;
            case UNUSED -> false;
        };
    }

    /** Whether a token is structure that is shown on request. */
    boolean isControl(int id) {
        return isShown(id, true) && !isShown(id, false);
    }

    /** Whether a token is nothing but text. */
    boolean isPlainText(int id) {
        return types[id] == TokenType.NORMAL && !endOfGeneration[id];
    }

    /** The number of bytes that a token stands for. */
    int length(int id) {
        return offsets[id + 1] - offsets[id];
    }

    /** Copies the bytes of a token, {@link #length} of them. */
    void copy(int id, byte[] target, int at) {
        System.arraycopy(bytes, offsets[id], target, at, length(id));
    }
}
