package dev.kimilinear.engine.tokenizer;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.gguf.GgufMetadata;

/**
 * Text to token ids and back: byte-level BPE with the pre-tokenizer {@code kimi-k2}, the same ids as llama.cpp. No text is
 * lost or normalised: decoding what {@link #encode} returned, control tokens rendered, is the text again (lone surrogates,
 * which no UTF-8 text can have, count as U+FFFD). No token is ever added at the beginning or the end. Immutable and
 * thread-safe.
 */
public final class Tokenizer {

    private static final Logger LOG = System.getLogger(Tokenizer.class.getName());

    private final Vocabulary vocabulary;
    private final BytePairEncoder.Rules rules;
    /** Matched only on request, together with those that always are. */
    private final SpecialTokens allSpecials;
    private final SpecialTokens userDefined;
    private final Map<String, Integer> specialIds;
    private final int[] endOfGeneration;

    private Tokenizer(Vocabulary vocabulary, BytePairEncoder.Rules rules) {
        this.vocabulary = vocabulary;
        this.rules = rules;
        allSpecials = new SpecialTokens(vocabulary.specials());
        userDefined = new SpecialTokens(
                vocabulary.specials().stream().filter(s -> s.type() == TokenType.USER_DEFINED).toList());
        Map<String, Integer> ids = new HashMap<>();
        for (Vocabulary.Special special : vocabulary.specials()) {
            ids.put(special.text(), special.id());
        }
        specialIds = Map.copyOf(ids);
        endOfGeneration = IntStream.range(0, vocabulary.size()).filter(vocabulary::isEndOfGeneration).toArray();
    }

    /**
     * The tokenizer of a model file, from its keys {@code tokenizer.ggml.*}. A file without merges is accepted: it encodes
     * byte by byte.
     *
     * @throws ModelFormatException if the file has no tokenizer, one of another kind, or a damaged one
     */
    public static Tokenizer of(GgufMetadata metadata) {
        expect(metadata, "tokenizer.ggml.model", "gpt2", "byte-level BPE");
        expect(metadata, "tokenizer.ggml.pre", "kimi-k2", "the pre-tokenizer of Kimi models");
        if (!metadata.has("tokenizer.ggml.tokens")) {
            throw metadata.refusal("key \"tokenizer.ggml.tokens\" is missing, expected the"
                    + " vocabulary; use a GGUF file that carries its tokenizer");
        }
        List<String> texts = metadata.strings("tokenizer.ggml.tokens");
        if (texts.isEmpty()) {
            throw metadata.refusal("key \"tokenizer.ggml.tokens\" is empty, expected at"
                    + " least one token");
        }
        List<String> merges = metadata.has("tokenizer.ggml.merges") ? metadata.strings("tokenizer.ggml.merges") : List.of();
        Vocabulary vocabulary = Vocabulary.of(metadata, texts);
        PieceTable pieces = new PieceTable(texts);
        BytePairEncoder.Rules rules = BytePairEncoder.Rules.of(pieces, new MergeTable(merges, pieces));
        if (rules.spellings().length > 0) {
            LOG.log(Level.WARNING, "The vocabulary lacks {0} pieces of text that its bytes and merges can make, \"{1}\" for"
                    + " one: texts with them may lose characters.", rules.spellings().length, pieces.text(rules.tokens()));
        }
        return new Tokenizer(vocabulary, rules);
    }

    private static void expect(GgufMetadata metadata, String key, String supported, String meaning) {
        String found = metadata.optionalString(key).orElse(null);
        if (!supported.equals(found)) {
            throw metadata.refusal("key \"" + key + "\" is "
                    + (found == null ? "missing" : "\"" + found + "\"") + ", supported: \"" + supported + "\" (" + meaning
                    + "); use a GGUF file of a Kimi-Linear model");
        }
    }

    /**
     * The token ids of a text.
     *
     * @param parseSpecial whether the texts of control tokens, such as {@code <|im_end|>}, become those tokens; otherwise
     *        they are text like any other. User-defined tokens are matched either way
     */
    public int[] encode(String text, boolean parseSpecial) {
        String wellFormed = wellFormed(text);
        return encode(wellFormed, (parseSpecial ? allSpecials : userDefined).find(wellFormed, SpecialTokens.NO_GUARD),
                SpecialTokens.NO_GUARD);
    }

    /**
     * A text made safe for a prompt in which special tokens are matched: {@link #encodeGuarded} will not find one in it,
     * nor one that it forms with what stands before or behind it. The guard is put in only where a special token could
     * arise, so most texts come back as they are.
     *
     * @param guard a character that neither this text nor anything else of the prompt contains
     */
    public String guard(String text, char guard) {
        return allSpecials.guard(wellFormed(text), guard);
    }

