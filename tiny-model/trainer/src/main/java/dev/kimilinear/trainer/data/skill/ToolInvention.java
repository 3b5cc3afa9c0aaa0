package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.ToolKind.Form;
import dev.kimilinear.trainer.data.skill.ToolKind.Phrase;

/**
 * Kinds of tools that nobody has: any verb with any noun, any attribute of anything, invented words. They are found by the
 * words that their declaration shares with the request.
 */
final class ToolInvention {

    private static final List<ToolArgument> ARGUMENTS = Words.list("tool-arguments").stream().map(ToolCatalogue::argument)
            .toList();
    private static final int MOST_MENTIONED = 3;

    private static final String BY_NAME = "(with|with the|using|using the|and|, with|, using|having|where the|,|and the|"
            + ", the) {1} {0}|, {1}: {0}|, {1} = {0}|, {1}={0}|\\({1}: {0}\\)|\\({1} {0}\\)|\\({1} = {0}\\)|"
            + "with {0} as (the |){1}|with {1} set to {0}|(where|and|, where) (the |){1} is {0}|, {1} is {0}|"
            + ", {1} should be {0}|, and the {1} is {0}";
    private static final String DIRECT_NAMES = "{5} {6}|{5} {6}|{5} {6}|{5} {6}|{5} {6}|{6} {5}|(do|run|start|try|make|"
            + ") {5} {6}|{5} (the|one|my|this|new|any) {6}|{5} {6} (now|here|for user|by name|with options|at once)";
    private static final String DESCRIPTIONS = "{8} (the|one|this|that|the given|some|your) {6}|{8} {6}|(Use this to|"
            + "Lets you|A tool to|Helps to|Can|Call this to|Used to|This tool can|For users who want to|To|"
            + "Function to) {7} (the|one|this|the given|your) {6}";
    private static final String OBJECT_DESCRIPTIONS = "{8} (the|one|this|that|the given|a certain|some|any) {6}|(Use this to|"
            + "Lets you|A tool to|Helps to|Call this to|Used to|To|Function to) {7} (the|one|this|the given|a certain|"
            + "some) {6}( by name|)";
    private static final String OWN = "(the|my|our|this|that|your|the|the)";
    private static final String OTHER = "(look up|check|find out|determine|report|read|see|get|fetch|write down|print|"
            + "retrieve)";

    private static final String ATTRIBUTE_NAMES = "(get|fetch|find|look up|read|check|show|retrieve|load|query|tell|compute|"
            + "ask|give|see|) {5}(| of {6}| for {6}| by {6}| of| from {6})|(get |find |){6} {5}|{5}( service| lookup| info|"
            + " query| finder| reader)";
    private static final String ATTRIBUTE_DESCRIPTIONS = "(Get|Gets|Return|Returns|Fetch|Finds|Find|Look up|Looks up|"
            + "Retrieves|Provides|Shows|Tells|Gives|Reads|Checks|Computes|Use this to get|Tool for) the {5} (of|for) (the|"
            + "the given|one|some|this) {6}|{5} of the {6}|(Get|Returns|Finds) the {5}|{6} {5}";
    private static final String ATTRIBUTE_ARGUMENT = "{6}|{6}|{6} name|name|{6} id|which {6}|target|key|subject|item|for {6}|"
            + "value|input|query|of {6}";
    private static final List<Phrase> ATTRIBUTE_PHRASES = List.of(new Phrase(Form.KNOW, "the {5} (of|for) (the {6} |){0}"),
            new Phrase(Form.KNOW, "the {5} (of|for) {0}"), new Phrase(Form.KNOW, "{0}'s {5}"),
            new Phrase(Form.KNOW, "the {0} {5}"),
            new Phrase(Form.CLAUSE, "(what the {5} (of|for) {0} is|what {5} {0} has|which {5} belongs to {0}|"
                    + "what {0}'s {5} is|which {5} {0} has)"),
            new Phrase(Form.ASK, "(what|which) {5} (has {0}|does {0} have|did {0} get|does {0} have)?"),
            new Phrase(Form.ASK, "(what is|what's|what about|how about) the {5} (of|for|with) (the {6} |){0}?"),
            new Phrase(Form.ASK, "{0}: (what is|what's|tell me|I need|give me|show me|find) the {5}(.|?|, please.)"),
            new Phrase(Form.ASK, "I (have|see|know|am thinking of|am looking at|found) (the {6} |){0}(.|,) (what is|what's|"
                    + "please tell me|can you find) (the|its|the right) {5}?"),
            new Phrase(Form.DO, OTHER + " the {5} (of|for) (the {6} |){0}"), new Phrase(Form.DO, OTHER + " {0}'s {5}"),
            new Phrase(Form.KNOW, "(the|some) {5}"), new Phrase(Form.DO, OTHER + " the {5}"));

