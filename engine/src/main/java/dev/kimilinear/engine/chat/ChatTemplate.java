package dev.kimilinear.engine.chat;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.ModelFormatException;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.engine.gguf.GgufMetadata;
import dev.kimilinear.engine.grammar.JsonWriting;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * From a conversation to the prompt that a model was trained on: the file's own template (key
 * {@code tokenizer.chat_template}), or the built-in Kimi format. Immutable and thread-safe.
 *
 * <p>
 * Texts of turns and tools cannot forge a turn: a special token is one only if the template itself wrote it, all of it. Such
 * a text is encoded as what it looks like, and together with the text of the template beside it. (A template that changes the
 * characters of a text, say to lower case, can still make a special token of it.)
 */
public final class ChatTemplate {

    private static final Logger LOG = System.getLogger(ChatTemplate.class.getName());

    private static final String KEY = "tokenizer.chat_template";

    private static final String PROBE = "How are you today?";
    /** Arguments as Python writes them. */
    private static final String SPACED = "{\"a\": 1, \"b\": 2}";

    /** Where guards are taken from: characters that no text is expected to have, noncharacters first, then private use. */
    private static final char[][] GUARDS = { { '\uFDD0', '\uFDEF' }, { '\uE000', '\uF8FF' } };

    /** What a text may go on with: of each kind that the tokenizer knows, so that no token is common to what they become. */
    private static final List<String> CONTINUATIONS = List.of("a", "Zz", " w", "7", ".", "\n\n", "\u4e2d", "\u00e9", " ", "-(");

    /** A way to write prompts. */
    private interface Format {

        /** @throws JinjaException if it cannot write this one */
        String render(Conversation conversation, char guard);
    }

    private final Tokenizer tokenizer;
    private final Format format;
    /** What of the possible guards the template itself contains. */
    private final BitSet usedByTemplate = new BitSet();

    /**
     * @param format null if there is none
     * @param texts that the format may write, other than those of the conversation
     */
    private ChatTemplate(Tokenizer tokenizer, Format format, Collection<String> texts) {
        this.tokenizer = tokenizer;
        this.format = format;
        texts.forEach(text -> mark(text, usedByTemplate));
    }

    /**
     * The template of a model file. It is tried on a short conversation; one that fails is replaced by the built-in format if
     * it is of the Kimi family, with a warning in the log. A file without a template gets the built-in format too if its
     * vocabulary has the markers; without them the result can be had, for raw text needs no template, but renders nothing.
     *
     * @throws ModelFormatException if the file has a template of another family that cannot be rendered
     */
    public static ChatTemplate of(GgufMetadata metadata, Tokenizer tokenizer) {
        String template = metadata.optionalString(KEY).orElse("");
        boolean kimi = KimiFormat.isKnownTo(tokenizer);
        Format builtIn = (conversation, guard) -> KimiFormat.render(conversation);
        if (template.isBlank()) {
            return new ChatTemplate(tokenizer, kimi ? builtIn : null, List.of());
        }
        try {
            Map<String, String> tokens = Map.of("bos_token", tokenText(metadata, tokenizer, "tokenizer.ggml.bos_token_id"),
                    "eos_token", tokenText(metadata, tokenizer, "tokenizer.ggml.eos_token_id"));
            Format format = ownFormat(new JinjaTemplate(template), tokens);
            ChatTemplate own = new ChatTemplate(tokenizer, format, List.of(template, tokens.get("bos_token"),
                    tokens.get("eos_token")));
            own.probe();
            return own;
        } catch (JinjaException e) {
            if (!kimi || !KimiFormat.isMeantBy(template)) {
                throw metadata.refusal("its chat template (key \"" + KEY + "\") cannot be rendered: " + e.getMessage()
                        + "; expected a Jinja template that Jinjava can render, or one of the Kimi family", e);
            }
            LOG.log(Level.WARNING, "The chat template of the model cannot be rendered ({0}); the built-in Kimi format is used"
                    + " instead.", e.getMessage());
            return new ChatTemplate(tokenizer, builtIn, List.of());
        }
    }

    private static Format ownFormat(JinjaTemplate jinja, Map<String, String> tokens) {
        return (conversation, guard) -> {
            Map<String, Object> variables = new HashMap<>(tokens);
            variables.put("add_generation_prompt", true);
            variables.put("messages", conversation.messages());
            // Jinja2 gets None where there are no tools; to a template, absent is the same.
            if (!conversation.tools().isEmpty()) {
                variables.put("tools", conversation.tools());
            }
            return jinja.render(variables, guard);
        };
    }

    private static String tokenText(GgufMetadata metadata, Tokenizer tokenizer, String key) {
        int id = metadata.integer(key, -1);
        return id < 0 || id >= tokenizer.size() ? "" : tokenizer.decode(new int[] { id }, true);
    }

