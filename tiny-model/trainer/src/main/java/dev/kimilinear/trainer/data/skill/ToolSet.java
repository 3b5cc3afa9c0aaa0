package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.trainer.data.Source;

/** The few tools that one dialogue declares, none to be mistaken for another. */
final class ToolSet {

    private static final Integer[] COUNTS = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3 };
    private static final int SPARE = 12;

    private final List<Tool> tools = new ArrayList<>();
    private final List<String> topics = new ArrayList<>();

    private ToolSet() {
    }

    /** Random tools. */
    static ToolSet random(Source source) {
        return new ToolSet().fill(source.pick(COUNTS), source);
    }

    /** Two tools, or three. */
    static ToolSet several(Source source) {
        return new ToolSet().fill(source.pick(2, 2, 2, 3), source);
    }

    /** Random tools of which none serves the topic. */
    static ToolSet without(String topic, Source source) {
        ToolSet set = new ToolSet();
        set.topics.add(topic);
        return set.fill(source.pick(COUNTS), source);
    }

    private ToolSet fill(int count, Source source) {
        while (tools.size() < count) {
            kinds(SPARE, source).stream().limit(count - tools.size()).forEach(kind -> add(kind, source));
        }
        return this;
    }

    private void add(ToolKind kind, Source source) {
        if (!topics.contains(kind.topic())) {
            Tool tool = new Tool(kind, source);
            if (tools.stream().noneMatch(other -> other.name().equals(tool.name()))) {
                topics.add(kind.topic());
                tools.add(tool);
            }
        }
    }

    /** Kinds of a mixture: common ones and inventions that share words. */
    static List<ToolKind> kinds(int count, Source source) {
        double common = source.pick(0.0, 0.5, 1.0, 1.0);
        List<ToolKind> known = source.pickSome(ToolCatalogue.kinds(), count);
        List<ToolKind> invented = ToolInvention.kinds(count, source);
        List<ToolKind> kinds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            kinds.add(source.chance(common) ? known.get(i) : invented.get(i));
        }
        return kinds;
    }

    List<Tool> tools() {
        return tools;
    }

    /** The declarations, in random order. */
    List<ToolSpec> specs(Source source) {
        return source.pickSome(tools.stream().map(Tool::spec).toList(), tools.size());
    }
}
