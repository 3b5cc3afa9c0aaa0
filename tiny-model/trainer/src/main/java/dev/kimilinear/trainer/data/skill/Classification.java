package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/**
 * Puts texts into classes: reviews by their sentiment, sentences by their topic. The answer is a label, as the request spells
 * it, or a yes or no.
 */
public final class Classification implements Skill {

    /** A text and what is to be answered for it. */
    private record Sample(String text, String answer) {
    }

    private static final String REVIEW = "(text|sentence|message|review|comment|statement|opinion)";
    private static final String SENTIMENT = "sentiment|sentiment|mood|tone|feeling|opinion|attitude";
    private static final String TOPIC = "topic|topic|subject|theme|category|main topic";
    private static final String THIS = "(this|this|the following|the) " + REVIEW;
    private static final String TASK = "((Classify|Analyze|Analyse|Determine|Detect|Find|Give me|Tell me|Identify|Recognize|"
            + "Name|Check|Decide) (the |)({0})( of| in) " + THIS + "|(What|Which) is the ({0}) of " + THIS
            + "|(Classify|Categorize|Label|Sort|Judge) " + THIS + " by ({0})|What ({0}) does " + THIS + " have|({0})|"
            + "I (need|want to know|would like to know) the ({0}) of " + THIS + "|(Please|Can you|Could you) (classify|"
            + "label|categorize) " + THIS + " by ({0}))(: |: |:\n|\n)";
    /** What the answer may be: the labels in one line at {@code {0}}, with "or" at {@code {1}}. */
    private static final String LABELS = "(Answer|Reply|Respond|Answer only|Answer just) with (one of |either |){1}.|"
            + "(Possible|The|Allowed|Valid|Available) (labels|answers|classes|categories|values|options)( are|:) {0}.|"
            + "(Choose|Select|Pick|Take) (one|only one|one of these|one label|the right one)(: | of ){0}.|"
            + "(One of|Labels|Options|Classes|Categories): {0}.|(Use|Use only) (the labels|these labels|one of the labels|"
            + "the words) {0}.|(Your answer must be|It is|It can be) {1}.|Is it {1}?";
    private static final String CHOICE = "(Is " + THIS + " {1}?|{1}?|{1}?|(Classify|Label|Rate) " + THIS
            + " as {1}:|Would you say {1}?|Tell me whether " + THIS + " is {1}:)( |\n|\n)";
    private static final String TRUTH = "(Is|Is|Is|Would you call) " + THIS + " {0}?( |\n|\n)|(Is it|Is that|Is this) a "
            + "{0} (review|opinion|comment)?( |\n|\n)|Does " + THIS + " (sound {0}|have a {0} (sentiment|tone))?( |\n)|"
            + "(Tell me whether|Decide if|Check if|Say whether) " + THIS + " is {0}(: |:\n|.\n)";
    private static final String WORDS = "\n(Answer|Reply|Say|Answer only|Answer just)( with|) yes or no(.|)";
    private static final String BOOLEAN = "\nYou must answer strictly in the following format: one of [true, false]";
    private static final String BOOLEAN_WORDS = "\n(Answer|Reply|Answer only|Return)( with|) (true or false|true/false)(.|)";
    private static final String AGAIN = "(||(And|Now|And now|Next|What about|How about|And what about|Same for|And here|"
            + "And this|And this one|Next one|Another one|The next|One more)(: |: |:\n))";

    private static final List<String> MOODS = List.of("positive", "negative", "neutral");
    private static final double TWO_LABELS = 0.3;
    private static final double ENUM = 0.4;

    @Override
    public String name() {
        return "classification";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 9)) {
            case 0, 1, 2, 3, 4 -> sentiment(dialogue, source);
            case 5, 6 -> truth(dialogue, source);
            default -> topic(dialogue, source);
        }
    }

    private static void sentiment(Dialogue dialogue, Source source) {
        List<String> moods = source.chance(TWO_LABELS) ? MOODS.subList(0, 2) : MOODS;
        List<String> labels = spelled(moods, source);
        Supplier<Sample> draw = () -> {
            String label = source.pick(labels);
            return new Sample(review(label.toLowerCase(Locale.ROOT), source), label);
        };
        Sample first = draw.get();
        String request = source.chance(0.2)
                ? source.say(CHOICE, "", or(labels)) + quoted(first.text(), source)
                : request(SENTIMENT, labels, first.text(), source);
        series(dialogue, source, request, first, draw);
    }

    private static void topic(Dialogue dialogue, Source source) {
        List<String> labels = spelled(source.pickSome(LabelSentences.topics(), source.between(3, 4)), source);
        Supplier<Sample> draw = () -> {
            String label = source.pick(labels);
            return new Sample(source.owned(() -> LabelSentences.topic(label.toLowerCase(Locale.ROOT), source)), label);
        };
        Sample first = draw.get();
        series(dialogue, source, request(TOPIC, labels, first.text(), source), first, draw);
    }

    /** Whether a review is positive, or negative: true or false, yes or no. */
    private static void truth(Dialogue dialogue, Source source) {
        String asked = source.pick("positive", "positive", "negative");
        boolean words = source.chance(0.6);
        Supplier<Sample> draw = () -> {
            String mood = source.pick("positive", "negative");
            boolean truth = mood.equals(asked);
            return new Sample(review(mood, source), words ? truth ? "yes" : "no" : String.valueOf(truth));
        };
        String format = words ? source.chance(0.5) ? "" : source.say(WORDS)
                : source.chance(0.6) ? source.say("{0}", BOOLEAN) : source.say(BOOLEAN_WORDS);
        Sample first = draw.get();
        series(dialogue, source, source.say(TRUTH, asked) + quoted(first.text(), source) + format, first, draw);
    }

    /** Asks for one text, and then for others in short. */
    private static void series(Dialogue dialogue, Source source, String request, Sample first, Supplier<Sample> draw) {
        dialogue.user(request).answer(first.answer());
        int more = source.between(1, 3);
        for (int i = 0; i < more; i++) {
            Sample next = draw.get();
            dialogue.user(source.say(AGAIN) + next.text()).answer(next.answer());
        }
    }

    private static String review(String mood, Source source) {
        int sign = mood.equals("positive") ? 1 : mood.equals("negative") ? -1 : 0;
        return source.owned(() -> LabelSentences.review(sign, source));
    }

    /** All labels in the same letters. */
    private static List<String> spelled(List<String> labels, Source source) {
        int style = source.between(0, 4);
        return labels.stream().map(label -> switch (style) {
            case 0, 1 -> label.toUpperCase(Locale.ROOT);
            case 2 -> Words.capitalise(label);
            default -> label;
        }).toList();
    }

    private static String request(String noun, List<String> labels, String text, Source source) {
        String about = source.say(TASK.replace("{0}", noun)) + quoted(text, source);
        if (source.chance(ENUM)) {
            // How LangChain4j asks for an enum.
            return about + source.say("{0}", "\nYou must answer strictly with one of these enums:\n"
                    + String.join("\n", labels));
        }
        String choice = source.say(LABELS, source.pick(String.join(", ", labels), String.join("/", labels), or(labels)),
                or(labels));
        return source.chance(0.5) ? about + "\n" + choice : choice + "\n" + about;
    }

    private static String quoted(String text, Source source) {
        return source.chance(0.3) ? source.say("{0}", '"' + text + '"') : text;
    }

    private static String or(List<String> labels) {
        return String.join(", ", labels.subList(0, labels.size() - 1)) + " or " + labels.getLast();
    }
}
