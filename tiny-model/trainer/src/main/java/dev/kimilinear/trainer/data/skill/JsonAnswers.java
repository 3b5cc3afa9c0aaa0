package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Answers in JSON: a capital or a sum under a key, words as an array, a text under a key. */
public final class JsonAnswers implements Skill {

    private static final String COLON = "(: |:\n|:\n\n)";
    /** The largest number that is added: how to answer is the task here, not what. */
    private static final int MOST = 20;
    private static final String USUAL_KEY = "answer";
    private static final List<String> CAPITAL_KEYS = List.of("city", "capital", "name", "result", "capitalCity",
            "capital_city");
    private static final List<String> SUM_KEYS = List.of("sum", "result", "number", "value", "total");
    private static final List<String> TEXT_KEYS = List.of("text", "message", "content", "value", "result");
    private static final List<String> LISTS = List.of("foods", "animals", "objects", "colours", "first-names");

    private static final String CAPITAL = "(what is|what's) the capital( city|) of {0}?|(name|tell me) the capital( city|) of "
            + "{0}.";
    private static final String NEXT_CAPITAL = "(and|and of|what about|now|and the capital of|and what is the capital of) {0}?";
    private static final String SUM = "(what is|what's|how much is) {0}?|(calculate|compute) {0}.";
    private static final String NEXT_SUM = "(and|what about|now|and what is|and how much is) {0}?";

    private static final String WITH_KEY = "(answer|reply|respond)( only|) (with|as|in) (JSON|a JSON object) (with|that has|"
            + "having) (a|the|one|a single|only the) (field|key|property) ({0}|\"{0}\")"
            + "|(return|give me|write|output) (JSON|a JSON object) (with|that has|having) (a|the|one|a single) "
            + "(field|key|property) ({0}|\"{0}\")"
            + "|(answer|reply|respond)( only|) (with|as|in|like) (this JSON |the form |JSON of the "
            + "form |)\\{\"{0}\": \"...\"\\}";
    private static final String WITHOUT_KEY = "(answer|reply|respond)( only| just|) (in JSON|in JSON format|with JSON|as JSON"
            + "|as a JSON object)|(return|give me|write|output) (the answer|your answer|the result) (in JSON|in JSON format"
            + "|as JSON|as a JSON object)";
    private static final String LANGCHAIN4J = "\nYou must answer strictly in the following JSON format: {\n"
            + "\"%s\": (type: %s)\n}";

    private static final String ARRAY = "(make|write|create|build|give me|return|output|print) (a |one |)JSON (array|list)"
            + "( of| from| with| out of)( these (words|items|names|things)| the following( words| items|)|)" + COLON + "{0}|"
            + "(turn|convert|transform|change|put|write) (these|the following|the) (words|items|things|names)( into| as| in)"
            + " (a |)JSON (array|list)" + COLON + "{0}|(list|write|return) (these|the following)( words| items|) as a JSON "
            + "(array|list)" + COLON + "{0}";
    private static final String WRAP = "(wrap|put|pack|place|return|repeat|write) (this|the following|the|my) (text|sentence|"
            + "message) (in|into|as) (a |)JSON( object|) (with|under) the (key|field|property) ({1}|\"{1}\")" + COLON + "{0}|"
            + "(return|write|answer with|give me|output|create) (a |)JSON( object|) (with|that has) the (key|field|"
            + "property) ({1}|\"{1}\") (and|for) (this|the following) (text|value|sentence)" + COLON + "{0}|"
            + "(repeat|return|write) (this|the following) (text|sentence|message) as \\{\"{1}\": \"...\"\\}" + COLON + "{0}";
    private static final String TEXT = "{0} likes {1}|{0} has a {2}|the {2} is {3}|hello {0}|good morning, {0}|{0} is in {4}"
            + "|{2} and {1}|see you in {4}|the {3} {2}";
    private static final String NEXT = "(and|now|next|and this|now this|the same for|the same with)" + COLON + "{0}";

