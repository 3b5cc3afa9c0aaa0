package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;

import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.ToolKind.Form;

/**
 * Calls declared tools, known ones and such as nobody has seen, one or two at once, and answers from what they return; answers
 * without them what needs none, or says that there is no tool.
 */
public final class ToolUse implements Skill {

    private static final double SYSTEM_MESSAGE = 0.1;
    private static final double FOLLOWS = 0.6;
    private static final double CALL_BESIDES = 0.75;

    private static final String NO_TOOL = "I have no tool for that.";

    private static final List<Skill> CHATS = List.of(new SmallTalk(), new Capitals());

    @Override
    public String name() {
        return "tools";
    }

    @Override
    public boolean opens() {
        return true;
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        if (source.chance(SYSTEM_MESSAGE)) {
            dialogue.system(SystemPrompts.generic(source));
        }
        int kind = source.between(0, 99);
        if (kind < 62) {
            ToolSet set = declared(ToolSet.random(source), dialogue, source);
            rounds(source.pick(1, 2, 2), set, dialogue, source);
        } else if (kind < 74) {
            twoValues(dialogue, source);
        } else if (kind < 84) {
            twoTools(dialogue, source);
        } else if (kind < 91) {
            noNeed(dialogue, source);
        } else {
            unsuitable(dialogue, source);
        }
    }

    private static ToolSet declared(ToolSet set, Dialogue dialogue, Source source) {
        dialogue.declare(set.specs(source));
        return set;
    }

    /** Requests for one call each, some of which only name another value: "And in Paris?" */
    private static void rounds(int count, ToolSet set, Dialogue dialogue, Source source) {
        Tool tool = source.pick(set.tools());
        ToolRequest request = tool.request(source);
        ask(request, dialogue, source);
        for (int i = 1; i < count; i++) {
            if (tool.kind().follow() != null && source.chance(FOLLOWS)) {
                ToolValue value = tool.draw(source);
                request = request.with(value);
                dialogue.user(ToolFrames.further(tool.follow(value, source), source));
                callAll(List.of(request), dialogue, source);
            } else {
                tool = source.pick(set.tools());
                request = tool.request(source);
                ask(request, dialogue, source);
            }
        }
    }

    /** One request for two calls of one tool: "in Oslo and Rome". */
    private static void twoValues(Dialogue dialogue, Source source) {
        ToolSet set = ToolSet.random(source);
        while (set.tools().stream().noneMatch(tool -> tool.kind().several())) {
            set = ToolSet.random(source);
        }
        declared(set, dialogue, source);
        Tool tool = source.pick(set.tools().stream().filter(candidate -> candidate.kind().several()).toList());
        List<ToolRequest> requests = tool.two(source);
        ToolRequest first = requests.getFirst();
        dialogue.user(ToolFrames.request(first.form(), first.phrase(), source));
        callAll(requests, dialogue, source);
        roundBesides(set, dialogue, source);
    }

    /** One message with two requests for two tools. */
    private static void twoTools(Dialogue dialogue, Source source) {
        ToolSet set = declared(ToolSet.several(source), dialogue, source);
        List<Tool> tools = source.pickSome(set.tools(), 2);
        ToolRequest first = tools.getFirst().request(source);
        ToolRequest second = tools.getLast().request(source);
        dialogue.user(both(first, second, source));
        callAll(List.of(first, second), dialogue, source);
        roundBesides(set, dialogue, source);
    }

    private static String both(ToolRequest first, ToolRequest second, Source source) {
        Form form = first.form();
        if (form == second.form() && form != Form.ASK) {
            String and = source.pick(" and ", " and ", " and also ", ", and ");
            return ToolFrames.request(form, first.phrase() + and + second.phrase(), source);
        }
        String begin = ToolFrames.request(form, first.phrase(), source);
        return begin + (begin.matches("(?s).*[.?!]") ? " " : ". ") + ToolFrames.second(second.form(), second.phrase(), source);
    }

    /** Tools are there, but what the user says needs none. */
    private static void noNeed(Dialogue dialogue, Source source) {
        ToolSet set = declared(ToolSet.random(source), dialogue, source);
        boolean first = source.chance(0.5);
        if (!first) {
            roundBesides(set, dialogue, source);
        }
        source.pick(CHATS).write(dialogue, source);
        if (first) {
            roundBesides(set, dialogue, source);
        }
    }

    /** No tool does what the user wants. */
    private static void unsuitable(Dialogue dialogue, Source source) {
        ToolKind wanted = source.pick(ToolSet.kinds(1, source));
        while (wanted.plain()) {
            wanted = source.pick(ToolSet.kinds(1, source));
        }
        ToolSet set = declared(ToolSet.without(wanted.topic(), source), dialogue, source);
        boolean first = source.chance(0.5);
        if (!first) {
            roundBesides(set, dialogue, source);
        }
        ToolRequest request = new Tool(wanted, source).request(source);
        dialogue.user(ToolFrames.request(request.form(), request.phrase(), source)).answer(NO_TOOL);
        if (first) {
            roundBesides(set, dialogue, source);
        }
    }

    /** Often another request, for one call: the declaration is long to read. */
    private static void roundBesides(ToolSet set, Dialogue dialogue, Source source) {
        if (source.chance(CALL_BESIDES)) {
            rounds(1, set, dialogue, source);
        }
    }

    private static void ask(ToolRequest request, Dialogue dialogue, Source source) {
        dialogue.user(ToolFrames.request(request.form(), request.phrase(), source));
        callAll(List.of(request), dialogue, source);
    }

    /** Calls all at once, and answers from what they return. */
    private static void callAll(List<ToolRequest> requests, Dialogue dialogue, Source source) {
        List<ToolCall> calls = requests.stream()
                .map(request -> dialogue.newCall(request.tool().name(), request.argumentsJson())).toList();
        dialogue.call(calls);
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            ToolReply reply = ToolReply.to(requests.get(i), source);
            dialogue.result(calls.get(i), reply.result());
            answers.add(reply.answer());
        }
        dialogue.answer(String.join(" ", answers));
    }
}
