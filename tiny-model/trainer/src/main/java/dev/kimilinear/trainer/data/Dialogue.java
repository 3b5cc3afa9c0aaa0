package dev.kimilinear.trainer.data;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.engine.api.ToolSpec;

/** A conversation that is being written, with the answers that the model shall learn. For one thread. */
public final class Dialogue {

    /**
     * A message.
     *
     * @param skill for an assistant's message: the skill it shows; otherwise null
     * @param learned for an assistant's message: false if it only stands there as a past that others refer to
     */
    public record Message(ChatTurn turn, String skill, boolean learned) {
    }

    private final Source source;
    private final List<Message> messages = new ArrayList<>();
    private List<ToolSpec> tools = List.of();
    private String skill = "";
    private int calls;

    public Dialogue(Source source) {
        this.source = source;
    }

    public List<Message> messages() {
        return messages;
    }

    public List<ToolSpec> tools() {
        return tools;
    }

    /** The skill that the assistant's messages from here on show. */
    public Dialogue shows(String skill) {
        this.skill = skill;
        return this;
    }

    /** Declares the tools. */
    public Dialogue declare(List<ToolSpec> tools) {
        this.tools = List.copyOf(tools);
        return this;
    }

    /** The system message, as it is. */
    public Dialogue system(String text) {
        messages.add(new Message(ChatTurn.system(withoutMarks(text)), null, false));
        return this;
    }

    /** A user's message, with slips of the pen. */
    public Dialogue user(String text) {
        return exactUser(SlipOfThePen.apply(text, source.random()));
    }

    /** A user's message, as it is: where every character matters. */
    public Dialogue exactUser(String text) {
        messages.add(new Message(ChatTurn.user(withoutMarks(text)), null, false));
        return this;
    }

    /** The assistant's answer. */
    public Dialogue answer(String text) {
        messages.add(new Message(ChatTurn.assistant(withoutMarks(text)), skill, true));
        return this;
    }

    /** An answer that the model is not to learn. */
    public Dialogue pastAnswer(String text) {
        messages.add(new Message(ChatTurn.assistant(withoutMarks(text)), skill, false));
        return this;
    }

    /** A call of a tool with the next id of this conversation: {@code functions.NAME:INDEX}. */
    public ToolCall newCall(String tool, String argumentsJson) {
        return new ToolCall("functions." + tool + ":" + calls++, tool, argumentsJson);
    }

    /** The assistant calls tools, all at once. */
    public Dialogue call(List<ToolCall> calls) {
        messages.add(new Message(ChatTurn.assistant("", calls), skill, true));
        return this;
    }

    /** What a call returned. */
    public Dialogue result(ToolCall call, String content) {
        messages.add(new Message(ChatTurn.tool(call.id(), call.name(), content), null, false));
        return this;
    }

    /** The text without the marks that a source puts around contents. */
    public static String withoutMarks(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != Source.CONTENT_BEGIN && c != Source.CONTENT_END) {
                out.append(c);
            }
        }
        return out.toString();
    }
}
