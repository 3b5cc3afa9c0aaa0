package dev.kimilinear.trainer.data;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;

/**
 * A dialogue as text in the format of the Kimi family, with compact declarations of tools: what {@link #TEMPLATE}, the
 * template inside the exported file, makes of the same turns.
 */
public final class Rendering {

    /** Takes the parts of a text in order. */
    public interface Parts {

        /** @param skill the skill that a learned part shows, {@code null} for what is only read */
        void add(String text, String skill);
    }

    /** The chat template of the exported model (Jinja). */
    public static final String TEMPLATE = "{%- if tools -%}<|im_system|>tool_declare<|im_middle|>"
            + "{{ tools | tojson(separators=(',', ':')) }}<|im_end|>{%- endif -%}{%- for message in messages -%}"
            + "{%- if message['role'] == 'user' -%}<|im_user|>user<|im_middle|>"
            + "{%- elif message['role'] == 'assistant' -%}<|im_assistant|>assistant<|im_middle|>"
            + "{%- else -%}<|im_system|>{{ message['role'] }}<|im_middle|>{%- endif -%}"
            + "{%- if message['role'] == 'assistant' and message.get('tool_calls') -%}{{ message['content'] or '' }}"
            + "<|tool_calls_section_begin|>{%- for tool_call in message['tool_calls'] -%}"
            + "<|tool_call_begin|>{{ tool_call['id'] }}<|tool_call_argument_begin|>"
            + "{%- if tool_call['function']['arguments'] is string -%}{{ tool_call['function']['arguments'] }}"
            + "{%- else -%}{{ tool_call['function']['arguments'] | tojson }}{%- endif -%}"
            + "<|tool_call_end|>{%- endfor -%}<|tool_calls_section_end|>"
            + "{%- elif message['role'] == 'tool' -%}## Return of {{ message['tool_call_id'] }}\n{{ message['content'] }}"
            + "{%- else -%}{{ message['content'] }}{%- endif -%}<|im_end|>{%- endfor -%}"
            + "{%- if add_generation_prompt -%}<|im_assistant|>assistant<|im_middle|>{%- endif -%}";

    private Rendering() {
    }

    /** The whole dialogue as one text. */
    public static String text(Dialogue dialogue) {
        StringBuilder text = new StringBuilder();
        render(dialogue, (part, skill) -> text.append(part));
        return text.toString();
    }

    /** The dialogue in parts. The end token of a learned answer is learned with it. */
    public static void render(Dialogue dialogue, Parts parts) {
        if (!dialogue.tools().isEmpty()) {
            parts.add("<|im_system|>tool_declare<|im_middle|>" + declaration(dialogue) + "<|im_end|>", null);
        }
        for (Dialogue.Message message : dialogue.messages()) {
            ChatTurn turn = message.turn();
            switch (turn.role()) {
                case SYSTEM -> parts.add("<|im_system|>system<|im_middle|>" + turn.content() + "<|im_end|>", null);
                case USER -> parts.add("<|im_user|>user<|im_middle|>" + turn.content() + "<|im_end|>", null);
                case TOOL -> parts.add("<|im_system|>tool<|im_middle|>## Return of " + turn.toolCallId() + '\n' + turn.content()
                        + "<|im_end|>", null);
                case ASSISTANT -> {
                    parts.add("<|im_assistant|>assistant<|im_middle|>", null);
                    parts.add(answer(turn) + "<|im_end|>", message.learned() ? message.skill() : null);
                }
            }
        }
    }

    /** What the model writes for an assistant's turn, without the end token. */
    public static String answer(ChatTurn turn) {
        return turn.content() + calls(turn);
    }

    private static String declaration(Dialogue dialogue) {
        StringBuilder json = new StringBuilder("[");
        for (ToolSpec tool : dialogue.tools()) {
            json.append(json.length() > 1 ? "," : "").append("{\"type\":\"function\",\"function\":{\"name\":")
                    .append(Json.quote(tool.name()));
            if (tool.description() != null) {
                json.append(",\"description\":").append(Json.quote(tool.description()));
            }
            json.append(",\"parameters\":").append(tool.parametersJsonSchema()).append("}}");
        }
        return json.append(']').toString();
    }

    private static String calls(ChatTurn turn) {
        if (turn.toolCalls().isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("<|tool_calls_section_begin|>");
        for (ToolCall call : turn.toolCalls()) {
            text.append("<|tool_call_begin|>").append(call.id()).append("<|tool_call_argument_begin|>")
                    .append(call.argumentsJson()).append("<|tool_call_end|>");
        }
        return text.append("<|tool_calls_section_end|>").toString();
    }
}
