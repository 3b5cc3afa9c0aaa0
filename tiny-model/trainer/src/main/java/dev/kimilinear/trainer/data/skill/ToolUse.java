package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import dev.kimilinear.engine.api.ToolCall;
import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.skill.ToolKind.Form;

/**
 * Calls declared tools, known ones and such as nobody has seen, and answers from what they return; or says that there is no
 * tool, or asks for what is missing.
 */
public final class ToolUse implements Skill {

    private static final double SYSTEM_MESSAGE = 0.4;
    private static final double ANOTHER_REQUEST = 0.45;
    private static final double CHAT_AFTERWARDS = 0.08;
    private static final double FAILURE = 0.06;
    private static final int TRIES = 50;
    /** With such a tool nearly everything could be looked up. */
    private static final List<String> WIDE = List.of("web search", "search documents");

    private static final String NO_TOOL = "I have no tool for that.";
    private static final String MISSING = "Please tell me the %s.";

    private static final List<Skill> CHATS = List.of(new SmallTalk(), new SmallTalk(), new Capitals(), new GeneralKnowledge());

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
        if (kind < 48) {
            single(dialogue, source);
        } else if (kind < 55) {
            severalValues(dialogue, source);
        } else if (kind < 60) {
            severalTools(dialogue, source);
        } else if (kind < 69) {
            noNeed(dialogue, source);
        } else if (kind < 77) {
            unsuitable(dialogue, source);
        } else if (kind < 83) {
            missing(dialogue, source);
        } else if (kind < 94) {
            severalRounds(dialogue, source);
        } else {
            chain(dialogue, source);
        }
    }

    /** A request for one call, and often more of them: a declaration is long to read. */
    private static void single(Dialogue dialogue, Source source) {
        ToolSet set = ToolSet.random(source);
        dialogue.declare(set.specs(source));
        ask(set.tool(0).request(source), dialogue, source);
        while (source.chance(ANOTHER_REQUEST)) {
            ask(source.pick(set.tools()).request(source), dialogue, source);
        }
        chatAfterwards(dialogue, source);
    }

    /** One request for several calls of one tool: "in Oslo and Rome". */
    private static void severalValues(Dialogue dialogue, Source source) {
        ToolSet set = setWith(Tool::canTakeSeveral, source);
        dialogue.declare(set.specs(source));
        List<ToolRequest> requests = set.tool(0).requests(source.pick(2, 2, 3), source);
        ToolRequest first = requests.getFirst();
        dialogue.user(ToolFrames.request(first.form(), first.phrase(), source));
        callAll(requests, dialogue, source);
    }

    /** One message with two requests. */
    private static void severalTools(Dialogue dialogue, Source source) {
        ToolSet set = new ToolSet();
        while (set.tools().size() < 2) {
            set.addOthers(2, source);
        }
        ToolRequest first = set.tool(0).request(source);
        while (first.form().endsWithText()) {
            first = set.tool(0).request(source);
        }
        ToolRequest second = set.tool(1).request(source);
        set.addOthers(source);
        dialogue.declare(set.specs(source));
        dialogue.user(both(first, second, source));
        callAll(List.of(first, second), dialogue, source);
    }

    private static String both(ToolRequest first, ToolRequest second, Source source) {
        Form form = first.form();
        if (form == second.form() && (form == Form.DO || form == Form.KNOW || form == Form.CLAUSE)) {
            String and = source.pick(" and ", " and ", " and also ", ", and ");
            return ToolFrames.request(form, first.phrase() + and + second.phrase(), source);
        }
        String begin = ToolFrames.request(form, first.phrase(), source);
        return begin + (begin.matches("(?s).*[.?!]") ? " " : ". ") + ToolFrames.second(second.form(), second.phrase(), source);
    }

    /** Tools are there, but what the user says needs none. */
    private static void noNeed(Dialogue dialogue, Source source) {
        ToolSet set = new ToolSet();
        ToolCatalogue.kinds().stream().filter(ToolKind::plain).map(ToolKind::topic).forEach(set::keepOut);
        set.addOthers(source);
        dialogue.declare(set.specs(source));
        chat(dialogue, source);
        if (source.chance(0.4)) {
            ask(source.pick(set.tools()).request(source), dialogue, source);
        }
    }

    /** No tool does what the user wants. */
    private static void unsuitable(Dialogue dialogue, Source source) {
        ToolKind wanted = source.pick(ToolSet.kinds(1, source));
        while (wanted.plain() || WIDE.contains(wanted.topic())) {
            wanted = source.pick(ToolSet.kinds(1, source));
        }
        ToolSet set = new ToolSet();
        set.keepOut(wanted.topic());
        WIDE.forEach(set::keepOut);
        set.addOthers(source);
        dialogue.declare(set.specs(source));
        if (source.chance(0.25)) {
            ask(source.pick(set.tools()).request(source), dialogue, source);
        }
        ToolRequest request = new Tool(wanted, source).request(source);
        dialogue.user(ToolFrames.request(request.form(), request.phrase(), source)).answer(NO_TOOL);
    }

    /** The request lacks something that the tool needs. */
    private static void missing(Dialogue dialogue, Source source) {
        ToolSet set = setWith(tool -> tool.omissible(source) != null, source);
        dialogue.declare(set.specs(source));
        Tool.Parameter missing = set.tool(0).omissible(source);
        ToolRequest request = set.tool(0).requestWithout(missing, source);
        dialogue.user(ToolFrames.request(request.form(), request.phrase(), source)).answer(MISSING.formatted(missing.words()));
        if (source.chance(0.6)) {
            ToolValue value = missing.type().draw(source);
            ToolRequest complete = request.with(missing.place(), value);
            dialogue.user(ToolFrames.supplied(missing.words(), value.spoken(), source));
            callAll(List.of(complete), dialogue, source);
        }
    }

    /** A request, and another one: of another tool, or for the same with another value. */
    private static void severalRounds(Dialogue dialogue, Source source) {
        boolean same = source.chance(0.5);
        ToolSet set = same ? setWith(tool -> tool.kind().follow() != null && !tool.parameters().isEmpty(), source)
                : ToolSet.random(source);
        dialogue.declare(set.specs(source));
        ToolRequest request = set.tool(0).request(source);
        ask(request, dialogue, source);
        for (int i = source.pick(1, 1, 2); i > 0; i--) {
            if (same) {
                ToolValue value = set.tool(0).parameters().getFirst().type().draw(source);
                request = request.with(0, value);
                dialogue.user(ToolFrames.further(set.tool(0).follow(value, source), source));
                callAll(List.of(request), dialogue, source);
            } else {
                ask(source.pick(set.tools()).request(source), dialogue, source);
            }
        }
        chatAfterwards(dialogue, source);
    }

    /** The second call needs what the first returns. */
    private static void chain(Dialogue dialogue, Source source) {
        ToolChain chain = new ToolChain(source);
        ToolSet set = new ToolSet();
        chain.tools().forEach(tool -> set.add(tool, tool.kind().topic()));
        if (source.chance(0.4)) {
            set.addOthers(source.pick(3, 4), source);
        }
        dialogue.declare(set.specs(source));
        ToolRequest first = chain.firstRequest(source);
        ToolRequest wanted = chain.wanted(first, source);
        dialogue.user(ToolFrames.request(wanted.form(), wanted.phrase(), source));
        ToolCall firstCall = dialogue.newCall(first.tool().name(), first.argumentsJson());
        dialogue.call(List.of(firstCall)).result(firstCall, chain.firstResult(source));
        ToolRequest second = chain.secondRequest(wanted);
        ToolCall secondCall = dialogue.newCall(second.tool().name(), second.argumentsJson());
        ToolReply reply = ToolReply.to(wanted, source);
        dialogue.call(List.of(secondCall)).result(secondCall, reply.result()).answer(reply.answer());
    }

    private static ToolSet setWith(Predicate<Tool> wanted, Source source) {
        for (int i = 0; i < TRIES; i++) {
            ToolSet set = ToolSet.random(source);
            if (wanted.test(set.tool(0))) {
                return set;
            }
        }
        throw new IllegalStateException("None of " + TRIES + " sets of tools begins with one that fits");
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
            ToolReply reply = source.chance(FAILURE) ? ToolReply.failure(source) : ToolReply.to(requests.get(i), source);
            dialogue.result(calls.get(i), reply.result());
            answers.add(reply.answer());
        }
        dialogue.answer(String.join(" ", answers));
    }

    private static void chatAfterwards(Dialogue dialogue, Source source) {
        if (source.chance(CHAT_AFTERWARDS)) {
            chat(dialogue, source);
        }
    }

    private static void chat(Dialogue dialogue, Source source) {
        source.pick(CHATS).write(dialogue, source);
    }
}
