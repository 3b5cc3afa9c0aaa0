package dev.kimilinear.engine.chat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

import dev.kimilinear.engine.grammar.CompiledGrammar;
import dev.kimilinear.engine.grammar.GrammarMatcher;
import dev.kimilinear.engine.grammar.TokenTrie;
import dev.kimilinear.engine.sampling.TokenConstraint;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * Holds the tokens of an answer to its form: a text by a grammar, or tool calls, whose ids name tools that exist and count on
 * through the conversation, and whose arguments are valid by the tool's schema. Text that no grammar describes may go over
 * into calls anywhere, text by a grammar only before it has begun. Behind calls nothing follows. Belongs to one sequence.
 */
public final class AnswerConstraint implements TokenConstraint {

    /**
     * What calls may be.
     *
     * @param arguments of each tool, by its name
     * @param firstIndex the index in the id of the first call
     * @param required whether the answer must be calls
     * @param parallel whether it may be several
     */
    public record Calls(Map<String, CompiledGrammar> arguments, int firstIndex, boolean required, boolean parallel) {
    }

    private enum Part {
        ANY_TEXT,
        FORMED_TEXT,
        NO_TEXT,
        SECTION,
        ID,
        ARGUMENTS,
        AFTER_CALL,
        END
    }

    private static final int[] NONE = {};

    private final TokenTrie trie;
    /** Null where there are no tools. */
    private final Calls calls;
    private final int sectionBegin;
    private final int sectionEnd;
    private final int callBegin;
    private final int argumentBegin;
    private final int callEnd;
    private final int[] ends;
    private final long[] allowed;

    private Part part;
    /** Of the formed text, of an id, of arguments. */
    private GrammarMatcher matcher;
    private boolean begun;
    private boolean inSection;
    private int index;
    /** The ids that a call may have now, with their tools. */
    private final Map<String, String> toolsById = new LinkedHashMap<>();
    private final ByteArrayOutputStream id = new ByteArrayOutputStream();

    /**
     * @param form what text is held to, or null
     * @param calls what calls may be, or null where there are no tools; the vocabulary has their markers then
     */
    public AnswerConstraint(Tokenizer tokenizer, TokenTrie trie, CompiledGrammar form, Calls calls) {
        this.trie = trie;
        this.calls = calls;
        sectionBegin = token(tokenizer, ToolMarkers.SECTION_BEGIN);
        sectionEnd = token(tokenizer, ToolMarkers.SECTION_END);
        callBegin = token(tokenizer, ToolMarkers.CALL_BEGIN);
        argumentBegin = token(tokenizer, ToolMarkers.ARGUMENT_BEGIN);
        callEnd = token(tokenizer, ToolMarkers.CALL_END);
        ends = tokenizer.endOfGenerationTokens();
        allowed = new long[(tokenizer.size() + Long.SIZE - 1) / Long.SIZE];
        if (calls != null && calls.required()) {
            part = Part.NO_TEXT;
        } else if (form != null) {
            part = Part.FORMED_TEXT;
            matcher = form.matcher();
        } else {
            part = Part.ANY_TEXT;
        }
        index = calls == null ? 0 : calls.firstIndex();
    }

    /** The markers of tool calls that a vocabulary lacks: without all of them a model cannot call tools. */
    public static List<String> missingMarkers(Tokenizer tokenizer) {
        return ToolMarkers.TOKENS.stream().filter(marker -> tokenizer.id(marker).isEmpty()).toList();
    }

    private static int token(Tokenizer tokenizer, String marker) {
        OptionalInt token = tokenizer.id(marker);
        return token.isPresent() ? token.getAsInt() : -1;
    }

    @Override
    public boolean allowsEverything() {
        return part == Part.ANY_TEXT;
    }

    @Override
    public boolean allows(int token) {
        return allowsEverything() || contains(structure(), token) || matcher != null && matcher.allows(token);
    }

    @Override
    public long[] allowed() {
        if (matcher == null) {
            Arrays.fill(allowed, 0);
        } else {
            System.arraycopy(matcher.allowed(), 0, allowed, 0, allowed.length);
        }
        for (int token : structure()) {
            allowed[token >> 6] |= 1L << token;
        }
        return allowed;
    }

    /** The tokens that may come now besides text. */
    private int[] structure() {
        return switch (part) {
            case ANY_TEXT -> NONE;
            case FORMED_TEXT -> afterForm();
            case NO_TEXT -> new int[] { sectionBegin, callBegin };
            case SECTION -> new int[] { callBegin };
            case ID -> matcher.mayEnd() ? new int[] { argumentBegin } : NONE;
            case ARGUMENTS -> matcher.mayEnd() ? new int[] { callEnd } : NONE;
            case AFTER_CALL -> afterCall();
            case END -> ends;
        };
    }

    private int[] afterForm() {
        int[] end = matcher.mayEnd() ? ends : NONE;
        return begun || calls == null ? end : with(end, sectionBegin, callBegin);
    }

    private int[] afterCall() {
        int[] end = inSection ? new int[] { sectionEnd } : ends;
        return calls.parallel() ? with(end, callBegin) : end;
    }

    private static int[] with(int[] tokens, int... more) {
        int[] all = Arrays.copyOf(tokens, tokens.length + more.length);
        System.arraycopy(more, 0, all, tokens.length, more.length);
        return all;
    }

    private static boolean contains(int[] tokens, int token) {
        for (int t : tokens) {
            if (t == token) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void accept(int token) {
        if (calls != null && token == sectionBegin && part != Part.ID && part != Part.ARGUMENTS) {
            inSection = true;
            enter(Part.SECTION, null);
        } else if (calls != null && token == callBegin) {
            beginCall();
        } else if (part == Part.ID && token == argumentBegin) {
            enter(Part.ARGUMENTS, calls.arguments().get(toolsById.get(id.toString(StandardCharsets.UTF_8))).matcher());
        } else if (part == Part.ARGUMENTS && token == callEnd) {
            index++;
            enter(Part.AFTER_CALL, null);
        } else if (part == Part.AFTER_CALL && token == sectionEnd) {
            enter(Part.END, null);
        } else if (part == Part.ID) {
            matcher.accept(token);
            id.writeBytes(trie.text(token));
        } else if (matcher != null && !contains(ends, token)) {
            matcher.accept(token);
            begun = true;
        }
    }

    private void beginCall() {
        id.reset();
        toolsById.clear();
        for (String name : calls.arguments().keySet()) {
            toolsById.put(ToolMarkers.ID_PREFIX + name + ":" + index, name);
        }
        enter(Part.ID, CompiledGrammar.oneOf(toolsById.keySet(), trie).matcher());
    }

    private void enter(Part next, GrammarMatcher itsMatcher) {
        part = next;
        matcher = itsMatcher;
    }
}
