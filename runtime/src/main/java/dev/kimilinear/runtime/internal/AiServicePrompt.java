package dev.kimilinear.runtime.internal;

import java.util.List;

import dev.kimilinear.engine.api.ChatTurn;
import dev.kimilinear.engine.api.ToolSpec;

/**
 * What is known of the requests of one method of an AI service when the application is built.
 *
 * @param model name of the chat model
 * @param service interface and method, for messages
 * @param system the system message, or what stands before its first variable; empty if there is none
 * @param systemIsWhole whether it is all of the system message
 * @param user what stands before the first variable of the user message
 * @param tools the tools that the method declares
 * @param responseSchema the JSON schema of its answers; empty if they are text
 */
public record AiServicePrompt(String model, String service, String system, boolean systemIsWhole, String user,
        List<AiServiceTool> tools, String responseSchema) {

    /**
     * A tool, as bytecode can be recorded of it.
     *
     * @param description empty if there is none
     * @param schema of its arguments
     */
    public record AiServiceTool(String name, String description, String schema) {
    }

    /** Whether prompts begin with anything that is always the same. */
    public boolean hasBeginning() {
        return !system.isBlank() || systemIsWhole && !user.isBlank();
    }

    /** The turns that they begin with, the last of which goes on in any way. */
    List<ChatTurn> turns() {
        if (!systemIsWhole) {
            return List.of(ChatTurn.system(system));
        }
        return system.isEmpty() ? List.of(ChatTurn.user(user)) : List.of(ChatTurn.system(system), ChatTurn.user(user));
    }

    List<ToolSpec> toolSpecs() {
        return tools.stream()
                .map(tool -> new ToolSpec(tool.name, tool.description.isEmpty() ? null : tool.description, tool.schema))
                .toList();
    }
}
