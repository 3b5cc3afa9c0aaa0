package dev.kimilinear.engine.api;

import java.util.List;
import java.util.Objects;

/**
 * One message of a conversation, as the chat template sees it.
 *
 * @param role who speaks
 * @param name replaces the role's word in the prompt where the template supports it, or null
 * @param content the text; never null, may be empty for an assistant turn that only calls tools
 * @param toolCalls calls made in an assistant turn, in order; empty otherwise
 * @param toolCallId the id of the call that a tool turn answers; null otherwise
 */
public record ChatTurn(Role role, String name, String content, List<ToolCall> toolCalls, String toolCallId) {

    /** The roles that chat templates know. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL
    }

    public ChatTurn {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
        toolCalls = List.copyOf(toolCalls);
    }

    public static ChatTurn system(String content) {
        return new ChatTurn(Role.SYSTEM, null, content, List.of(), null);
    }

    public static ChatTurn user(String content) {
        return new ChatTurn(Role.USER, null, content, List.of(), null);
    }

    public static ChatTurn assistant(String content) {
        return new ChatTurn(Role.ASSISTANT, null, content, List.of(), null);
    }

    public static ChatTurn assistant(String content, List<ToolCall> toolCalls) {
        return new ChatTurn(Role.ASSISTANT, null, content, toolCalls, null);
    }

    public static ChatTurn tool(String toolCallId, String name, String content) {
        return new ChatTurn(Role.TOOL, name, content, List.of(), toolCallId);
    }
}
