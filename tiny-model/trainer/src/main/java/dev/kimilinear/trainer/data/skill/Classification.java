package dev.kimilinear.trainer.data.skill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;

/** Puts a text into one of some classes: the answer is a label, as the request spells it. */
public final class Classification implements Skill {

    /**
     * What texts are classified by.
     *
     * @param noun what a request calls it; a pattern
     * @param labels words for the classes, in several vocabularies, each in the order of the classes
     * @param canonical the vocabulary of an answer when the request names no labels, {@code null} if it must name them
     */
    private record Scheme(String noun, List<List<String>> labels, List<String> canonical) {
    }

    /** A text, and the number of its class. */
    private record Sample(String text, int label) {
    }

    private static final String TEXT = "(text|sentence|message|review|comment|line|input|statement|opinion)";
    private static final String THIS = "(this|the following|the) " + TEXT;
    private static final String TASK = "((Classify|Analyze|Analyse|Determine|Detect|Find|Give me|Tell me|Identify|"
            + "Recognize|Name|Check|Decide|Label) "
            + "(the |)({0})( of| in| for) " + THIS + "|(What|Which) is the ({0}) of " + THIS + "|(Classify|Categorize|"
            + "Label|Sort|Rate|Judge) " + THIS
            + "( by ({0})|)|What ({0}) (does|has) " + THIS + "( have| show|)|(Sentence|Text|"
            + "Message) classification by ({0})|({0})|"
            + "I (need|want to know|would like to know) the ({0}) of " + THIS + "|(Please|Can you|Could you) (classify|"
            + "label|categorize) " + THIS
            + "( by ({0})|)|How would you (classify|label|rate) " + THIS + ")";
    private static final String LABELS = "((Answer|Reply|Respond|Answer only|Answer just) with (one of |either |"
            + "exactly one of |)({1})|"
            + "(Possible|The|Allowed|Valid|Available) (labels|answers|classes|categories|values|options)( are|:|) {1}|"
            + "(Choose|Select|Pick|Take) "
            + "(one|only one|one of these|one label|the right one|from|between)(: | of | )({1})|(One of|Labels|Options|"
            + "Classes|Categories): {1}|"
            + "(Use|Use only) (the labels|these labels|one of the labels|the words|the classes) {1}|(Your answer must be|"
            + "It is|It can be) {2})"
            + "(.|.|)|Is it {2}(?|)";
    private static final String ONLY = "(||||| (Only|Just|Nothing but|Answer only with) the (label|word|name|class)(.|)|"
            + " One word( only|)(.|)| No "
            + "(explanation|other words|comments)(.|)| Do not explain( it|)(.|))";
    private static final String DIRECT = "(Analyze|Analyse|Determine|Detect|Find|Give me|Tell me|Identify|Evaluate|Check|"
            + "Get) (the |)({0}) (of|of|in)( |: |:\n){1}"
            + "|(What|Which) is the ({0}) of {1}(?|)|What ({0}) does {1} have(?|)|(Classify|Label|Rate|"
            + "Categorize) {1}( by ({0})|)";
    private static final String TRUTH = "(Is|Does) the (sentiment|mood|tone|opinion) (of|in) " + THIS + " {0}|(Is|Does) "
            + THIS + " (sound |)({0}|{0} in its tone)"
            + "|Does {1} have a {0} (sentiment|mood|tone)|Is (it|that|this) (a |)({0}|{0} review|{0} opinion)|"
            + "Would you call this {0}|{0} or not";
    private static final String AGAIN = "((And|Now|And now|Next|What about|How about|And what about|Same for|"
            + "And here)( this| this one|)|Next one|Another one|"
            + "The next( one|)|One more)";

