package dev.kimilinear.trainer.data.skill;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * What a tool returned, and the answer that follows from it: a sentence is repeated, a confirmation is "Done.", true and false
 * are "Yes." and "No.", an error is regretted, an object is listed, and any other value is told.
 *
 * @param result the text that the tool returned
 * @param answer what the assistant says
 */
record ToolReply(String result, String answer) {

    static final String RESULT = "The result";

    private static final Pattern VALUE = Pattern.compile("<([^<>]+)>");
    private static final List<String> CONFIRMATIONS = List.of("ok", "OK", "Ok", "done", "Done", "success", "Success", "SUCCESS",
            "DONE", "successful", "completed", "finished");
    private static final String SENTENCE = "(The|Your|This) (order|task|request|job|entry|call|operation|action|command|"
            + "{0}) (is|was|has been) (done|accepted|saved|registered|confirmed|received|stored|finished|completed|scheduled|"
            + "processed).";
    private static final String REASON = "(unknown|invalid|missing|wrong|bad|expired|illegal) (argument|value|request|input|"
            + "id|name|user|key|{0})|(the |)(server|service|network|database|connection|device|{0}) (is |was |"
            + ")(not available|offline|busy|too slow|closed|down|not reachable|not found|locked|broken|full)|no (such|"
            + "matching|free) (entry|record|item|user|file|{0})|(access|permission) (denied|refused)( for {1}|)|time(out|"
            + " limit)( after {2} seconds| exceeded|)|(connection|request) (refused|lost|failed|rejected|cancelled)|(code|"
            + "status) {2}|(limit|quota) (reached|exceeded)|(could not|cannot|unable to) (find|open|read|reach|load) (the |"
            + ")(file|server|page|entry|{0})|{0} (not found|does not exist|is unknown|is locked|unavailable)|"
            + "too many (requests|users|calls)|not enough (money|space|rights|memory)";

    /** What the tool may return for the request. */
    static ToolReply to(ToolRequest request, Source source) {
        ToolKind kind = request.tool().kind();
        if (kind.json() != null && source.chance(0.3)) {
            return object(request.fill(kind.json()), source);
        }
        if (kind.results().isEmpty()) {
            return action(source);
        }
        String result = request.fill(value(source.pick(kind.results()), source));
        if (isSentence(result) || kind.answer() == null) {
            return new ToolReply(result, told(result, RESULT + " is {r}."));
        }
        String answer = told(result, request.fill(kind.answer()));
        return new ToolReply(source.chance(0.1) ? answer : result, answer);
    }

    /** An error. */
    static ToolReply failure(Source source) {
        String reason = Dialogue
                .withoutMarks(source.say(REASON, source.chance(0.5) ? source.inventedWord() : source.word("objects"),
                        source.firstName(), source.owned(() -> source.between(2, 999))));
        String result = switch (source.between(0, 5)) {
            case 0 -> Json.of(Map.of("error", reason));
            case 1 -> "ERROR: " + reason;
            case 2 -> "Exception: " + reason;
            case 3 -> "Failed: " + reason;
            default -> "Error: " + reason;
        };
        return new ToolReply(result, "I am sorry, that did not work: " + reason + ".");
    }

    private static ToolReply action(Source source) {
        if (source.chance(0.6)) {
            return new ToolReply(source.pick(CONFIRMATIONS), "Done.");
        }
        if (source.chance(0.3)) {
            return object(RESULT + ": (status|state)=one ok/done/open/accepted/confirmed/pending/saved;"
                    + "(id|number|reference|code|entry)=id", source);
        }
        String result = source.chance(0.6)
                ? Dialogue.withoutMarks(source.say(SENTENCE, source.chance(0.5) ? source.inventedWord() : source.word("nouns")))
                : value("<id>", source);
        return new ToolReply(result, told(result, RESULT + " is {r}."));
    }

    private static ToolReply object(String subjectAndFields, Source source) {
        String[] parts = subjectAndFields.split(": ", 2);
        Map<String, Object> json = new LinkedHashMap<>();
        StringBuilder told = new StringBuilder(parts[0]).append(':');
        for (String field : parts[1].split(";")) {
            String[] keyAndType = field.split("=");
            String key = Dialogue.withoutMarks(source.say(keyAndType[0]));
            ToolValue value = ToolType.of(keyAndType[1]).draw(source);
            json.put(key, value.json());
            told.append(json.size() > 1 ? ", " : " ").append(ToolText.words(key)).append(' ').append(value.shown());
        }
        return new ToolReply(Json.of(json), told.append('.').toString());
    }

    private static String value(String pattern, Source source) {
        Matcher matcher = VALUE.matcher(pattern);
        return matcher.replaceAll(match -> Matcher.quoteReplacement(ToolType.of(match.group(1)).draw(source).shown()));
    }

    private static boolean isSentence(String result) {
        return result.endsWith(".");
    }

    private static String told(String result, String answer) {
        return switch (result) {
            case "true" -> "Yes.";
            case "false" -> "No.";
            default -> isSentence(result) ? result : Words.capitalise(answer.replace("{r}", result));
        };
    }
}
