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
import dev.kimilinear.trainer.data.skill.ToolKind.Phrase;
import dev.kimilinear.trainer.data.skill.ToolText.Case;

/** One declared tool: a kind with names for it and for its arguments. */
final class Tool {

    /** A declared argument. */
    record Parameter(String name, ToolType type) {
    }

    private record Name(String text, Case style) {

        @Override
        public String toString() {
            return text;
        }
    }

    /** Seldom there, but without them some kinds would have no name in the held-out part. */
    private static final String NAME_ENDS = "|||||||||||||||( info| data| tool| service| call)";
    private static final double DESCRIBED = 0.7;
    private static final double DESCRIBED_PARAMETERS = 0.12;
    private static final double REQUIRED_IF_EMPTY = 0.5;
    private static final int PLACES = 7;
    private static final int ALTERNATIVES = 60;

    private final ToolKind kind;
    private final List<Parameter> parameters = new ArrayList<>();
    private final ToolSpec spec;

    Tool(ToolKind kind, Source source) {
        this.kind = kind;
        Name name = source.owned(() -> name(source));
        String description = source.chance(DESCRIBED) ? Words.capitalise(words(kind.descriptions(), source)) : null;
        spec = new ToolSpec(name.text, description, Json.of(schema(name.style, source)));
    }

    private Name name(Source source) {
        Case style = source.pick(Case.CAMEL, Case.CAMEL, Case.SNAKE);
        return new Name(ToolText.identifier(words(kind.names(), source) + source.say(NAME_ENDS), style), style);
    }

    private Map<String, Object> schema(Case style, Source source) {
        boolean described = source.chance(DESCRIBED_PARAMETERS);
        int alternative = source.between(1, ALTERNATIVES);
        Map<String, Object> properties = new LinkedHashMap<>();
        for (ToolArgument argument : kind.arguments()) {
            String[] names = argument.names().split("/");
            String name = ToolText.identifier(words(names[alternative % names.length], source), style);
            ToolType type = ToolType.of(words(argument.type(), source));
            parameters.add(new Parameter(name, type));
            properties.put(name, type.schema(described ? words(argument.description(), source) : null));
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        if (!properties.isEmpty() || source.chance(REQUIRED_IF_EMPTY)) {
            schema.put("required", List.copyOf(properties.keySet()));
        }
        return schema;
    }

    private String words(String pattern, Source source) {
        return Dialogue.withoutMarks(source.say(pattern, contents(List.of()))).strip();
    }

    private Object[] contents(List<ToolValue> values) {
        Object[] contents = new Object[PLACES];
        for (int i = 0; i < values.size(); i++) {
            contents[i] = values.get(i).spoken();
        }
        for (int i = 0; i < kind.extras().size(); i++) {
            contents[ToolKind.EXTRAS + i] = kind.extras().get(i);
        }
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

    /** A request. */
    ToolRequest request(Source source) {
        return request(parameters.stream().map(parameter -> parameter.type.draw(source)).toList(), source);
    }

    private ToolRequest request(List<ToolValue> values, Source source) {
        Phrase phrase = source.pick(kind.phrases());
        return new ToolRequest(this, phrase.form(), source.say(phrase.pattern(), contents(values)), values);
    }

    /** Two requests in one phrase, which names two values of the first argument: "in Oslo and Rome". */
    List<ToolRequest> two(Source source) {
        ToolRequest one = request(source);
        ToolValue first = one.values().getFirst();
        ToolValue second = first;
        while (second.equals(first)) {
            second = draw(source);
        }
        ToolRequest both = request(one.with(ToolValue.of(first.spoken() + " and " + second.spoken())).values(), source);
        return List.of(both.with(first), both.with(second));
    }

    /** A value of the first argument. */
    ToolValue draw(Source source) {
        return parameters.getFirst().type.draw(source);
    }

    /** The words that ask for the same with another value of the first argument. */
    String follow(ToolValue first, Source source) {
        return source.say(kind.follow(), contents(List.of(first)));
    }
}
