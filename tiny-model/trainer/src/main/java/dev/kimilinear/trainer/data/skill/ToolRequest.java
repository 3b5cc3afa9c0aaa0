package dev.kimilinear.trainer.data.skill;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.kimilinear.trainer.data.Json;

/**
 * What a user wants of a tool.
 *
 * @param phrase what the user says of it, to be made a sentence
 * @param values of the arguments, by place
 */
record ToolRequest(Tool tool, ToolKind.Form form, String phrase, Map<Integer, ToolValue> values) {

    /** The arguments of the call, in the order of their declaration. */
    String argumentsJson() {
        Map<String, Object> arguments = new LinkedHashMap<>();
        tool.parameters().forEach(parameter -> {
            if (values.containsKey(parameter.place())) {
                arguments.put(parameter.name(), values.get(parameter.place()).json());
            }
        });
        return Json.of(arguments);
    }

    /** The same request with another value of its first argument. */
    ToolRequest with(ToolValue first) {
        return with(0, first);
    }

    /** The same request with another value of the argument at the place. */
    ToolRequest with(int place, ToolValue value) {
        Map<Integer, ToolValue> changed = new LinkedHashMap<>(values);
        changed.put(place, value);
        return new ToolRequest(tool, form, phrase, changed);
    }

    /** A pattern of an answer with the values of the arguments in it, and the extras of the kind. */
    String fill(String text) {
        String filled = text;
        for (Map.Entry<Integer, ToolValue> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", value.getValue().shown());
        }
        for (int i = 0; i < tool.kind().extras().size(); i++) {
            filled = filled.replace("{" + (ToolKind.EXTRAS + i) + "}", tool.kind().extras().get(i));
        }
        return filled;
    }
}
