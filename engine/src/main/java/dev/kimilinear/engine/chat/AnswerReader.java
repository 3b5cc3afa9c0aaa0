package dev.kimilinear.engine.chat;

import static dev.kimilinear.engine.chat.ToolMarkers.ARGUMENT_BEGIN;
import static dev.kimilinear.engine.chat.ToolMarkers.CALL_BEGIN;
import static dev.kimilinear.engine.chat.ToolMarkers.CALL_END;
import static dev.kimilinear.engine.chat.ToolMarkers.SECTION_BEGIN;
import static dev.kimilinear.engine.chat.ToolMarkers.SECTION_END;
import static dev.kimilinear.engine.chat.ToolMarkers.SINGULAR_SECTION_BEGIN;
import static dev.kimilinear.engine.chat.ToolMarkers.SINGULAR_SECTION_END;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.engine.api.EngineException;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * Tells the parts of an answer apart while it is written: thinking, text, tool calls. Text comes in pieces of any size; what
 * could become a marker is held back until it did or cannot any more, so the result does not depend on the pieces.
 *
 * <pre>
 * &lt;think&gt;THINKING&lt;/think&gt;TEXT&lt;|tool_calls_section_begin|&gt;CALLS&lt;|tool_calls_section_end|&gt;
 * </pre>
 *
 * with {@code <|tool_call_begin|>functions.NAME:INDEX<|tool_call_argument_begin|>ARGUMENTS<|tool_call_end|>} for each call.
 * Each part may be absent. Models of this family leave out the markers of the section, write them in the singular, leave out
 * the end of the last call, and call tools before they have ended their thinking: all of this is understood. Belongs to one
 * sequence; not thread-safe.
 */
public final class AnswerReader {

    private static final String THINK = "<think>";
    private static final String THINK_END = "</think>";
    private static final Pattern ID = Pattern.compile("\\s*(functions\\.(.+):\\d+)\\s*", Pattern.DOTALL);

    private static final List<String> BEFORE_CALLS = List.of(SECTION_BEGIN, SINGULAR_SECTION_BEGIN, CALL_BEGIN);
    private static final List<String> IN_THINKING = List.of(THINK_END, SECTION_BEGIN, SINGULAR_SECTION_BEGIN, CALL_BEGIN);
    private static final List<String> BETWEEN_CALLS = List.of(CALL_BEGIN, SECTION_END, SINGULAR_SECTION_END);
    private static final List<String> IN_ID = List.of(ARGUMENT_BEGIN);
    private static final List<String> IN_ARGUMENTS = List.of(CALL_END, CALL_BEGIN, SECTION_END, SINGULAR_SECTION_END);

    private enum Part {
        BEGINNING,
        THINKING,
        TEXT,
        BETWEEN_CALLS,
        ID,
        ARGUMENTS
    }

    private final Set<String> tools;
    private final boolean parallel;
    private final AnswerListener listener;
    private Part part;
    /** What is not told apart yet. */
    private final StringBuilder held = new StringBuilder();
    private int calls;
    private String id;
    private String name;
    private final StringBuilder arguments = new StringBuilder();

    /**
     * @param tools the names of the tools that may be called; without any, markers of calls are text
     * @param parallel whether there may be several calls
     * @param splitThinking whether thinking is told apart; otherwise it is text
     */
    public AnswerReader(Set<String> tools, boolean parallel, boolean splitThinking, AnswerListener listener) {
        this.tools = Set.copyOf(tools);
        this.parallel = parallel;
        this.listener = listener;
        part = splitThinking ? Part.BEGINNING : Part.TEXT;
    }

    /** The text of a token that is a marker of tool calls, or null. */
    public static String marker(int token, Tokenizer tokenizer) {
        for (String marker : ToolMarkers.TOKENS) {
            OptionalInt id = tokenizer.id(marker);
            if (id.isPresent() && id.getAsInt() == token) {
                return marker;
            }
        }
        return null;
    }

    /**
     * Takes the next piece of the answer, markers included.
     *
     * @throws EngineException if a call is none: its id has another form, its tool does not exist, or it may not come
     */
    public void accept(String piece) {
        held.append(piece);
        while (step()) {
            // Each step takes what belongs to one part.
        }
    }

    /**
     * The answer has ended.
     *
     * @param cut whether it was cut off: then a call that is not complete is none
     * @throws EngineException if it ended by itself within the id of a call
     */
    public void finish(boolean cut) {
        switch (part) {
            case BEGINNING, TEXT -> text(held.length());
            case THINKING -> thinking(held.length());
            case BETWEEN_CALLS -> text(held.toString().isBlank() ? 0 : held.length());
            case ID -> {
                if (!cut) {
                    throw new EngineException("The answer ended within a tool call, behind \"" + held + "\", expected \""
                            + ARGUMENT_BEGIN + "\" and arguments.");
                }
            }
            case ARGUMENTS -> {
                arguments(held.length());
                if (!cut) {
                    endCall();
                }
            }
        }
        held.setLength(0);
    }

