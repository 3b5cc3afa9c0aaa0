package dev.kimilinear.benchmarks.realshape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.kimilinear.engine.gguf.GgufFile;
import dev.kimilinear.engine.gguf.GgufMetadata;
import dev.kimilinear.engine.gguf.GgufWriter;
import dev.kimilinear.engine.gguf.GgufWriter.Value;

/**
 * The vocabulary of a generated file: byte-level BPE with the pre-tokenizer of Kimi models, and as many tokens as
 * the embedding has rows.
 *
 * @param texts of the tokens, in the byte alphabet
 * @param types 1 normal, 3 control, 5 unused
 * @param merges pairs of pieces, most wanted first
 * @param specials the keys {@code tokenizer.ggml.NAME_token_id} with their values
 * @param template Jinja, empty for none
 */
record FileVocabulary(List<String> texts, int[] types, List<String> merges, Map<String, Integer> specials, String template) {

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int UNUSED = 5;

    /** The first of 256 control tokens of Kimi's vocabulary. */
    private static final int FIRST_SPECIAL = 163_584;
    /** Their names by distance from the first; the others are reserved. */
    private static final Map<Integer, String> SPECIALS = Map.ofEntries(Map.entry(0, "[BOS]"), Map.entry(1, "[EOS]"),
            Map.entry(2, "<|im_end|>"), Map.entry(3, "<|im_user|>"), Map.entry(4, "<|im_assistant|>"),
            Map.entry(6, "<|start_header_id|>"), Map.entry(7, "<|end_header_id|>"), Map.entry(9, "[EOT]"),
            Map.entry(10, "<|im_system|>"), Map.entry(11, "<|tool_calls_section_begin|>"),
            Map.entry(12, "<|tool_calls_section_end|>"), Map.entry(13, "<|tool_call_begin|>"),
            Map.entry(14, "<|tool_call_argument_begin|>"), Map.entry(15, "<|tool_call_end|>"),
            Map.entry(17, "<|im_middle|>"), Map.entry(254, "[UNK]"), Map.entry(255, "[PAD]"));

    /**
     * The vocabulary of a GGUF file, filled up with unused tokens.
     *
     * @param size tokens wanted
     * @throws IllegalArgumentException if it has more
     */
    static FileVocabulary of(GgufFile file, int size) {
        GgufMetadata metadata = file.metadata();
        List<String> texts = new ArrayList<>(metadata.strings("tokenizer.ggml.tokens"));
        if (texts.size() > size) {
            throw new IllegalArgumentException("The vocabulary of " + file.path() + " has " + texts.size()
                    + " tokens, expected at most " + size + ". Take another file with --vocab-from.");
        }
        int[] given = metadata.integers("tokenizer.ggml.token_type");
        int[] types = new int[size];
        System.arraycopy(given, 0, types, 0, given.length);
        for (int id = texts.size(); id < types.length; id++) {
            texts.add("[UNUSED" + id + "]");
            types[id] = UNUSED;
        }
        return new FileVocabulary(texts, types, metadata.strings("tokenizer.ggml.merges"),
                Map.of("bos", metadata.integer("tokenizer.ggml.bos_token_id"), "eos",
                        metadata.integer("tokenizer.ggml.eos_token_id"), "padding",
                        metadata.integer("tokenizer.ggml.padding_token_id")),
                metadata.optionalString("tokenizer.chat_template").orElse(""));
    }

    /** One of the real size without a source: all bytes, all pairs of bytes, and the first pairs with one byte more. */
    static FileVocabulary synthetic() {
        List<String> bytes = byteAlphabet();
        List<String> texts = new ArrayList<>(bytes);
        List<String> merges = new ArrayList<>();
        for (int left = 0; texts.size() < FIRST_SPECIAL; left++) {
            for (int right = 0; right < 256 && texts.size() < FIRST_SPECIAL; right++) {
                texts.add(texts.get(left) + bytes.get(right));
                merges.add(texts.get(left) + " " + bytes.get(right));
            }
        }
        int[] types = new int[RealShape.VOCABULARY];
        Arrays.fill(types, 0, FIRST_SPECIAL, NORMAL);
        for (int id = FIRST_SPECIAL; id < types.length; id++) {
            texts.add(SPECIALS.getOrDefault(id - FIRST_SPECIAL, "<|reserved_token_" + id + "|>"));
            types[id] = CONTROL;
        }
        return new FileVocabulary(texts, types, merges,
                Map.of("bos", FIRST_SPECIAL, "eos", FIRST_SPECIAL + 2, "padding", FIRST_SPECIAL + 255), "");
    }

    void writeTo(GgufWriter out) {
        out.put("tokenizer.ggml.model", "gpt2").put("tokenizer.ggml.pre", "kimi-k2")
                .put("tokenizer.ggml.tokens", Value.strings(texts)).put("tokenizer.ggml.token_type", Value.i32s(types))
                .put("tokenizer.ggml.merges", Value.strings(merges));
        specials.forEach((name, id) -> out.put("tokenizer.ggml." + name + "_token_id", id));
        if (!template.isEmpty()) {
            out.put("tokenizer.chat_template", template);
        }
    }

    /**
     * GPT-2's printable stand-ins for bytes, one for each byte, in the order of the vocabulary: printable Latin-1 stands for
     * itself, the others are numbered from U+0100.
     */
    private static List<String> byteAlphabet() {
        List<String> printable = new ArrayList<>();
        List<String> numbered = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            boolean self = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            if (self) {
                printable.add(Character.toString(b));
            } else {
                numbered.add(Character.toString(256 + numbered.size()));
            }
        }
        List<String> all = new ArrayList<>(printable);
        all.addAll(numbered);
        return Collections.unmodifiableList(all);
    }
}