    private static final List<List<String>> MOOD = List.of(List.of("positive", "negative", "neutral"), List.of("good", "bad",
            "neutral"),
            List.of("happy", "unhappy", "neutral"), List.of("praise", "criticism", "neither"), List.of("pos", "neg", "neu"),
            List.of("like", "dislike", "neutral"), List.of("plus", "minus", "zero"), List.of("satisfied", "dissatisfied",
                    "neutral"));
    private static final Scheme SENTIMENT = new Scheme("sentiment|mood|tone|feeling|opinion|attitude|polarity|emotion", MOOD,
            List.of("POSITIVE", "NEGATIVE", "NEUTRAL"));
    private static final Scheme TOPIC = new Scheme("topic|subject|theme|category|main topic",
            List.of(LabelSentences.topics(), LabelSentences.topics()), null);
    private static final Scheme INTENT = new Scheme("intent|intention|purpose|wish of the customer|kind of request",
            List.of(LabelSentences.intents(), LabelSentences.intents()), null);
    private static final Scheme LANGUAGE = new Scheme("language|language used", List.of(LabelSentences.languages()),
            LabelSentences.languages());
    private static final Scheme SPAM = new Scheme("type|kind|class|spam status", List.of(List.of("spam", "not spam"),
            List.of("spam", "ham"),
            List.of("spam", "ok"), List.of("junk", "normal"), List.of("spam", "no spam")), null);
    private static final Scheme URGENCY = new Scheme("urgency|priority|importance", List.of(List.of("urgent", "not urgent"),
            List.of("high", "low"),
            List.of("urgent", "normal"), List.of("now", "later"), List.of("urgent", "can wait")), null);
    private static final Scheme TONE = new Scheme("tone|style|kind of language|behaviour", List.of(List.of("toxic",
            "friendly"), List.of("rude", "polite"),
            List.of("toxic", "not toxic"), List.of("insult", "ok"), List.of("unfriendly", "friendly")), null);
    private static final Scheme SENTENCE = new Scheme("type|kind|sentence type|form", List.of(List.of("question", "statement"),
            List.of("asking", "telling"), List.of("question", "no question")), null);

    private static final String SPAM_TEXTS = "(You (have |)won {1} (euros|dollars)|(Click|Press) (here|this link|now) (and|"
            + "to) (win|get|earn) (money|a prize|a free {0})|"
            + "(Free|Cheap|Buy cheap) {0}s, (only today|only now|click here)|(Earn|Make) {1} (euros|dollars) (a day|"
            + "from home|in a week)( without work|)|"
            + "Congratulations, you (are our winner|won a {0})|Your account is (blocked|locked), (click here|"
            + "send your password|log in now)|"
            + "(Hot|Best|Secret) offer: {1} percent off( all {0}s|)|Send (us |)your (bank|card) number (now |"
            + ")and get {1} euros)(!|!!|!!!|.)";
    private static final String HAM_TEXTS = "((Can|Shall) we (meet|talk|have lunch) (on Monday|tomorrow|at {1})|(The|"
            + "Our) meeting (is|starts) (at ten|tomorrow|in room {1})|"
            + "(Thanks|Thank you) for the {0}( and your help|)|(Mum|Dad|{2}) (is|was) (at home|in hospital|on holiday)|"
            + "{2} (sends|wants) (you |)(greetings|the {0} back)|"
            + "(Please|Could you) (bring|send me|buy) (the |a |){0}( tomorrow| for {2}|)|I will be (late|home) (today|"
            + "at six)|(The|Your) {0} (is|was) (in the kitchen|repaired)|"
            + "See you (on Sunday|tomorrow|later), {2})(.|.|)";
    private static final String URGENT_TEXTS = "((Help|Hurry|Quick|Fast)(!|,) {2} (is hurt|needs a doctor|is locked in)|"
            + "(The|Our) {0} (is burning|is on fire|just exploded|leaks|is down)|"
            + "(We|I) need (the {0}|help|a doctor|an answer) (right now|at once|immediately|within the hour|today)|"
            + "(Please |)(call|answer|come) (me |)(immediately|at once|as soon as possible|right away)|"
            + "(The server|Everything) (is down|does not work), (all customers|{1} people) (wait|are waiting)|This (cannot|"
            + "can't) wait(, {2}|))(!|.)";
    private static final String CALM_TEXTS = "((When you have time|Some day|One day|If you like|"
            + "Whenever it suits you), (look at|repair|send me|clean) the {0}|"
            + "(There is|We have) (no hurry|plenty of time|no rush)( with the {0}|)|(The|My) {0} (can wait|is fine)|(Next|"
            + "In a) (month|year) (we|I) (will |)(need|want|buy) (a|the) {0}|"
            + "(Just|Only) (a small|a general) (question|remark) about the {0}(, no hurry|)|(Let's|"
            + "We can) talk about the {0} (next week|some time)|{2} (has time|can come) (next month|in spring))(.|)";
    private static final String TOXIC_TEXTS = "((You are|{2} is|You {0}, you are) (stupid|an idiot|a fool|a loser|"
            + "disgusting|worthless|dumb|the worst)|(Shut up|Go away|Get lost|Be quiet)(, {2}|, you fool|)|"
            + "(I hate you|Nobody likes you|Nobody needs you)(, {2}|)|(What|Such) a stupid (question|idea|{0})|"
            + "Your {0} is (garbage|rubbish) and so are you|You (never|cannot) do anything right)(!|.)";
    private static final String FRIENDLY_TEXTS = "((You are|{2} is) (great|kind|very helpful|a good friend|so nice|"
            + "wonderful)|(Thank you|Thanks|Many thanks) (so much|a lot|for your help)(, {2}|)|"
            + "(I like you|Everybody likes you|We need you)(, {2}|)|(What|Such) a (nice|lovely|good) (question|idea|{0})|"
            + "(Have a|I wish you a) (nice day|good trip|great week)(, {2}|)|"
            + "(Could|Would) you (please |kindly )(help me|show me the {0})|Your {0} is (lovely|very nice)|(Welcome|"
            + "Nice to meet you), {2})(!|.)";
    private static final String QUESTIONS = "((Where|When|Why|How) (is|was|did {2} buy) the {0}|(Who|What) (broke|moved|"
            + "painted) the {0}|(Is|Was) the {0} (new|old|broken|blue)|"
            + "(Do|Did) you (see|like|buy|need) the {0}|(Can|Could|Will) {2} (come|help us|bring the {0})|(How many|"
            + "Which) {0}s (are there|do we need))";
    private static final String STATEMENTS = "((The|A|My) {0} (is|was) (new|old|broken|blue|in the garden)|{2} (bought|"
            + "broke|likes|moved|painted) (the|a) {0}|(I|We) (saw|need|like|sold) the {0}|"
            + "{2} (can|will) (come|help us|bring the {0})|There are {1} {0}s)";

