package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.engine.api.ToolSpec;
import dev.kimilinear.trainer.data.Source;

/** The tools that one dialogue declares: those it uses first, then others. */
final class ToolSet {

    private static final Integer[] COUNTS = { 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6 };
    private static final int SPARE = 12;

    private final List<Tool> tools = new ArrayList<>();
    private final List<String> topics = new ArrayList<>();

    /** A set without tools. */
    ToolSet() {
    }

    /** Random tools. */
    static ToolSet random(Source source) {
        ToolSet set = new ToolSet();
        set.addOthers(source.pick(COUNTS), source);
        return set;
    }

    /** Adds a tool unless it could be mistaken for another. */
    boolean add(ToolKind kind, Source source) {
        if (topics.stream().anyMatch(topic -> isSame(topic, kind.topic()))) {
            return false;
        }
        Tool tool = new Tool(kind, source);
        return add(tool, kind.topic());
    }

    /** Adds a tool unless another has its name. */
    boolean add(Tool tool, String topic) {
        if (tools.stream().anyMatch(other -> other.name().equals(tool.name()))) {
            return false;
        }
        topics.add(topic);
        return tools.add(tool);
    }

    /** Takes care that no tool is added that serves this topic. */
    void keepOut(String topic) {
        topics.add(topic);
    }

    /** Adds tools that are not asked for, until there are so many. */
    void addOthers(int count, Source source) {
        for (ToolKind kind : kinds(SPARE, source)) {
            if (tools.size() < count) {
                add(kind, source);
            }
        }
    }

    /** As many tools as programs usually declare, at least those that are there already. */
    void addOthers(Source source) {
        addOthers(source.pick(COUNTS), source);
    }

    /** Kinds of a mixture: common ones and inventions that share words. */
    static List<ToolKind> kinds(int count, Source source) {
        double common = source.pick(0.0, 0.5, 0.5, 1.0);
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

    Tool tool(int index) {
        return tools.get(index);
    }

    /** The declarations, in random order. */
    List<ToolSpec> specs(Source source) {
        return source.pickSome(tools.stream().map(Tool::spec).toList(), tools.size());
    }

    /** Whether a topic is the other or belongs to it ({@code switch.on} to {@code switch}). */
    private static boolean isSame(String a, String b) {
        return a.equals(b) || a.startsWith(b + ".") || b.startsWith(a + ".");
    }
}
