package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.ToolKind.Form;
import dev.kimilinear.trainer.data.skill.ToolKind.Phrase;

/**
 * Kinds of tools that nobody has: they look up an attribute of something, often with invented words ("getZemur" of a city).
 * They are found by the words that their declaration shares with the request.
 */
final class ToolInvention {

    private static final double INVENTED = 0.5;
    private static final double SAME_SUBJECT = 0.3;

    private static final String NAMES = "(get|get|get|get|find|fetch|look up|check|read|show|load|) {5}(|||||||| of {6}| by {6}"
            + "| for {6})";
    private static final String DESCRIPTIONS = "(Get|Gets|Returns|Finds|Shows|Looks up|) the {5} of (the|one|the given) {6}";
    private static final String ARGUMENT = "{6}|{6}|{6} name|name";
    private static final String NUMBER_ARGUMENT = "{6} id|{6} number|id|number";

    private ToolInvention() {
    }

    /** Several kinds, of which some are about the same, as in a real set of tools. */
    static List<ToolKind> kinds(int count, Source source) {
        List<ToolKind> kinds = new ArrayList<>();
        String shared = subjectType(source);
        for (int i = 0; i < count; i++) {
            kinds.add(kind(source.chance(SAME_SUBJECT) ? shared : subjectType(source), source));
        }
        return kinds;
    }

    private static String subjectType(Source source) {
        return source.pick("person", "thing", "city", "number");
    }

    private static ToolKind kind(String about, Source source) {
        boolean invented = source.chance(INVENTED);
        String[] known = source.pick(attributes(about));
        String attribute = invented ? source.inventedWord() : known[0];
        String type = invented ? source.pick("int 2 999", "int 2 999", "word nouns", "id") : known[2];
        boolean numbered = about.equals("number");
        String subject = switch (about) {
            case "person" -> source.pick("person", "user", "employee", "student", "player", "member", "friend", "guest");
            case "thing" -> source.pick("item", "thing", "product", "object", "article");
            case "city" -> source.pick("city", "city", "town", "place");
            default -> source.pick("document", "ticket", "flight", "invoice", "file", "train", "letter");
        };
        String subjectType = switch (about) {
            case "person" -> "name";
            case "thing" -> "thing objects";
            case "city" -> "city";
            default -> source.pick("int 2 999", "id");
        };
        ToolArgument argument = new ToolArgument(numbered ? NUMBER_ARGUMENT : ARGUMENT, subjectType,
                numbered ? "(The number|Number) of the {6}" : "(The name|Name) of the {6}");
        String value = numbered ? "{6} {0}" : "{0}";
        return new ToolKind("the " + attribute, NAMES, DESCRIPTIONS, List.of(argument), phrases(value),
                "(of |of |for |)" + value, List.of("<" + type + ">"), "The {5} of " + value + " is {r}.", !numbered, false,
                List.of(attribute, subject));
    }

    private static List<String[]> attributes(String about) {
        return Words.list("tool-attributes").stream().map(line -> line.split(" = ")).filter(line -> line[1].equals(about))
                .toList();
    }

    private static List<Phrase> phrases(String value) {
        return List.of(new Phrase(Form.KNOW, "the {5} (of|of|for) " + value),
                new Phrase(Form.KNOW, "the {5} (of|of|for) " + value),
                new Phrase(Form.KNOW, value + "'s {5}"),
                new Phrase(Form.CLAUSE, "(what the {5} of " + value + " is|(what|which) {5} " + value + " has)"),
                new Phrase(Form.ASK, "(what|which) {5} (has " + value + "|does " + value + " have)?"),
                new Phrase(Form.DO, "(look up|check|find|get|read) the {5} of " + value));
    }
}
