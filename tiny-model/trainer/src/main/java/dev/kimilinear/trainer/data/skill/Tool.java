package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.ToolKind.Form;
import dev.kimilinear.trainer.data.skill.ToolKind.Phrase;
import dev.kimilinear.trainer.data.skill.ToolText.Case;

/** One declared tool: a kind with names for it and for its arguments. */
final class Tool {

    /**
     * A declared argument.
     *
     * @param place of its value in the patterns of the kind
     * @param words the name in words, even if the tool hides it
     */
    record Parameter(int place, String name, String words, ToolArgument argument, ToolType type) {
    }

    private record Name(String text, Case style) {

        @Override
        public String toString() {
            return text;
        }
    }

    private static final String NAME_ENDS = "|||||||||||||||( tool| action| service| function| command| task| helper| api|"
            + " request)";
    /** The words of an argument that nobody can be asked for in a good sentence. */
    private static final String NO_NOUN = "(for|of|which|from|to|on|at|with|by|in|into|what|who|when|where|is|add|be) .*|"
            + "from|to|on|at|with|by|in|into|what|who|when|where|which|via|lang|dir|desc|no|q|x|y|a|b|n|m|num|[a-z]{1,2}";
    private static final int PLACES = 10;
    private static final int MENTIONS = 9;
    private static final int TRIES = 20;
    private static final String[] LETTERS = { "a", "b", "c", "d", "e" };

    private final ToolKind kind;
    private final List<Parameter> parameters = new ArrayList<>();
    private final ToolSpec spec;
    private final boolean nameless;
    private final boolean listsRequired;

    Tool(ToolKind kind, Source source) {
        this.kind = kind;
        Name name = source.owned(() -> name(source));
        nameless = source.chance(0.06);
        addParameters(name.style, source);
        String description = source.chance(0.88)
                ? Words.capitalise(words(kind.descriptions(), source)) + (source.chance(0.25) ? "." : "")
                : null;
        listsRequired = source.chance(0.8);
        spec = new ToolSpec(name.text, description, Json.of(schema(source)));
    }

    private Name name(Source source) {
        Case style = source.pick(Case.CAMEL, Case.CAMEL, Case.CAMEL, Case.SNAKE, Case.SNAKE,
                source.pick(Case.PASCAL, Case.KEBAB, Case.CAMEL));
        return new Name(ToolText.identifier(words(kind.names(), source) + source.say(NAME_ENDS), style), style);
    }

    private void addParameters(Case style, Source source) {
        int alternative = source.between(0, 99);
        boolean upperCase = source.chance(0.4);
        String[] generic = source.chance(0.7) ? null : LETTERS;
        for (int i = 0; i < kind.arguments().size(); i++) {
            ToolArgument argument = kind.arguments().get(i);
            if (argument.required() || source.chance(0.5)) {
                String own = unusedName(argument, alternative, style, source);
                String name = nameless ? generic == null ? "arg" + parameters.size() : generic[parameters.size()] : own;
                parameters.add(new Parameter(i, name, ToolText.words(own), argument,
                        ToolType.of(words(argument.type(), source), upperCase)));
            }
        }
    }

    /** A name of the argument that no other has. */
    private String unusedName(ToolArgument argument, int alternative, Case style, Source source) {
        String name = argumentName(argument, alternative, style, source);
        for (int i = 0; i < TRIES && isUsed(name); i++) {
            name = argumentName(argument, alternative, style, source);
        }
        return isUsed(name) ? name + parameters.size() : name;
    }

    private boolean isUsed(String name) {
        return parameters.stream().anyMatch(parameter -> parameter.words.equals(ToolText.words(name)));
    }

    private String argumentName(ToolArgument argument, int alternative, Case style, Source source) {
        String[] names = argument.names().split("/");
        Case own = switch (style) {
            case PASCAL -> Case.CAMEL;
            case KEBAB -> Case.SNAKE;
            default -> style;
        };
        return ToolText.identifier(words(names[alternative % names.length], source), own);
    }

    private Map<String, Object> schema(Source source) {
        boolean described = source.chance(0.4) || nameless;
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Parameter parameter : parameters) {
            String description = described ? words(parameter.argument.description(), source) : null;
            properties.put(parameter.name, parameter.type.schema(description));
            if (parameter.argument.required()) {
                required.add(parameter.name);
            }
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (listsRequired) {
            schema.put("required", required);
        }
        if (source.chance(0.12)) {
            schema.put("additionalProperties", false);
        }
        return schema;
    }

    private String words(String pattern, Source source) {
        if (pattern.indexOf('(') < 0 && pattern.indexOf('{') < 0) {
            return pattern;
        }
        return Dialogue.withoutMarks(source.say(pattern, contents(Map.of(), ""))).strip();
    }

