package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Map;

import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.ToolKind.Form;
import dev.kimilinear.trainer.data.skill.ToolKind.Phrase;

/** Two tools of which the second needs what the first returns: the id of somebody, then what is asked about that id. */
final class ToolChain {

    private static final String ID_NAMES = "(get|find|fetch|look up|search|read|query|) {5} {6}( by name| of| for name|"
            + " from name|)|(get |find |){6} of {5}|(find|look up|search|get) {5}( by name|)";
    private static final String ID_DESCRIPTIONS = "(Get|Gets|Find|Finds|Returns|Looks up|Fetches|Gives) the {6} of (the|one|"
            + "the given|some) {5}( by name| with the given name| for a name|)";
    private static final String NAMES = "(get|find|fetch|look up|read|show|load|check|query|) {7}(| of {5}| for {5}| by {6}|"
            + " by {5} {6}| for {6}| of {6})|(get |){5} {7}";
    private static final String DESCRIPTIONS = "(Get|Gets|Returns|Finds|Looks up|Fetches|Shows|Gives) the {7} (of|for) (the|"
            + "one|the given|some) {5}( by (the |its |){6}| with the given {6}| for (the |an |a |){6}|)";
    private static final List<Phrase> PHRASES = List.of(new Phrase(Form.KNOW, "the {7} (of|for) (the {5} |our {5} |){0}"),
            new Phrase(Form.KNOW, "{0}'s {7}"), new Phrase(Form.CLAUSE, "what the {7} of (the {5} |){0} is"),
            new Phrase(Form.ASK, "(what|which) {7} (has (the {5} |our {5} |){0}|does (the {5} |our {5} |){0} have)?"),
            new Phrase(Form.DO, "(look up|check|find out|determine|read|report) the {7} (of|for) (the {5} |){0}"));

    private final Tool first;
    private final Tool second;
    private final Object id;

    ToolChain(Source source) {
        String entity = source.chance(0.2) ? source.inventedWord()
                : source.pick("user", "customer", "student", "patient", "employee", "member", "client", "guest", "driver",
                        "pupil", "player", "supplier", "teacher", "tenant", "author", "pilot");
        String key = source.pick("id", "id", "id", "number", "code", "key", "account");
        List<String> attributes = Words.list("tool-attributes").stream()
                .filter(line -> line.split(" = ")[1].equals("person")).toList();
        String[] attribute = source.pick(attributes).split(" = ");
        String type = source.pick("id", "int 10 99999");
        List<String> extras = List.of(entity, key, attribute[0]);
        ToolArgument name = new ToolArgument("({5} |full |)name|name|{5}|person", true, "(name|person)",
                "(The |)name( of the {5}|)", null);
        first = new Tool(new ToolKind("1", ID_NAMES, ID_DESCRIPTIONS, List.of(name), List.of(), null, List.of(), null, null,
                false, false, extras), source);
        ToolArgument number = new ToolArgument("({5} |){6}", true, type, "(The |){6} of the {5}", null);
        second = new Tool(new ToolKind("2", NAMES, DESCRIPTIONS, List.of(number), PHRASES, null,
                List.of("<" + attribute[2] + ">"), "The {7} of {0} is {r}.", null, false, false, extras), source);
        id = second.parameters().getFirst().type().draw(source).json();
    }

    List<Tool> tools() {
        return List.of(first, second);
    }

    /** What the first tool is asked for. */
    ToolRequest firstRequest(Source source) {
        ToolValue name = first.parameters().getFirst().type().draw(source);
        return new ToolRequest(first, Form.KNOW, "", Map.of(0, name));
    }

    /** What the first tool returns. */
    String firstResult(Source source) {
        return source.chance(0.7) ? id.toString() : Json.of(Map.of(second.parameters().getFirst().name(), id));
    }

    /** What the user wants, in the words of the second tool: its argument is still the name. */
    ToolRequest wanted(ToolRequest firstRequest, Source source) {
        return second.requestFor(firstRequest.values().get(0), source);
    }

    /** The same with the argument that the second tool needs. */
    ToolRequest secondRequest(ToolRequest wanted) {
        return wanted.with(new ToolValue(id.toString(), id));
    }
}