    @Override
    public String name() {
        return "classification";
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        if (source.chance(0.1)) {
            truth(dialogue, source);
            return;
        }
        Scheme scheme = source.pick(SENTIMENT, SENTIMENT, SENTIMENT, SENTIMENT, TOPIC, TOPIC, INTENT, LANGUAGE, SPAM,
                URGENCY, TONE, SENTENCE);
        boolean named = scheme.canonical() == null || source.chance(0.8);
        List<String> classes = named ? spelled(source.pick(scheme.labels()), source) : scheme.canonical();
        List<Integer> allowed = allowed(scheme, classes.size(), named, source);
        Sample sample = sample(scheme, allowed, source);
        dialogue.user(request(scheme, allowed.stream().map(classes::get).toList(), named, sample.text(), source))
                .answer(classes.get(sample.label()));
        if (source.chance(0.2)) {
            Sample next = sample(scheme, allowed, source);
            dialogue.user(source.say(AGAIN + "(: |:\n)") + next.text()).answer(classes.get(next.label()));
        }
    }

    /** Whether a review is positive, or negative: true or false, yes or no. */
    private static void truth(Dialogue dialogue, Source source) {
        boolean asked = source.chance(0.5);
        Sample sample = sample(SENTIMENT, List.of(0, 1), source);
        boolean truth = (sample.label() == 0) == asked;
        String question = source.say(TRUTH, asked ? "positive" : "negative", '"' + sample.text() + '"');
        String task = Words.capitalise(question) + "?" + (question.contains(sample.text()) ? ""
                : source.pick(" ", "\n")
                        + sample.text());
        boolean words = source.chance(0.4);
        dialogue.user(task + (words ? source.say("( |\n)(Answer|Reply|Say|Answer only|Answer just)( with|) yes or no(.|)")
                : source.chance(0.6)
                        ? source.say("{0}", "\nYou must answer strictly in the following format: one of [true, false]")
                        : source.say(
                                "( |\n)(Answer|Reply|Answer only|Answer just|Return) (with |)(true or false|true/false)(.|)")))
                .answer(words ? truth ? "yes" : "no" : String.valueOf(truth));
    }

