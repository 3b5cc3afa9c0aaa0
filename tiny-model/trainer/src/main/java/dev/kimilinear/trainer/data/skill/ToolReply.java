package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * What a tool returned, and the answer that follows from it: a value is told, a sentence is repeated, a confirmation is
 * "Done.", an error is regretted.
 *
 * @param result the text that the tool returned
 * @param answer what the assistant says
 */
record ToolReply(String result, String answer) {

    private static final double FAILURE = 0.05;
    private static final double SENTENCE = 0.15;
    /** Programs that turn what a tool returned into JSON give text with quotation marks around it. */
    private static final double QUOTED = 0.5;
    private static final Pattern VALUE = Pattern.compile("<([^<>]+)>");
    private static final List<String> CONFIRMATIONS = List.of("ok", "OK", "done", "Done", "success", "Success");
    private static final String REASON = "{0} not found|{0} not found|unknown {0}|invalid {0}|(service|server|network) "
            + "(not available|is down|timeout)|access denied";

    /** What the tool may return for the request. */
    static ToolReply to(ToolRequest request, Source source) {
        ToolKind kind = request.tool().kind();
        if (!kind.plain() && !request.values().isEmpty() && source.chance(FAILURE)) {
            return failure(request, source);
        }
        if (kind.results().isEmpty()) {
            return new ToolReply(maybeQuoted(source.pick(CONFIRMATIONS), source), "Done.");
        }
        String result = value(source.pick(kind.results()), request, source);
        String answer = Words.capitalise(request.fill(kind.answer()).replace("{r}", result));
        return new ToolReply(maybeQuoted(source.chance(SENTENCE) ? answer : result, source), answer);
    }

    private static ToolReply failure(ToolRequest request, Source source) {
        String argument = request.tool().parameters().getFirst().name();
        String reason = Dialogue.withoutMarks(source.say(REASON, argument));
        return new ToolReply(maybeQuoted((source.chance(0.5) ? "Error: " : "") + reason, source),
                "I am sorry, that did not work: " + reason + ".");
    }

    private static String maybeQuoted(String text, Source source) {
        return source.chance(QUOTED) ? Json.quote(text) : text;
    }

    private static String value(String pattern, ToolRequest request, Source source) {
        Matcher matcher = VALUE.matcher(pattern);
        return matcher.replaceAll(match -> Matcher.quoteReplacement(switch (match.group(1)) {
            case "sum" -> String.valueOf(number(request, 0) + number(request, 1));
            case "product" -> String.valueOf(number(request, 0) * number(request, 1));
            case "email" -> request.values().getFirst().shown().toLowerCase(Locale.ROOT) + "@" + source.word("nouns") + ".com";
            default -> ToolType.of(match.group(1)).draw(source).shown();
        }));
    }

    private static int number(ToolRequest request, int place) {
        return (Integer) request.values().get(place).json();
    }
}
