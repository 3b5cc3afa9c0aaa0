package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.kimilinear.trainer.data.Json;

/**
 * What a user wants of a tool.
 *
 * @param phrase what the user says of it, to be made a sentence
 * @param values of the tool's arguments, in their order
 */
record ToolRequest(Tool tool, ToolKind.Form form, String phrase, List<ToolValue> values) {

    /** The arguments of the call, in the order of their declaration, spaced as Python's {@code json.dumps} does. */
    String argumentsJson() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            arguments.put(tool.parameters().get(i).name(), values.get(i).json());
        }
        return Json.spaced(arguments);
    }

    /** The same request with another value of its first argument. */
    ToolRequest with(ToolValue first) {
        List<ToolValue> changed = new ArrayList<>(values);
        changed.set(0, first);
        return new ToolRequest(tool, form, phrase, changed);
    }

    /** A pattern of an answer with the values of the arguments in it, and the extras of the kind. */
    String fill(String text) {
        String filled = text;
        for (int i = 0; i < values.size(); i++) {
            filled = filled.replace("{" + i + "}", values.get(i).shown());
        }
        for (int i = 0; i < tool.kind().extras().size(); i++) {
            filled = filled.replace("{" + (ToolKind.EXTRAS + i) + "}", tool.kind().extras().get(i));
        }
        return filled;
    }
}