    private ToolInvention() {
    }

    /** Several kinds, of which some share words with one another, as a real set of tools does. */
    static List<ToolKind> kinds(int count, Source source) {
        List<ToolKind> kinds = new ArrayList<>();
        String sharedNoun = noun(source);
        String[] sharedVerbs = verbs(source);
        for (int i = 0; i < count; i++) {
            kinds.add(switch (source.between(0, 6)) {
                case 0 -> action(verbs(source), sharedNoun, source);
                case 1 -> action(sharedVerbs, noun(source), source);
                case 2 -> action(verbs(source), noun(source), source);
                case 3 -> actionOnObject(verbs(source), source);
                default -> attribute(source);
            });
        }
        return kinds;
    }

    /** A tool that does something with what its name says. */
    private static ToolKind action(String[] verbs, String noun, Source source) {
        List<ToolArgument> arguments = arguments(source.pick(0, 1, 1, 1, 2, 2, 3), noun, source);
        String verb = source.pick(verbs);
        List<Phrase> phrases = List.of(new Phrase(Form.DO, "{7} " + OWN + " {6}"), new Phrase(Form.DO, "{7} " + OWN + " {6}"),
                new Phrase(Form.DO, "{7} the {6}( for once| again| a bit| properly| carefully|)"),
                new Phrase(Form.DO, "(use|run|call|take|start|try) the tool to {7} the {6}"));
        return new ToolKind(verbs[0] + "." + noun, DIRECT_NAMES, DESCRIPTIONS, arguments, phrases, null,
                results(source), null, null, false, false, extras(verb, noun, verbs, source));
    }

    /** A tool that does something with what its first argument says. */
    private static ToolKind actionOnObject(String[] verbs, Source source) {
        String type = source.pick("word objects", "word products", "word animals", "id", "name",
                "word foods", "city", "word nouns");
        String noun = source.chance(0.25) ? source.inventedWord() : switch (type) {
            case "id" -> source.pick("record", "document", "job", "entry", "machine", "case", "box", "parcel", "container");
            case "name" -> source.pick("person", "user", "friend", "member", "player", "guest", "customer");
            case "city" -> source.pick("city", "place", "town", "station", "location");
            case "word animals" -> source.pick("animal", "pet", "creature");
            case "word foods" -> source.pick("food", "meal", "dish", "snack");
            default -> source.pick("item", "thing", "object", "article", "product", "piece", "part");
        };
        List<ToolArgument> arguments = new ArrayList<>();
        arguments.add(new ToolArgument("{6}|{6}|{6} name|name|item|target|what|object|{6} id|which|subject", true, type,
                "(The|Name of the|The name of the) {6}( to {7}|)", null));
        arguments.addAll(arguments(source.pick(0, 0, 1, 1, 2), noun, source));
        boolean proper = type.equals("name") || type.equals("city");
        String the = proper ? "(|||{6} |the {6} )" : "(the |the |my |our |this |the {6} |{6} |)";
        List<Phrase> phrases = List.of(new Phrase(Form.DO, "{7} " + the + "{0}"), new Phrase(Form.DO, "{7} " + the + "{0}"),
                new Phrase(Form.DO, "{7} (a|the|some|any) {6}"));
        return new ToolKind(verbs[0], DIRECT_NAMES, OBJECT_DESCRIPTIONS, List.copyOf(arguments), phrases,
                proper ? "{0}" : "(the |){0}", results(source), null, null, true, false,
                extras(source.pick(verbs), noun, verbs, source));
    }

