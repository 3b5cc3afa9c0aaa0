package dev.kimilinear.engine.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.core.JsonProcessingException;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;

/**
 * A conversation in the shape that chat templates know, that of OpenAI's messages and tools.
 *
 * @param messages {@code role, content, name, tool_calls, tool_call_id} each; what a turn has not is absent
 * @param tools {@code type, function: {name, description, parameters}} each
 */
record Conversation(List<Map<String, Object>> messages, List<Map<String, Object>> tools) {

    /**
     * @param text what becomes of each text that somebody wrote: contents, names, ids, arguments, tool specifications; not of
     *        roles and other words of the shape
     * @throws IllegalArgumentException if the schema of a tool is not JSON
     */
    static Conversation of(List<ChatTurn> turns, List<ToolSpec> tools, UnaryOperator<String> text) {
        return new Conversation(turns.stream().map(turn -> message(turn, text)).toList(),
                tools.stream().map(tool -> tool(tool, text)).toList());
    }

    private static Map<String, Object> message(ChatTurn turn, UnaryOperator<String> text) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", turn.role().name().toLowerCase(Locale.ROOT));
        message.put("content", text.apply(turn.content()));
        if (turn.name() != null) {
            message.put("name", text.apply(turn.name()));
        }
        if (!turn.toolCalls().isEmpty()) {
            message.put("tool_calls", turn.toolCalls().stream().map(call -> toolCall(call, text)).toList());
        }
        if (turn.toolCallId() != null) {
            message.put("tool_call_id", text.apply(turn.toolCallId()));
        }
        return message;
    }

    private static Map<String, Object> toolCall(ToolCall call, UnaryOperator<String> text) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", text.apply(call.name()));
        function.put("arguments", eachText(arguments(call.argumentsJson()), text));
        Map<String, Object> toolCall = new LinkedHashMap<>();
        toolCall.put("id", text.apply(call.id()));
        toolCall.put("type", "function");
        toolCall.put("function", function);
        return toolCall;
    }

    /**
     * Arguments as an object, as llama-server gives them to templates, which then print them in their own style. What a model
     * wrote need not be JSON: such arguments stay the text that they are.
     */
    private static Object arguments(String json) {
        if (json.isBlank()) {
            return Map.of();
        }
        try {
            Object value = PythonJson.parse(json);
            return value instanceof Map || value instanceof List ? value : json;
        } catch (JsonProcessingException e) {
            return json;
        }
    }

    private static Map<String, Object> tool(ToolSpec tool, UnaryOperator<String> text) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", text.apply(tool.name()));
        if (tool.description() != null) {
            function.put("description", text.apply(tool.description()));
        }
        try {
            function.put("parameters", eachText(PythonJson.parse(tool.parametersJsonSchema()), text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The parameters of tool \"" + tool.name() + "\" are not a JSON schema: "
                    + e.getOriginalMessage() + ". Expected a JSON object.", e);
        }
        Map<String, Object> wrapped = new LinkedHashMap<>();
        wrapped.put("type", "function");
        wrapped.put("function", function);
        return wrapped;
    }

    private static Object eachText(Object json, UnaryOperator<String> text) {
        return switch (json) {
            case String string -> text.apply(string);
            case Map<?, ?> map -> {
                Map<String, Object> mapped = new LinkedHashMap<>();
                map.forEach((key, value) -> mapped.put(text.apply((String) key), eachText(value, text)));
                yield mapped;
            }
            case List<?> list -> {
                List<Object> mapped = new ArrayList<>(list.size());
                list.forEach(value -> mapped.add(eachText(value, text)));
                yield mapped;
            }
            case null, default -> json;
        };
    }
}
