package dev.kimilinear.trainer.data.skill;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;

/** Writes and reads JSON: capitals, lists and pairs as JSON, a value or the keys of an object; and bare numbers and truths. */
public final class JsonAnswers implements Skill {

    private static final String AS_JSON = "(as|in) (JSON|JSON format|a JSON object|compact JSON)";
    private static final String COLON = "(: |:\n| - |:\n\n)";
    private static final String INTEGER = "\nYou must answer strictly in the following format: integer number";
    private static final String LINES = "\nYou must put every item on a separate line.";
    private static final List<String> KEYS = List.of("name", "age", "city", "job", "colour", "food", "hobby", "pet",
            "number", "product", "price",
            "size", "street", "country", "title", "author", "year", "weight", "owner", "day", "animal", "room", "street",
            "brand", "id", "active");

    private static final String CAPITAL = "(what is|what's|tell me|give me|name|return|write|output|say) (the |)(capital|"
            + "capital city) of {0}(, " + AS_JSON + "| " + AS_JSON
            + ")|(answer|reply|respond) in JSON: (what is|what's|name) the (capital|capital city) of {0}|"
            + "(country and capital|capital) of {0} " + AS_JSON + "|JSON with the capital of {0}";
    private static final String CAPITAL_KEYS = " (with|using|having) (the |)(keys|fields|properties) (\"{1}\" and \"{2}\"|"
            + "{1} and {2}|{1}, {2})(.|.|)|. (Keys|Fields|Use the keys): {1}, {2}(.|)|: \\{\"{1}\":\"...\",\"{2}\":\"...\"\\}";
    private static final String ARRAY = "(make|write|create|build|give me|return|output|print|form) (a |one |)JSON (array|"
            + "list)( of| from| with| out of)( these (words|items|names|things)| the following( words| items|)|)" + COLON
            + "{0}|"
            + "(turn|convert|transform|change|put|write) (these|the following|the) (words|items|things|names)( into| to|"
            + " in) (a |)JSON (array|list)" + COLON + "{0}|(write|put|give me|return) {0} (as|in|into) (a |)JSON (array|list)|"
            + "(list|write|return) (these|the following)( words| items|) as JSON" + COLON + "{0}|JSON array of {0}";
    private static final String SEPARATE = "(list|name|give me|repeat|write|extract) (the |all |all the )(items|words|"
            + "things|names|elements)( in| from| of)( this list| this text| this sentence| the following|)" + COLON + "{0}";
    private static final String OBJECT = "(make|write|create|build|give me|return|output|print|form) (a |one |"
            + ")JSON( object|)( of| from| with| out of|)( these (pairs|values|fields|lines)| the following( lines| values|"
            + " fields|)| this)" + COLON + "{0}|"
            + "(turn|convert|transform|change|put|rewrite) (these|the following|the|my) (lines|values|fields|pairs|"
            + "data)( into| to| in) (JSON|a JSON object|JSON format)" + COLON + "{0}|(write|put|give me|return|"
            + "convert) (this|the following) (as|to) JSON" + COLON + "{0}|to JSON" + COLON + "{0}";
    private static final String WRAP = "(wrap|put|pack|place|enclose) (this|the following|the|my) (text|sentence|message|"
            + "word|words) (in|into) (a |)JSON( object|) (with|under) the (key|field|property) (\"{1}\"|{1})" + COLON + "{0}|"
            + "(return|write|answer with|give me|output|create) (a |)JSON( object|) (with|that has) the (key|field|"
            + "property) (\"{1}\"|{1}) (and|for) (this|the following) (text|value|sentence)" + COLON + "{0}|"
            + "(repeat|return|write) (this|the following) (text|sentence) as \\{\"{1}\":\"...\"\\}" + COLON
            + "{0}|(wrap|put|pack) (it|this) as \\{\"{1}\": \"...\"\\}" + COLON + "{0}";
    private static final String VALUE = "(what is|what's|tell me|give me|return|read|find|get|extract|look up|show me|"
            + "print) (the |)(value of |value for |value under |)(the key |the field |key |)(\"{1}\"|{1})( in| from|"
            + " of)( this| the following| the|)( JSON| object| JSON object|)" + COLON + "{0}|"
            + "(which|what) value does (the key |the field |)(\"{1}\"|{1}) have( in this JSON|)" + COLON
            + "{0}|(read|parse) (this|the following) JSON and (give me|return|tell me|print) (\"{1}\"|{1})" + COLON + "{0}";
    private static final String NUMBER = "((Return|Answer with|Reply with|Give me|Write|Say|Output) (only|just|"
            + "nothing but) the (number|digits|integer|value)(.|:) |(Extract|Find|Get|Tell me|What is|Which is) (the |"
            + "only the )number (in|from) (this|the following) (text|sentence)(: |:\n))";

