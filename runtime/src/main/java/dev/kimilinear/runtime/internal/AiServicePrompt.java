package dev.kimilinear.runtime.internal;

import java.util.List;

import dev.kimilinear.engine.api.ChatTurn;

/**
 * What the prompts of one method of an AI service begin with, as far as it is known when the application is built.
 *
 * @param model name of the chat model
 * @param service interface and method, for messages
 * @param system the system message, or what stands before its first variable; empty if there is none
 * @param systemIsWhole whether it is all of the system message
 * @param user what stands before the first variable of the user message
 */
public record AiServicePrompt(String model, String service, String system, boolean systemIsWhole, String user) {

    /** The turns, the last of which goes on in any way. */
    List<ChatTurn> turns() {
        if (!systemIsWhole) {
            return List.of(ChatTurn.system(system));
        }
        return system.isEmpty() ? List.of(ChatTurn.user(user)) : List.of(ChatTurn.system(system), ChatTurn.user(user));
    }
}