    private Object[] contents(Map<Integer, ToolValue> values, String mentions) {
        Object[] contents = new Object[PLACES];
        values.forEach((place, value) -> contents[place] = value.spoken());
        for (int i = 0; i < kind.extras().size(); i++) {
            contents[ToolKind.EXTRAS + i] = kind.extras().get(i);
        }
        contents[MENTIONS] = mentions;
        return contents;
    }

    ToolKind kind() {
        return kind;
    }

    ToolSpec spec() {
        return spec;
    }

    String name() {
        return spec.name();
    }

    List<Parameter> parameters() {
        return parameters;
    }

    /** A request with all that the tool needs. */
    ToolRequest request(Source source) {
        return request(source.pick(phrasesWithout(null)), null, source);
    }

    /** A request with these words for the first argument. */
    ToolRequest requestFor(ToolValue first, Source source) {
        return request(source.pick(phrasesWithout(null)), null, source, first);
    }

    /** A request with several values in place of the first argument, one request for each; all with the same phrase. */
    List<ToolRequest> requests(int count, Source source) {
        ToolType type = parameters.getFirst().type;
        List<ToolValue> firsts = new ArrayList<>();
        while (firsts.size() < count) {
            ToolValue value = type.draw(source);
            if (!firsts.contains(value)) {
                firsts.add(value);
            }
        }
        String listed = ToolText.enumerate(firsts.stream().map(ToolValue::spoken).toList());
        List<Phrase> phrases = phrasesWithout(null).stream().filter(phrase -> !phrase.form().endsWithText()).toList();
        ToolRequest all = request(source.pick(phrases), null, source, ToolValue.of(listed));
        return firsts.stream().map(all::with).toList();
    }

    /** Whether {@link #requests} can be asked for. */
    boolean canTakeSeveral() {
        return kind.several() && !parameters.isEmpty() && parameters.getFirst().place == 0
                && parameters.getFirst().type.canBeListed();
    }

    /** A required argument that a request can lack, or null. */
    Parameter omissible(Source source) {
        List<Parameter> omissible = parameters.stream().filter(parameter -> !nameless && listsRequired
                && parameter.argument.required() && !parameter.words.matches(NO_NOUN)
                && !phrasesWithout(parameter).isEmpty()).toList();
        return omissible.isEmpty() ? null : source.pick(omissible);
    }

    /** A request that lacks a required argument. */
    ToolRequest requestWithout(Parameter missing, Source source) {
        return request(source.pick(phrasesWithout(missing)), missing, source);
    }

    /** The phrases that need no undeclared argument, and have all required ones but {@code missing}. */
    private List<Phrase> phrasesWithout(Parameter missing) {
        return kind.phrases().stream().filter(phrase -> fits(phrase, missing)).toList();
    }

    private boolean fits(Phrase phrase, Parameter missing) {
        for (int i = 0; i < kind.arguments().size(); i++) {
            ToolArgument argument = kind.arguments().get(i);
            int place = i;
            boolean declared = parameters.stream().anyMatch(parameter -> parameter.place == place);
            boolean absent = missing != null && missing.place == place;
            boolean mentioned = phrase.mentions(place);
            boolean lacking = !mentioned && argument.required() && argument.mention() == null;
            if (mentioned && (!declared || absent) || lacking && !absent) {
                return false;
            }
        }
        return true;
    }

    private ToolRequest request(Phrase phrase, Parameter missing, Source source) {
        return request(phrase, missing, source, null);
    }

    private ToolRequest request(Phrase phrase, Parameter missing, Source source, ToolValue first) {
        Map<Integer, ToolValue> values = new LinkedHashMap<>();
        List<String> mentions = new ArrayList<>();
        for (Parameter parameter : parameters) {
            boolean mentioned = phrase.mentions(parameter.place);
            boolean appended = !mentioned && parameter.argument.mention() != null && phrase.form() != Form.ASK
                    && !phrase.form().endsWithText() && (parameter.argument.required() || source.chance(0.6));
            if (parameter != missing && (mentioned || appended)) {
                ToolValue value = first != null && parameter.place == 0 ? first : parameter.type.draw(source);
                values.put(parameter.place, value);
                if (appended) {
                    String mention = source.say(parameter.argument.mention(), value.spoken(), parameter.words);
                    mentions.add(mention.startsWith(",") ? mention : " " + mention);
                }
            }
        }
        Map<Integer, ToolValue> spoken = new LinkedHashMap<>(values);
        if (phrase.form().endsWithText()) {
            spoken.replaceAll((place, value) -> ToolValue.of(value.json() instanceof String ? value.shown() : value.spoken()));
        }
        String pattern = phrase.pattern() + (mentions.isEmpty() ? "" : "{9}");
        return new ToolRequest(this, phrase.form(),
                source.say(pattern, contents(spoken, String.join("", source.pickSome(mentions, mentions.size())))), values);
    }

    /** The words that ask for the same with another value of the first argument. */
    String follow(ToolValue first, Source source) {
        return source.say(kind.follow(), contents(Map.of(0, first), ""));
    }
}