    @Override
    public String name() {
        return "json";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 11)) {
            case 0, 1, 2 -> capital(dialogue, source);
            case 3 -> array(dialogue, source);
            case 4, 5 -> object(dialogue, source);
            case 6 -> wrap(dialogue, source);
            case 7, 8 -> value(dialogue, source);
            case 9 -> separateLines(dialogue, source);
            default -> number(dialogue, source);
        }
    }

    private static void capital(Dialogue dialogue, Source source) {
        Country country = BaseQuestions.country(source);
        boolean other = source.chance(0.5);
        List<String> keys = other ? List.of(source.pick("country", "state", "land", "nation", source.inventedWord()),
                source.pick("capital", "city",
                        "capitalCity", "capital_city", source.inventedWord()))
                : List.of("country", "capital");
        String request = TaskFrames.about(source, CAPITAL, country.inSentence());
        boolean flipped = other && source.chance(0.3);
        if (other) {
            request += source.say(CAPITAL_KEYS, "", keys.get(flipped ? 1 : 0), keys.get(flipped ? 0 : 1));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        if (flipped) {
            answer.put(keys.get(1), country.capital());
        }
        answer.put(keys.get(0), country.name());
        answer.putIfAbsent(keys.get(1), country.capital());
        dialogue.user(request + (other ? "" : source.say("(?|.|)"))).answer(Json.of(answer));
    }

    private static void array(Dialogue dialogue, Source source) {
        List<String> words = TextTransform.someWords(2, 5, source);
        String listed = source.pick(String.join(", ", words), ExtractionDomain.joined(words), String.join(" ", words),
                String.join("\n", words));
        dialogue.user(TaskFrames.about(source, ARRAY, listed)).answer(Json.of(words));
    }

    private static void separateLines(Dialogue dialogue, Source source) {
        List<String> words = TextTransform.someWords(2, 5, source);
        dialogue.user(TaskFrames.about(source, SEPARATE, source.pick(String.join(", ", words),
                ExtractionDomain.joined(words))) + source.say("{0}", LINES))
                .answer(String.join("\n", words));
    }

    private static void object(Dialogue dialogue, Source source) {
        Map<String, Object> object = object(1, 4, source);
        String between = source.pick("\n", "\n", ", ", "; ");
        String is = source.pick(": ", ": ", " = ", "=", " is ");
        String lines = object.entrySet().stream().map(entry -> entry.getKey() + is
                + entry.getValue()).collect(Collectors.joining(between));
        dialogue.user(TaskFrames.about(source, OBJECT, lines)).answer(Json.of(object));
    }

    private static void wrap(Dialogue dialogue, Source source) {
        String text = source.chance(0.5) ? String.join(" ", TextTransform.someWords(1, 4,
                source)) : LabelSentences.topic(source.pick(LabelSentences.topics()), source);
        String key = source.pick("text", "text", "message", "answer", "result", "value", source.inventedWord());
        dialogue.user(TaskFrames.about(source, WRAP, text, key)).answer(Json.of(Map.of(key, text)));
    }

    private static void value(Dialogue dialogue, Source source) {
        Map<String, Object> object = object(1, 5, source);
        String key = source.pick(List.copyOf(object.keySet()));
        dialogue.user(TaskFrames.about(source, VALUE, Json.of(object), key)).answer(String.valueOf(object.get(key)));
        if (object.size() > 1 && source.chance(0.3)) {
            String next = source.pick(List.copyOf(object.keySet()));
            dialogue.user(TaskFrames.later(source, "(and |and the value of |what about |what is |now )(the key |)(\"{0}\"|"
                    + "{0})(?|)", next))
                    .answer(String.valueOf(object.get(next)));
        }
    }

    private static void number(Dialogue dialogue, Source source) {
        int number = source.owned(() -> source.between(2, 999));
        String sentence = source.say("{0} (has|bought|sold|saw|needs|counted) {1} {2}s(.|)|(There are|We have|"
                + "I see) {1} {2}s (in {3}|here)(.|)|{0} is {1} years old(.|)|The {2} (costs|is worth) {1} (euros|dollars)(.|)|"
                + "(It is|There are) {1} (km|kilometres|miles) to {3}(.|)|{0} lives in house number {1}(.|)|"
                + "The (temperature|speed|height|number) (is|was) {1}(.|)", source.firstName(), number,
                source.word("objects"), source.city());
        boolean format = source.chance(0.6);
        String task = format ? source.say("((Extract|Find|Get|Read) the number( from| in|)(: |:\n| of: )|How (many|"
                + "much)(? |: )||Number: )") : source.say(NUMBER);
        dialogue.user(task + sentence + (format ? source.say("{0}", INTEGER) : "")).answer(String.valueOf(number));
    }

    /** An object of texts and numbers. */
    private static Map<String, Object> object(int least, int most, Source source) {
        return source.owned(() -> {
            Map<String, Object> object = new LinkedHashMap<>();
            int count = source.between(least, most);
            while (object.size() < count) {
                object.put(source.chance(0.7) ? source.pick(KEYS) : source.inventedWord(), switch (source.between(0, 4)) {
                    case 0 -> source.between(1, 999);
                    case 1 -> source.firstName();
                    case 2 -> source.city();
                    default -> TextTransform.word(source);
                });
            }
            return object;
        });
    }
}
