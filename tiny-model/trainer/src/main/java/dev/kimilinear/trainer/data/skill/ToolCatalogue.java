package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.ToolKind.Form;
import dev.kimilinear.trainer.data.skill.ToolKind.Phrase;

/** The kinds of tools in {@code words/tool-families.txt}, which describes its format. */
final class ToolCatalogue {

    private static final List<ToolKind> KINDS = read();

    private ToolCatalogue() {
    }

    static List<ToolKind> kinds() {
        return KINDS;
    }

    private static List<ToolKind> read() {
        Map<String, String> macros = new LinkedHashMap<>();
        List<Builder> builders = new ArrayList<>();
        for (String line : Words.list("tool-families")) {
            String[] parts = line.split(" ", 2);
            String rest = parts.length > 1 ? parts[1].strip() : "";
            switch (parts[0]) {
                case "let" -> {
                    String[] definition = rest.split(" = ", 2);
                    macros.put(definition[0], definition[1]);
                }
                case "=" -> builders.add(new Builder(rest));
                default -> builders.getLast().add(parts[0], replace(rest, macros));
            }
        }
        return builders.stream().map(Builder::build).toList();
    }

    private static String replace(String text, Map<String, String> macros) {
        String replaced = text;
        for (Map.Entry<String, String> macro : macros.entrySet()) {
            replaced = replaced.replace("$" + macro.getKey(), macro.getValue());
        }
        return replaced;
    }

    private static final class Builder {

        private final String topic;
        private final List<ToolArgument> arguments = new ArrayList<>();
        private final List<Phrase> phrases = new ArrayList<>();
        private final List<String> results = new ArrayList<>();
        private String names;
        private String descriptions;
        private String follow;
        private String answer;
        private boolean several;
        private boolean plain;

        Builder(String topic) {
            this.topic = topic;
        }

        void add(String key, String value) {
            switch (key) {
                case "name" -> names = value;
                case "about" -> descriptions = value;
                case "arg" -> {
                    String[] parts = value.split(" = ");
                    arguments.add(new ToolArgument(parts[0], parts[1], parts[2]));
                }
                case "follow" -> follow = value;
                case "result" -> results.add(value);
                case "answer" -> answer = value;
                case "several" -> several = true;
                case "plain" -> plain = true;
                default -> phrases.add(new Phrase(Form.valueOf(key.toUpperCase(Locale.ROOT)), value));
            }
        }

        ToolKind build() {
            return new ToolKind(topic, names, descriptions, List.copyOf(arguments), List.copyOf(phrases), follow,
                    List.copyOf(results), answer, several, plain, List.of());
        }
    }
}
