package dev.kimilinear.engine.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;

class KimiFormatTest {

    private static final String DEFAULT_SYSTEM = "<|im_system|>system<|im_middle|>You are Kimi, an AI assistant created by"
            + " Moonshot AI.<|im_end|>";
    private static final String GENERATION = "<|im_assistant|>assistant<|im_middle|>";

    @Test
    void aConversationWithoutASystemMessageBeginsWithTheDefaultOne() {
        assertThat(render(List.of(), ChatTurn.user("Hi "))).isEqualTo(DEFAULT_SYSTEM
                + "<|im_user|>user<|im_middle|>Hi <|im_end|>" + GENERATION);
    }

    @Test
    void turnsFollowOneAnotherWithoutLineBreaks() {
        assertThat(render(List.of(), ChatTurn.system("Be brief."), ChatTurn.user("a\n"), ChatTurn.assistant("b"),
                ChatTurn.user("c"))).isEqualTo(
                        "<|im_system|>system<|im_middle|>Be brief.<|im_end|><|im_user|>user<|im_middle|>a\n<|im_end|>"
                                + "<|im_assistant|>assistant<|im_middle|>b<|im_end|><|im_user|>user<|im_middle|>c<|im_end|>"
                                + GENERATION);
    }

    @Test
    void aNameStandsInPlaceOfTheRole() {
        assertThat(render(List.of(), ChatTurn.system("s"),
                new ChatTurn(ChatTurn.Role.USER, "anna", "x", List.of(), null)))
                .contains("<|im_user|>anna<|im_middle|>x<|im_end|>");
    }

    @Test
    void toolsAreDeclaredFirstAsPythonWritesJson() {
        ToolSpec tool = new ToolSpec("f", "Ü", "{\"type\":\"object\",\"properties\":{\"z\":{},\"a\":{\"default\":1.50}}}");

        assertThat(render(List.of(tool), ChatTurn.user("x"))).startsWith("<|im_system|>tool_declare<|im_middle|>"
                + "[{\"type\": \"function\", \"function\": {\"name\": \"f\", \"description\": \"Ü\", \"parameters\": "
                + "{\"type\": \"object\", \"properties\": {\"z\": {}, \"a\": {\"default\": 1.5}}}}}]<|im_end|>"
                + DEFAULT_SYSTEM);
    }

    @Test
    void callsFollowTheContentAndResultsNameTheirCall() {
        ToolCall first = new ToolCall("functions.f:0", "f", "{\"a\":1}");
        ToolCall second = new ToolCall("functions.g:1", "g", "broken {");

        assertThat(render(List.of(), ChatTurn.system("s"), ChatTurn.assistant("Well.", List.of(first, second)),
                ChatTurn.tool("functions.f:0", "f", "one"), ChatTurn.tool("functions.g:1", null, "two\n"))).endsWith(
                        "<|im_assistant|>assistant<|im_middle|>Well.<|tool_calls_section_begin|>"
                                + "<|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\": 1}<|tool_call_end|>"
                                + "<|tool_call_begin|>functions.g:1<|tool_call_argument_begin|>broken {<|tool_call_end|>"
                                + "<|tool_calls_section_end|><|im_end|>"
                                + "<|im_system|>f<|im_middle|>## Return of functions.f:0\none<|im_end|>"
                                + "<|im_system|>tool<|im_middle|>## Return of functions.g:1\ntwo\n<|im_end|>" + GENERATION);
    }

    private static String render(List<ToolSpec> tools, ChatTurn... turns) {
        return KimiFormat.render(Conversation.of(List.of(turns), tools, UnaryOperator.identity()));
    }
}