    /** @return whether there may be more to tell apart */
    private boolean step() {
        switch (part) {
            case BEGINNING -> {
                if (held.length() < THINK.length() && THINK.startsWith(held.toString())) {
                    return false;
                }
                boolean thinks = held.indexOf(THINK) == 0;
                drop(thinks ? THINK.length() : 0);
                part = thinks ? Part.THINKING : Part.TEXT;
                return true;
            }
            case THINKING -> {
                return upTo(tools.isEmpty() ? List.of(THINK_END) : IN_THINKING, this::thinking);
            }
            case TEXT -> {
                if (tools.isEmpty()) {
                    text(held.length());
                    return false;
                }
                return upTo(BEFORE_CALLS, this::text);
            }
            case BETWEEN_CALLS -> {
                return upTo(BETWEEN_CALLS, length -> {
                    // White space between calls means nothing.
                    if (held.substring(0, length).isBlank()) {
                        drop(length);
                    } else {
                        text(length);
                    }
                });
            }
            case ID -> {
                return upTo(IN_ID, length -> {
                });
            }
            case ARGUMENTS -> {
                return upTo(IN_ARGUMENTS, length -> {
                    // Arguments that are empty are one piece, not two.
                    if (!(arguments.isEmpty() && held.toString().equals("{"))) {
                        arguments(length);
                    }
                });
            }
        }
        throw new AssertionError(part);
    }

    private interface Taker {
        void take(int length);
    }

    /** Takes what is held up to the first of some markers, or up to what may become one. */
    private boolean upTo(List<String> markers, Taker taker) {
        int at = -1;
        String found = null;
        for (String marker : markers) {
            int i = held.indexOf(marker);
            if (i >= 0 && (at < 0 || i < at)) {
                at = i;
                found = marker;
            }
        }
        if (found == null) {
            int end = held.length() - longestBeginningAtTheEnd(markers);
            if (end > 0) {
                taker.take(end);
            }
            return false;
        }
        if (at > 0) {
            taker.take(at);
        }
        enter(found);
        return true;
    }

    private int longestBeginningAtTheEnd(List<String> markers) {
        int longest = 0;
        for (String marker : markers) {
            for (int length = Math.min(marker.length() - 1, held.length()); length > longest; length--) {
                if (marker.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }

    /** A marker stands at the beginning of what is held, or behind the id of a call. */
    private void enter(String marker) {
        if (part == Part.ARGUMENTS) {
            endCall();
        }
        switch (marker) {
            case THINK_END -> {
                drop(marker.length());
                part = Part.TEXT;
            }
            case CALL_BEGIN -> {
                if (calls > 0 && !parallel) {
                    throw new EngineException("The model calls a second tool, and this request allows one call only.");
                }
                drop(marker.length());
                part = Part.ID;
            }
            case ARGUMENT_BEGIN -> beginCall(held.indexOf(marker));
            case SECTION_END, SINGULAR_SECTION_END -> {
                drop(marker.length());
                part = Part.TEXT;
            }
            default -> {
                drop(marker.length());
                part = Part.BETWEEN_CALLS;
            }
        }
    }

    private void beginCall(int idLength) {
        String text = held.substring(0, idLength);
        Matcher matcher = ID.matcher(text);
        if (!matcher.matches()) {
            throw new EngineException("The model calls \"" + text + "\", expected an id of the form "
                    + ToolMarkers.ID_PREFIX + "NAME:INDEX.");
        }
        if (!tools.contains(matcher.group(2))) {
            throw new EngineException("The model calls the tool \"" + matcher.group(2) + "\", which the request does not have; "
                    + "it has " + String.join(", ", tools) + ".");
        }
        id = matcher.group(1);
        name = matcher.group(2);
        drop(idLength + ARGUMENT_BEGIN.length());
        part = Part.ARGUMENTS;
        listener.arguments(calls, id, name, "");
    }

    private void endCall() {
        listener.call(calls++, new ToolCall(id, name, arguments.toString().strip()));
        arguments.setLength(0);
        part = Part.BETWEEN_CALLS;
    }

    private void text(int length) {
        if (length > 0) {
            listener.text(held.substring(0, length));
            drop(length);
        }
    }

    private void thinking(int length) {
        if (length > 0) {
            listener.thinking(held.substring(0, length));
            drop(length);
        }
    }

    private void arguments(int length) {
        if (length > 0) {
            String piece = held.substring(0, length);
            arguments.append(piece);
            drop(length);
            listener.arguments(calls, id, name, piece);
        }
    }

    private void drop(int length) {
        held.delete(0, length);
    }
}