    /**
     * The token ids of a prompt that was put together from plain and {@linkplain #guard guarded} texts: special tokens are
     * matched outside guarded texts only. The guards are taken out before anything else is done, so guarded and plain text
     * that touch are encoded as one.
     */
    public int[] encodeGuarded(String text, char guard) {
        String wellFormed = wellFormed(text);
        return encode(wellFormed, allSpecials.find(wellFormed, guard), guard);
    }

    private int[] encode(String text, List<SpecialTokens.Cut> cuts, int guard) {
        TokenList ids = new TokenList(text.length() / 3);
        BytePairEncoder encoder = new BytePairEncoder(rules);
        int from = 0;
        for (SpecialTokens.Cut cut : cuts) {
            encodeFragment(text, from, cut.start(), guard, encoder, ids);
            ids.add(cut.id());
            from = cut.end();
        }
        encodeFragment(text, from, text.length(), guard, encoder, ids);
        return ids.toArray();
    }

    /** Text between special tokens; the pre-tokenizer never looks beyond it. */
    private static void encodeFragment(String text, int from, int to, int guard, BytePairEncoder encoder,
            TokenList ids) {
        if (guard != SpecialTokens.NO_GUARD && text.indexOf(guard, from, to) >= 0) {
            text = text.substring(from, to).replace(Character.toString(guard), "");
            from = 0;
            to = text.length();
        }
        while (from < to) {
            int end = PreTokenizer.endOfPiece(text, from, to);
            encoder.encode(text, from, end, ids);
            from = end;
        }
    }

    /** The text itself, or with U+FFFD in place of surrogates that have no partner. */
    private static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    if (repaired == null) {
                        repaired = new StringBuilder(text);
                    }
                    repaired.setCharAt(i, '\uFFFD');
                }
            }
        }
        return repaired == null ? text : repaired.toString();
    }

    /**
     * The text of tokens. Bytes that are not UTF-8 become U+FFFD.
     *
     * @param renderControlTokens whether control tokens appear with their text; otherwise they are left out
     * @throws IllegalArgumentException if the vocabulary has no such id
     */
    public String decode(int[] ids, boolean renderControlTokens) {
        int length = 0;
        for (int id : ids) {
            checkId(id, size());
            length = Math.addExact(length, vocabulary.isShown(id, renderControlTokens) ? vocabulary.length(id) : 0);
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (int id : ids) {
            if (vocabulary.isShown(id, renderControlTokens)) {
                vocabulary.copy(id, bytes, at);
                at += vocabulary.length(id);
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * The text of a token by itself, also of a control token. Parts of characters are not UTF-8 and become U+FFFD.
     *
     * @throws IllegalArgumentException if the vocabulary has no such id
     */
    public String text(int id) {
        return decode(new int[] { id }, true);
    }

    /**
     * Whether a token is structure, such as the end of a turn, which appears in text only on request.
     *
     * @throws IllegalArgumentException if the vocabulary has no such id
     */
    public boolean isControl(int id) {
        checkId(id, size());
        return vocabulary.isControl(id);
    }

    /** A decoder for one sequence whose tokens come one by one; the flag is that of {@link #decode}. */
    public TextDecoder decoder(boolean renderControlTokens) {
        return new TextDecoder(vocabulary, renderControlTokens);
    }

    /**
     * Whether a model ends its answer with this token: the file's end tokens ({@code eos}, {@code eot}, {@code eom}) and
     * those that are ends by their text, such as {@code <|im_end|>}, {@code [EOT]} and {@code [PAD]}.
     *
     * @throws IllegalArgumentException if the vocabulary has no such id
     */
    public boolean isEndOfGeneration(int id) {
        checkId(id, size());
        return vocabulary.isEndOfGeneration(id);
    }

    /** The number of tokens; ids are 0 to size - 1. */
    public int size() {
        return vocabulary.size();
    }

    /** The id of a control, unknown or user-defined token by its exact text, if there is one. */
    public OptionalInt id(String specialTokenText) {
        Integer id = specialIds.get(specialTokenText);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** All tokens of {@link #isEndOfGeneration}, ascending. */
    public int[] endOfGenerationTokens() {
        return endOfGeneration.clone();
    }

    /**
     * The bytes of a token that is plain text; none for those that are structure: control tokens, tokens that a model's makers
     * defined, such as the markers of tool calls, and unused ones.
     *
     * @throws IllegalArgumentException if the vocabulary has no such id
     */
    public byte[] textBytes(int id) {
        checkId(id, size());
        if (!vocabulary.isPlainText(id)) {
            return new byte[0];
        }
        byte[] bytes = new byte[vocabulary.length(id)];
        vocabulary.copy(id, bytes, 0);
        return bytes;
    }

    static void checkId(int id, int size) {
        if (id < 0 || id >= size) {
            throw new IllegalArgumentException("Token id " + id + " is not in the vocabulary, expected 0 to " + (size - 1)
                    + ".");
        }
    }
}