    private void probe() {
        List<ChatTurn> turns = List.of(ChatTurn.system("You are helpful."), ChatTurn.user("Hello!"),
                ChatTurn.assistant("Hello. What can I do?"), ChatTurn.user(PROBE));
        try {
            String prompt = format.render(Conversation.of(turns, List.of(), UnaryOperator.identity()), GUARDS[0][0]);
            if (!prompt.contains(PROBE)) {
                throw new JinjaException("the user's message is missing from what it renders");
            }
        } catch (JinjaException e) {
            // A template may well refuse, say, system messages: then it works.
            if (!e.isRaisedByTemplate()) {
                throw e;
            }
        }
    }

    /** How it writes the arguments of calls in earlier turns. */
    public JsonWriting argumentWriting() {
        ToolCall call = new ToolCall(ToolMarkers.ID_PREFIX + "f:0", "f", SPACED);
        try {
            String prompt = render(List.of(ChatTurn.user(PROBE), ChatTurn.assistant("", List.of(call))), List.of());
            return prompt.contains(SPACED) ? JsonWriting.SPACED
                    : prompt.contains(SPACED.replace(" ", "")) ? JsonWriting.COMPACT : JsonWriting.ANY;
        } catch (EngineException e) {
            // It has no calls, or there is no template.
            return JsonWriting.ANY;
        }
    }

    /**
     * The prompt as text, with the beginning of the assistant's turn at its end.
     *
     * @throws EngineException if the template refuses the conversation, or the file has none and is not of the Kimi family
     * @throws IllegalArgumentException if the schema of a tool is not JSON
     */
    public String render(List<ChatTurn> turns, List<ToolSpec> tools) {
        char guard = unusedCharacter(turns, tools);
        return render(turns, tools, guard).replace(String.valueOf(guard), "");
    }

    /** The prompt as token ids. Fails as {@link #render} does. */
    public int[] encode(List<ChatTurn> turns, List<ToolSpec> tools) {
        char guard = unusedCharacter(turns, tools);
        return tokenizer.encodeGuarded(render(turns, tools, guard), guard);
    }

    /**
     * The token ids that the prompts of all conversations begin with whose turns are these, the last one going on in any way.
     * They are found by trying ways that have nothing in common. Fails as {@link #render} does.
     */
    public int[] encodeBeginning(List<ChatTurn> turns, List<ToolSpec> tools) {
        int[] beginning = null;
        for (String continuation : CONTINUATIONS) {
            int[] prompt = encode(continued(turns, continuation), tools);
            int differs = beginning == null ? -1 : Arrays.mismatch(beginning, prompt);
            beginning = beginning == null ? prompt : differs < 0 ? beginning : Arrays.copyOf(beginning, differs);
        }
        return beginning;
    }

    private static List<ChatTurn> continued(List<ChatTurn> turns, String continuation) {
        List<ChatTurn> continued = new ArrayList<>(turns);
        ChatTurn last = continued.removeLast();
        continued.add(new ChatTurn(last.role(), last.name(), last.content() + continuation, last.toolCalls(),
                last.toolCallId()));
        if (last.role() == ChatTurn.Role.SYSTEM) {
            // Some templates want a question.
            continued.add(ChatTurn.user(continuation));
        }
        return continued;
    }

    private String render(List<ChatTurn> turns, List<ToolSpec> tools, char guard) {
        if (format == null) {
            throw new EngineException("Cannot write a chat prompt: the model file has no chat template (key \"" + KEY
                    + "\") and its vocabulary lacks the turn markers of the Kimi family. Prompt it with raw text.");
        }
        try {
            return format.render(Conversation.of(turns, tools, text -> tokenizer.guard(text, guard)), guard);
        } catch (JinjaException e) {
            throw new EngineException(e.isRaisedByTemplate()
                    ? "The chat template of the model refuses the conversation: " + e.getMessage()
                    : "The chat template of the model cannot render the conversation: " + e.getMessage() + ".", e);
        }
    }

    /** A character that occurs nowhere in the prompt. */
    private char unusedCharacter(List<ChatTurn> turns, List<ToolSpec> tools) {
        BitSet used = (BitSet) usedByTemplate.clone();
        Conversation.of(turns, tools, text -> {
            mark(text, used);
            return text;
        });
        for (char[] range : GUARDS) {
            int free = used.nextClearBit(range[0]);
            if (free <= range[1]) {
                return (char) free;
            }
        }
        throw new EngineException(
                "Cannot write a chat prompt: its texts use all of the characters U+FDD0 to U+FDEF and U+E000 to"
                        + " U+F8FF; one of them must be free to mark texts with. Remove one from the conversation.");
    }

    private static void mark(String text, BitSet used) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= GUARDS[1][0]) {
                used.set(text.charAt(i));
            }
        }
    }
}
