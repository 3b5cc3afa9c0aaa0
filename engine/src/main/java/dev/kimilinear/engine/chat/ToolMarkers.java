package dev.kimilinear.engine.chat;

import java.util.List;

/** The texts that tool calls of the Kimi family stand between; in its vocabularies each of the first five is one token. */
final class ToolMarkers {

    static final String SECTION_BEGIN = "<|tool_calls_section_begin|>";
    static final String SECTION_END = "<|tool_calls_section_end|>";
    static final String CALL_BEGIN = "<|tool_call_begin|>";
    static final String ARGUMENT_BEGIN = "<|tool_call_argument_begin|>";
    static final String CALL_END = "<|tool_call_end|>";
    /** What models write now and then in place of the plural, as plain text. */
    static final String SINGULAR_SECTION_BEGIN = "<|tool_call_section_begin|>";
    static final String SINGULAR_SECTION_END = "<|tool_call_section_end|>";

    static final List<String> TOKENS = List.of(SECTION_BEGIN, SECTION_END, CALL_BEGIN, ARGUMENT_BEGIN, CALL_END);

    /** In front of a tool's name in the id of a call. */
    static final String ID_PREFIX = "functions.";

    private ToolMarkers() {
    }
}