    /** The classes that a request allows, in random order. */
    private static List<Integer> allowed(Scheme scheme, int classes, boolean named, Source source) {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            all.add(i);
        }
        if (!named) {
            return all;
        }
        int count = scheme == SENTIMENT ? source.pick(2, 3, 3) : Math.min(classes, source.between(2, 5));
        return scheme == SENTIMENT ? source.pickSome(all.subList(0, count), count) : source.pickSome(all, count);
    }

    private static List<String> spelled(List<String> labels, Source source) {
        int style = source.between(0, 3);
        return labels.stream().map(label -> switch (style) {
            case 0 -> label.toUpperCase(Locale.ROOT);
            case 1 -> label.toUpperCase(Locale.ROOT).replace(' ', '_');
            case 2 -> Words.capitalise(label);
            default -> label;
        }).toList();
    }

    private static String request(Scheme scheme, List<String> labels, boolean named, String text, Source source) {
        boolean direct = source.chance(0.2);
        String task = direct ? source.say(DIRECT.replace("{0}", scheme.noun()), "",
                source.chance(0.4) ? text : '"' + text + '"')
                : source.say(TASK.replace("{0}",
                        scheme.noun())) + source.pick(": ", ": ", ":\n", ":\n\n", "\n", ". ", "? ");
        String about = direct ? "" : source.chance(0.2) ? source.say("{0}", '"' + text + '"') : text;
        if (!named) {
            return Words.capitalise(task) + about;
        }
        if (source.chance(0.4)) {
            return (!direct && source.chance(0.2) ? "" : Words.capitalise(task)) + about + source.say("{0}",
                    "\nYou must answer strictly with one of these enums:\n" + String.join("\n", labels));
        }
        String choice = source.say(LABELS, "", source.pick(String.join(", ", labels), String.join("/", labels), or(labels),
                ExtractionDomain.joined(labels), String.join(" | ", labels)), or(labels)) + source.say(ONLY);
        return switch (direct ? source.between(0, 1) : source.between(0, 3)) {
            case 0 -> Words.capitalise(task) + about + source.pick("\n", "\n\n", " ") + choice;
            case 1 -> choice + source.pick("\n", " ", "\n\n") + Words.capitalise(task) + about;
            case 2 -> about + source.pick("\n", "\n\n", " ") + choice;
            default -> choice + source.pick("\n", "\n\n") + source.say("(Text: |Message: |Sentence: |Input: |)") + about;
        };
    }

    private static String or(List<String> labels) {
        return String.join(", ", labels.subList(0, labels.size() - 1)) + " or " + labels.getLast();
    }

    private static Sample sample(Scheme scheme, List<Integer> allowed, Source source) {
        int label = source.pick(allowed);
        return new Sample(source.owned(() -> text(scheme, label, source)), label);
    }

    private static String text(Scheme scheme, int label, Source source) {
        if (scheme == SENTIMENT) {
            return LabelSentences.review(label == 0 ? 1 : label == 1 ? -1 : 0, source);
        }
        if (scheme == TOPIC) {
            return LabelSentences.topic(scheme.labels().getFirst().get(label), source);
        }
        if (scheme == INTENT) {
            return LabelSentences.intent(scheme.labels().getFirst().get(label), source);
        }
        if (scheme == LANGUAGE) {
            return LabelSentences.language(scheme.canonical().get(label), source);
        }
        if (scheme == SENTENCE) {
            return say(label == 0 ? QUESTIONS : STATEMENTS, source) + (label == 0 ? "?" : ".");
        }
        return scheme == SPAM ? say(label == 0 ? SPAM_TEXTS : HAM_TEXTS, source)
                : scheme == URGENCY ? say(label == 0 ? URGENT_TEXTS : CALM_TEXTS, source)
                        : say(label == 0 ? TOXIC_TEXTS : FRIENDLY_TEXTS, source);
    }

    private static String say(String pattern, Source source) {
        return Words.capitalise(source.say(pattern, source.word("products"), source.between(2, 900), source.firstName()));
    }
}
