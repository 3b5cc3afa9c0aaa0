package dev.kimilinear.trainer.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.GgufWriter.Value;
import dev.kimilinear.engine.tokenizer.ByteAlphabet;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * A vocabulary of byte-level byte-pair encoding, in the order of its ids: the 256 bytes, what merges make, unused tokens up
 * to the size, {@linkplain #SPECIAL_TOKENS special tokens}. All of it follows from the size and the merges.
 *
 * @param size tokens
 * @param merges pairs of pieces in {@link ByteAlphabet} with a space between them, the first to be merged first
 */
public record BpeVocabulary(int size, List<String> merges) {

    /** Control tokens of the Kimi family, as far as its chat format needs them. */
    public static final List<String> SPECIAL_TOKENS = List.of("[BOS]", "[EOS]", "<|im_end|>", "<|im_user|>",
            "<|im_assistant|>", "<|im_system|>", "<|im_middle|>", "<|tool_calls_section_begin|>",
            "<|tool_calls_section_end|>", "<|tool_call_begin|>", "<|tool_call_argument_begin|>", "<|tool_call_end|>", "[EOT]",
            "[UNK]", "[PAD]");

    private static final int BYTES = 256;
    // Numbers of token types in GGUF.
    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int UNUSED = 5;

    /**
     * @throws IllegalArgumentException if the size is too small for the merges, or a merge is not of two pieces that are there
     *         before it
     */
    public BpeVocabulary {
        merges = List.copyOf(merges);
        int needed = pieces(merges).size() + SPECIAL_TOKENS.size();
        if (size < needed) {
            throw new IllegalArgumentException("The vocabulary has " + size + " tokens, expected at least " + needed
                    + " for bytes, merges and special tokens");
        }
    }

    /** All bytes in the byte alphabet, in order. */
    static List<String> bytes() {
        List<String> bytes = new ArrayList<>(BYTES);
        for (int b = 0; b < BYTES; b++) {
            bytes.add(String.valueOf(ByteAlphabet.character(b)));
        }
        return bytes;
    }

    /** Bytes and what merges make of them. Two merges may make the same piece. */
    private static Set<String> pieces(List<String> merges) {
        Set<String> pieces = new LinkedHashSet<>(bytes());
        for (String merge : merges) {
            int space = merge.indexOf(' ');
            if (space < 0 || !pieces.contains(merge.substring(0, space)) || !pieces.contains(merge.substring(space + 1))) {
                throw new IllegalArgumentException(
                        "A merge is \"" + merge + "\", expected two earlier pieces with a space between them");
            }
            pieces.add(merge.substring(0, space) + merge.substring(space + 1));
        }
        return pieces;
    }

    /** The texts of all tokens, by id: in the byte alphabet, those of special tokens as they are. */
    public List<String> tokens() {
        List<String> tokens = new ArrayList<>(pieces(merges));
        while (tokens.size() < size - SPECIAL_TOKENS.size()) {
            tokens.add("[UNUSED" + tokens.size() + "]");
        }
        tokens.addAll(SPECIAL_TOKENS);
        return tokens;
    }

    /** The types of all tokens, by id: numbers of the key {@code tokenizer.ggml.token_type}. */
    public int[] types() {
        int[] types = new int[size];
        int pieces = pieces(merges).size();
        Arrays.fill(types, 0, pieces, NORMAL);
        Arrays.fill(types, pieces, size - SPECIAL_TOKENS.size(), UNUSED);
        Arrays.fill(types, size - SPECIAL_TOKENS.size(), size, CONTROL);
        return types;
    }

    /**
     * How a token is written.
     *
     * @param plain the token with the same letters, without a space before them and in lower case, if there is one; else the
     *        token itself
     * @param form what distinguishes the two: 1 for a space, 2 for a capital, 3 for both, 0 for nothing
     */
    public record Spelling(int plain, int form) {
    }

    /** How all tokens are written, by id. */
    public List<Spelling> spellings() {
        List<String> tokens = tokens();
        Map<String, Integer> ids = new HashMap<>();
        for (String piece : pieces(merges)) {
            ids.put(piece, ids.size());
        }
        String space = bytes().get(' ');
        List<Spelling> spellings = new ArrayList<>();
        for (int id = 0; id < size; id++) {
            String token = id < ids.size() ? tokens.get(id) : "";
            boolean spaced = token.length() > 1 && token.startsWith(space);
            String letters = spaced ? token.substring(1) : token;
            String lower = letters.toLowerCase(Locale.ROOT);
            boolean capital = !lower.equals(letters) && letters.charAt(0) <= 'Z' && ids.containsKey(lower);
            String plain = capital ? lower : letters;
            spellings.add(ids.containsKey(plain)
                    ? new Spelling(ids.get(plain), (spaced ? 1 : 0) + (capital ? 2 : 0))
                    : new Spelling(id, 0));
        }
        return spellings;
    }

    /** The id of a special token. */
    public int id(String specialToken) {
        int index = SPECIAL_TOKENS.indexOf(specialToken);
        if (index < 0) {
            throw new IllegalArgumentException(
                    "There is no special token \"" + specialToken + "\", expected one of " + SPECIAL_TOKENS);
        }
        return size - SPECIAL_TOKENS.size() + index;
    }

    /** Puts the keys {@code tokenizer.ggml.*} of a model file. An answer ends with {@code <|im_end|>}. */
    public void putInto(GgufWriter file) {
        file.put("tokenizer.ggml.model", "gpt2").put("tokenizer.ggml.pre", "kimi-k2")
                .put("tokenizer.ggml.tokens", Value.strings(tokens()))
                .put("tokenizer.ggml.token_type", Value.i32s(types()))
                .put("tokenizer.ggml.merges", Value.strings(merges)).put("tokenizer.ggml.bos_token_id", id("[BOS]"))
                .put("tokenizer.ggml.eos_token_id", id("<|im_end|>")).put("tokenizer.ggml.padding_token_id", id("[PAD]"))
                .put("tokenizer.ggml.add_bos_token", false);
    }

    /**
     * The engine's tokenizer of this vocabulary, by way of a temporary file: what a model reads in training is to the token
     * what it will read in use.
     *
     * @throws IOException if there can be no temporary file
     */
    public Tokenizer tokenizer() throws IOException {
        GgufWriter writer = new GgufWriter();
        putInto(writer);
        Path path = Files.createTempFile("vocabulary", ".gguf");
        try {
            Files.write(path, writer.toByteArray());
            try (GgufFile file = GgufFile.open(path)) {
                return Tokenizer.of(file.metadata());
            }
        } finally {
            Files.delete(path);
        }
    }

    /** Writes the size and the merges, a line each. */
    public void save(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(String.valueOf(size));
        lines.addAll(merges);
        Files.write(file, lines);
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static BpeVocabulary load(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        try {
            return new BpeVocabulary(Integer.parseInt(lines.getFirst()), lines.subList(1, lines.size()));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new IllegalArgumentException(file + " is not a vocabulary that was saved here: " + e.getMessage(), e);
        }
    }
}