    /** A tool that knows an attribute of something. */
    private static ToolKind attribute(Source source) {
        boolean known = source.chance(0.75);
        String[] line = source.pick(Words.list("tool-attributes")).split(" = ");
        String attribute = known ? source.chance(0.2) ? source.word("adjectives") + " " + line[0] : line[0]
                : source.chance(0.5) ? source.inventedWord() : source.word("adjectives") + " " + noun(source);
        String type = known || source.chance(0.5) ? line[2]
                : source.pick("id", "word nouns", "date", "time", "decimal 1 900", "int 1 9999");
        String subject = source.chance(0.2) ? source.inventedWord() : switch (line[1]) {
            case "person" -> source.pick("person", "user", "employee", "student", "customer", "player", "member",
                    "friend", "patient");
            case "thing" -> source.pick("item", "thing", "product", "object", "article", "device", "machine");
            case "city" -> source.pick("city", "town", "place", "region", "location");
            default -> source.pick("order", "document", "ticket", "flight", "invoice", "file", "train", "case", "letter");
        };
        String subjectType = switch (line[1]) {
            case "person" -> source.pick("name", "name", "person");
            case "thing" -> source.pick("word objects", "word products", "word nouns");
            case "city" -> "city";
            default -> source.pick("id", "id", "int 1 9999");
        };
        List<ToolArgument> arguments = new ArrayList<>();
        arguments.add(new ToolArgument(ATTRIBUTE_ARGUMENT, true, subjectType,
                "(The|Name of the|The name of the|Which) {6}", null));
        if (source.chance(0.2)) {
            arguments.addAll(arguments(1, attribute, source));
        }
        String the = subjectType.startsWith("word ") ? "the " : "";
        List<Phrase> phrases = the.isEmpty() ? ATTRIBUTE_PHRASES
                : ATTRIBUTE_PHRASES.stream().filter(phrase -> !phrase.pattern().contains("{0}'s {5}"))
                        .map(phrase -> new Phrase(phrase.form(), phrase.pattern().replace("(the {6} |){0}", "the {0}")
                                .replaceAll("(?<!the )\\{0\\}", "the {0}")))
                        .toList();
        return new ToolKind("the " + attribute, ATTRIBUTE_NAMES, ATTRIBUTE_DESCRIPTIONS, List.copyOf(arguments), phrases,
                "(of |for |)" + the + "{0}", List.of("<" + type + ">"), "The {5} of " + the + "{0} is {r}.",
                "The {5} of " + the + "{0}: (value|result|content|data)=" + type + ";(date|since|updated|day)=date",
                true, false, List.of(attribute, subject, "", ""));
    }

    private static List<String> extras(String verb, String noun, String[] verbs, Source source) {
        return List.of(verb, noun, source.pick(verbs), Words.capitalise(source.pick(verbs)));
    }

    private static List<String> results(Source source) {
        return source.chance(0.7) ? List.of()
                : List.of("<" + source.pick("id", "int 1 9999", "word nouns", "date", "decimal 1 90") + ">");
    }

    private static String[] verbs(Source source) {
        return source.chance(0.25) ? new String[] { source.inventedWord() } : source.pick(Words.list("tool-verbs")).split("/");
    }

    private static String noun(Source source) {
        String noun = source.chance(0.35) ? source.inventedWord()
                : source.word(source.pick("objects", "animals", "products", "nouns"));
        return source.chance(0.15) ? source.word("adjectives") + " " + noun : noun;
    }

    /** Arguments that requests mention at their end, none with the name of another. */
    private static List<ToolArgument> arguments(int count, String notNamed, Source source) {
        List<ToolArgument> known = source.pickSome(ARGUMENTS, MOST_MENTIONED);
        return Stream.iterate(0, i -> i + 1).limit(count).map(i -> {
            boolean required = source.chance(0.75);
            if (source.chance(0.45)) {
                String word = source.chance(0.7) ? source.inventedWord() : source.word("nouns");
                String name = word.equals(notNamed) ? source.inventedWord() : word;
                String type = source.pick("int 1 999", "int 1 999", "word nouns", "word adjectives", "id", "decimal 1 90",
                        "bool yes/no", "name");
                return new ToolArgument(name, required, type, "The " + name, BY_NAME);
            }
            ToolArgument argument = known.get(i);
            return new ToolArgument(argument.names(), required, argument.type(), argument.description(),
                    source.chance(0.3) ? BY_NAME : argument.mention());
        }).toList();
    }
}
