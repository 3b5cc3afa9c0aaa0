package dev.kimilinear.engine.chat;

import java.util.List;
import java.util.Map;

import dev.kimilinear.engine.tokenizer.Tokenizer;

/**
 * The prompt format of the Kimi family, built in for files whose own template is absent or cannot be run. Turns follow one
 * another without line breaks:
 *
 * <pre>
 * &lt;|im_system|&gt;tool_declare&lt;|im_middle|&gt;TOOLS AS JSON&lt;|im_end|&gt;
 * &lt;|im_system|&gt;system&lt;|im_middle|&gt;CONTENT&lt;|im_end|&gt;
 * &lt;|im_user|&gt;user&lt;|im_middle|&gt;CONTENT&lt;|im_end|&gt;
 * &lt;|im_assistant|&gt;assistant&lt;|im_middle|&gt;CONTENT&lt;|tool_calls_section_begin|&gt;CALLS&lt;|tool_calls_section_end|&gt;&lt;|im_end|&gt;
 * &lt;|im_system|&gt;tool&lt;|im_middle|&gt;## Return of CALL ID, line feed, RESULT&lt;|im_end|&gt;
 * &lt;|im_assistant|&gt;assistant&lt;|im_middle|&gt;
 * </pre>
 *
 * with {@code <|tool_call_begin|>CALL ID<|tool_call_argument_begin|>JSON<|tool_call_end|>} for each call. The name of a turn,
 * if it has one, stands in place of its role.
 */
final class KimiFormat {

    private static final String SYSTEM = "<|im_system|>";
    private static final String USER = "<|im_user|>";
    private static final String ASSISTANT = "<|im_assistant|>";
    private static final String MIDDLE = "<|im_middle|>";
    private static final String END = "<|im_end|>";

    private static final String DEFAULT_SYSTEM_MESSAGE = "You are Kimi, an AI assistant created by Moonshot AI.";

    private KimiFormat() {
    }

    /** Whether the markers of turns are tokens of the vocabulary. */
    static boolean isKnownTo(Tokenizer tokenizer) {
        return List.of(SYSTEM, USER, ASSISTANT, MIDDLE, END).stream().allMatch(marker -> tokenizer.id(marker).isPresent());
    }

    /** Whether a template is one of the family. */
    static boolean isMeantBy(String template) {
        return List.of(USER, ASSISTANT, MIDDLE).stream().allMatch(template::contains);
    }

    static String render(Conversation conversation) {
        StringBuilder prompt = new StringBuilder();
        if (!conversation.tools().isEmpty()) {
            prompt.append(SYSTEM).append("tool_declare").append(MIDDLE)
                    .append(PythonJson.DEFAULT.write(conversation.tools())).append(END);
        }
        List<Map<String, Object>> messages = conversation.messages();
        if (messages.isEmpty() || !messages.getFirst().get("role").equals("system")) {
            prompt.append(SYSTEM).append("system").append(MIDDLE).append(DEFAULT_SYSTEM_MESSAGE).append(END);
        }
        for (Map<String, Object> message : messages) {
            String role = (String) message.get("role");
            String marker = switch (role) {
                case "user" -> USER;
                case "assistant" -> ASSISTANT;
                default -> SYSTEM;
            };
            prompt.append(marker).append(message.getOrDefault("name", role)).append(MIDDLE);
            if (role.equals("tool")) {
                prompt.append("## Return of ").append(message.getOrDefault("tool_call_id", "")).append('\n');
            }
            prompt.append(message.get("content"));
            if (message.get("tool_calls") instanceof List<?> calls) {
                appendCalls(calls, prompt);
            }
            prompt.append(END);
        }
        return prompt.append(ASSISTANT).append("assistant").append(MIDDLE).toString();
    }

    private static void appendCalls(List<?> calls, StringBuilder prompt) {
        prompt.append("<|tool_calls_section_begin|>");
        for (Object call : calls) {
            Map<?, ?> fields = (Map<?, ?>) call;
            Object arguments = ((Map<?, ?>) fields.get("function")).get("arguments");
            prompt.append("<|tool_call_begin|>").append(fields.get("id")).append("<|tool_call_argument_begin|>")
                    .append(arguments instanceof String text ? text : PythonJson.DEFAULT.write(arguments))
                    .append("<|tool_call_end|>");
        }
        prompt.append("<|tool_calls_section_end|>");
    }
}