    /**
     * A question with a short answer.
     *
     * @param asked as it stands alone
     * @param next as it follows another of its kind
     */
    private record Question(String asked, String next, Object answer) {
    }

    @Override
    public String name() {
        return "json";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        int questions = source.pick(1, 2, 2, 3);
        switch (source.between(0, 9)) {
            case 0, 1, 2, 3 -> ask(dialogue, capitals(questions, source), CAPITAL_KEYS, "string", source);
            case 4, 5 -> ask(dialogue, sums(questions, source), SUM_KEYS, "integer", source);
            case 6, 7 -> arrays(dialogue, questions, source);
            default -> texts(dialogue, questions, source);
        }
    }

    private static List<Question> capitals(int count, Source source) {
        Set<Country> countries = new LinkedHashSet<>();
        while (countries.size() < count) {
            countries.add(BaseQuestions.country(source));
        }
        return countries.stream().map(country -> new Question(source.say(CAPITAL, country.inSentence()),
                source.say(NEXT_CAPITAL, country.inSentence()), country.capital())).toList();
    }

    private static List<Question> sums(int count, Source source) {
        List<Question> questions = new ArrayList<>();
        while (questions.size() < count) {
            Expression sum = source.owned(() -> new Expression(source.between(1, MOST), '+', source.between(1, MOST)));
            String typed = sum.left() + source.pick(" + ", "+", " plus ") + sum.right();
            questions.add(new Question(source.say(SUM, typed), source.say(NEXT_SUM, typed), sum.result()));
        }
        return questions;
    }

    /** Asks for answers under one key: the first request says so, or LangChain4j does for each. */
    private static void ask(Dialogue dialogue, List<Question> questions, List<String> keys, String type, Source source) {
        String key = key(keys, source);
        boolean langChain4j = source.chance(0.3);
        for (Question question : questions) {
            String asked;
            if (langChain4j) {
                asked = Words.capitalise(question.asked()) + source.say("{0}", LANGCHAIN4J.formatted(key, type));
            } else if (question == questions.getFirst()) {
                asked = withFormat(question, key, source);
            } else {
                asked = Words.capitalise(question.next());
            }
            dialogue.user(asked).answer(Json.spaced(Map.of(key, question.answer())));
        }
    }

    private static String withFormat(Question question, String key, Source source) {
        String format = key.equals(USUAL_KEY) && source.chance(0.5) ? WITHOUT_KEY : WITH_KEY;
        return source.chance(0.5)
                ? Words.capitalise(question.asked()) + " " + Words.capitalise(source.say(format, key)) + "."
                : TaskFrames.about(source, format, key) + ": " + question.asked();
    }

    private static String key(List<String> usual, Source source) {
        return switch (source.between(0, 9)) {
            case 0, 1, 2 -> USUAL_KEY;
            case 3, 4 -> ExtractionValues.noun(source).replace(' ', '_');
            default -> source.pick(usual);
        };
    }

    private static void arrays(Dialogue dialogue, int count, Source source) {
        for (int i = 0; i < count; i++) {
            List<String> words = source.words(source.pick(LISTS), source.between(2, 4));
            if (source.chance(0.25)) {
                words.set(0, source.inventedWord());
            }
            String listed = source.chance(0.6) ? String.join(", ", words) : ExtractionDomain.joined(words);
            dialogue.user(i > 0 ? Words.capitalise(source.say(NEXT, listed)) : TaskFrames.about(source, ARRAY, listed))
                    .answer(Json.spaced(words));
        }
    }

    private static void texts(Dialogue dialogue, int count, Source source) {
        String key = key(TEXT_KEYS, source);
        for (int i = 0; i < count; i++) {
            String text = source.say(TEXT, source.firstName(), source.word("foods"), source.word("objects"),
                    source.word("adjectives"), source.city());
            dialogue.user(i > 0 ? Words.capitalise(source.say(NEXT, text)) : TaskFrames.about(source, WRAP, text, key))
                    .answer(Json.spaced(Map.of(key, text)));
        }
    }
}
