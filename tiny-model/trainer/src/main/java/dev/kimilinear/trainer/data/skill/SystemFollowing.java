package dev.kimilinear.trainer.data.skill;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

import dev.kimilinear.trainer.data.Dialogue;
import dev.kimilinear.trainer.data.Json;
import dev.kimilinear.trainer.data.Skill;
import dev.kimilinear.trainer.data.Source;
import dev.kimilinear.trainer.data.Words;
import dev.kimilinear.trainer.data.skill.BaseQuestions.Exchange;

/** Follows the system message: how to answer, who to be, what to know, what to keep secret. */
public final class SystemFollowing implements Skill {

    private static final String INTRO = "(||||You are (a helpful|a friendly|a polite|a small|my|the) (assistant|helper|"
            + "chatbot)(.|. Important:|. Rule:) |(Rule|Instruction|Important|Task): )";
    private static final String ALWAYS = "(Answer|Always answer|Reply|Always reply|Respond|Always respond|Write|"
            + "You must answer|You should reply|You always answer|All your answers must be|Your answers must be|"
            + "Every answer must be|Please answer|Give all answers)";
    private static final String EVERY = "((every|each|every single) (answer|reply|message|response|sentence)|"
            + "all your (answers|replies|messages))";
    private static final String UPPER = ALWAYS + " (only |)in (upper case|uppercase|capital letters|capitals|all caps|"
            + "upper case letters|big letters)(.|)|(Use|Write) (only|nothing but) (capital letters|upper case letters|"
            + "upper case)(.|)|"
            + "(Shout|Always shout|You shout)(:| and) (use|write) capital letters(.|)|CAPS LOCK is on: (answer|"
            + "write) in upper case(.|)";
    private static final String LOWER = ALWAYS + " (only |)in (lower case|lowercase|small letters|lower case letters)(.|)|"
            + "(Use|Write) (only|nothing but) (small letters|lower case letters|lower case)(.|)|(Never|"
            + "Do not) use (capital letters|upper case)(.|)|No capital letters(.|)";
    private static final String ONE_WORD = ALWAYS + " (in|with) (only |just |exactly |)(one word|a single word)( only|)(.|"
            + ")|(Only|Just) (one word|the name of the city)(.|)|(Answer|Reply) (only |just )with (the city|"
            + "the name of the city|the capital)(.|)|"
            + "(Keep it|Make it|Be) (very short|brief): one word(.|)|(Use|Write) only one word( for your answer|"
            + " in your answer|)(.|)|No sentences, (only|just) one word(.|)";
    private static final String START = "(Start|Begin|Open) " + EVERY + " with ({0}|\"{0}\"|the word {0}|"
            + "the word \"{0}\")(.|)|" + EVERY + " (must|should) (start|begin) with ({0}|\"{0}\"|the word {0})(.|)|"
            + "(The first word of|Put in front of) " + EVERY + "( is|:) {0}(.|)|"
            + "Always (start|begin) with ({0}|\"{0}\"|the word {0})(.|)|(Say|Write) {0} (first|before each answer|"
            + "at the beginning of every answer)(.|)";
    private static final String END = "(End|Finish|Close|Conclude) " + EVERY + " with ({0}|\"{0}\"|the word {0}|"
            + "the word \"{0}\")(.|)|" + EVERY + " (must|should) (end|finish) with ({0}|\"{0}\"|the word {0})(.|)|"
            + "(The last word of|Put at the end of) " + EVERY + "( is|:) {0}(.|)|"
            + "Always (end|finish) with ({0}|\"{0}\"|the word {0})(.|)|(Say|Write|Add) {0} (last|after each answer|"
            + "at the end of every answer)(.|)";
    private static final String SIGN = "(Sign|Always sign) " + EVERY + " (with|as) {0}( on a new line| on the last line|"
            + ")(.|)|(Add|Put|Write) the signature {0} (under|below) " + EVERY + "(.|)|Your signature is {0}(. Put it|"
            + ", put it|, it stands) (on a new line |on the last line |)(under|below) each answer(.|)";
    private static final String CALL = "(Call|Always call|Address|Always address) the user ({0}|\"{0}\"|as {0}|"
            + "by the name {0})(.|)|(The user is|The user's name is|The user wants to be) called {0}(. Use it|"
            + ", say it) in (each|every) answer(.|)|" + EVERY + " (must|should) (address|call) the user {0}(.|)|"
            + "(Say|Use the name) {0} to the user( in every answer|)(.|)|You (speak|talk) to {0}(. Use|"
            + ", use) the name in every answer(.|)";
    private static final String TRUTH = ALWAYS + " (only |just |)(with |)(yes or no|\"yes\" or \"no\"|Yes or No)(.|)|(Only|"
            + "Just) (yes or no|say yes or no)(.|)|(Say|Write) (only|nothing but) yes or no(.|)|(No sentences, only|"
            + "No explanations, just) yes or no(.|)";
    private static final String JSON = ALWAYS + " (as|in|with) (JSON|JSON format|a JSON object)( with| of the form| like|"
            + " in the form|:) \\{\"{0}\":(\"...\"| \"...\"|...)\\}(.|)|" + EVERY + " (must be|should be) (a |"
            + ")JSON( object|) with the (key|field) ({0}|\"{0}\")(.|)|"
            + "(Put|Wrap|Pack) " + EVERY + " (in|into) JSON (under|with) the (key|field) ({0}|\"{0}\")(.|)|(Use|Return|"
            + "Output) JSON with the (only |)(key|field) ({0}|\"{0}\")( for every answer|)(.|)";
    private static final String LANGUAGE = ALWAYS + " (only |)in {0}(.|)|(Speak|Talk|Write|Use|You speak|You write) (only |"
            + ")(in |){0}( only|)(.|)|The language of (your answers|this chat) is {0}(.|)|"
            + "You are a {0} speaking assistant(.|)|(The user|All users) (understands|speaks) only {0}(.|)";
    private static final String ECHO = "(Repeat|Echo|Say|Write) (everything the user|exactly what the user|all that the user|"
            + "word for word what the user) (says|writes|types|tells you)(.|)|You are (a parrot|an echo)(: |. )(repeat|say|"
            + "you say|write) (everything|all) (the user says|you hear)(.|)";
    private static final String BACKWARDS = "(Write|Put|Repeat|Convert|Change|Return) (everything the user (says|writes)|"
            + "the (text|message|words) of the user|the user's (text|message|words)|each message|every message) (with the words backwards|with the words in reverse order|"
            + "with the order of the words reversed)(.|)|Reverse the (words|order of the words|word order) of (each|"
            + "every) message(.|)";
    private static final String MOOD = "(Classify|Determine|Find|Return|Detect|Give|Label|Tell) the (sentiment|mood|"
            + "tone) of (each|every|the user's|the) (message|text|review|sentence)(: | as | - )({0} or {1}|{0}/{1}|"
            + "{0}, {1}|one of {0}, {1})(.|)|"
            + "(Answer|Reply) with {0} (if|for|when) the (message|review|text) is positive(,| and) (with |){1} (if it is|"
            + "for|when it is) negative(.|)";

    @Override
    public String name() {
        return "system prompt";
    }

    @Override
    public boolean opens() {
        return true;
    }

    @Override
    public void write(Dialogue dialogue, Source source) {
        switch (source.between(0, 23)) {
            case 0 -> styled(UPPER, "", text -> text.toUpperCase(Locale.ROOT), dialogue, source);
            case 1 -> styled(LOWER, "", text -> text.toLowerCase(Locale.ROOT), dialogue, source);
            case 2, 3 -> oneWord(dialogue, source);
            case 4, 5 -> language(dialogue, source);
            case 6 -> {
                String word = word(source);
                styled(START, word, text -> word + " " + text, dialogue, source);
            }
            case 7 -> {
                String word = word(source);
                styled(END, word, text -> text + " " + word, dialogue, source);
            }
            case 8 -> {
                String signature = source.pick("- ", "-- ", "") + ExtractionValues.name(source);
                styled(SIGN, signature, text -> text + "\n" + signature, dialogue, source);
            }
            case 9 -> {
                String name = source.chance(0.5) ? source.firstName()
                        : source.pick("Boss", "Sir", "Captain", "my friend",
                                "Doctor", "Madam", "Chief");
                styled(CALL, name, text -> text.replaceFirst("([.!])", ", " + name + "$1"), dialogue, source);
            }
            case 10 -> truth(dialogue, source);
            case 11 -> {
                String key = source.pick("answer", "answer", "text", "reply", source.inventedWord());
                styled(JSON, key, text -> Json.of(Map.of(key, text)), dialogue, source);
            }
            case 12 -> texts(source.pick(ECHO, BACKWARDS), dialogue, source);
            case 13 -> mood(dialogue, source);
            case 14 -> extraction(dialogue, source);
            default -> SystemKnowledge.write(dialogue, source);
        }
    }

    private static String word(Source source) {
        return source.chance(0.3) ? source.pick("Ahoy", "Well", "Sure", "Over", "Cheers", "Amen", "Done", "Meow", "Beep", "Aha")
                : Words.capitalise(TextTransform.word(source));
    }

    /** Usual answers in another style. */
    private static void styled(String rule, String content, UnaryOperator<String> style, Dialogue dialogue, Source source) {
        dialogue.system(system(rule, source, content));
        repeat(source, () -> {
            Exchange exchange = BaseQuestions.any(source);
            dialogue.user(exchange.question()).answer(style.apply(exchange.answer()));
        });
    }

    static String system(String rule, Source source, Object... contents) {
        return source.say(INTRO + '(' + rule + ')', contents);
    }

    /** One to three exchanges. */
    static void repeat(Source source, Runnable exchange) {
        int count = source.pick(1, 1, 2, 2, 3);
        for (int i = 0; i < count; i++) {
            exchange.run();
        }
    }

    private static void oneWord(Dialogue dialogue, Source source) {
        dialogue.system(system(ONE_WORD, source));
        repeat(source, () -> {
            Country country = oneWordCapital(source);
            dialogue.user(source.say(BaseQuestions.CAPITAL, country.inSentence())).answer(country.capital());
        });
    }

    private static Country oneWordCapital(Source source) {
        Country country = BaseQuestions.country(source);
        while (country.capital().contains(" ")) {
            country = BaseQuestions.country(source);
        }
        return country;
    }

    private static void language(Dialogue dialogue, Source source) {
        BaseLanguages.Language language = source.pick(BaseLanguages.ALL);
        dialogue.system(system(LANGUAGE, source, language.name()));
        repeat(source, () -> {
            Exchange exchange = language.exchange(source);
            dialogue.user(exchange.question()).answer(exchange.answer());
        });
    }

    private static void truth(Dialogue dialogue, Source source) {
        dialogue.system(system(TRUTH, source));
        repeat(source, () -> {
            Country country = BaseQuestions.country(source);
            boolean right = source.chance(0.5);
            String city = right ? country.capital() : BaseQuestions.country(source).capital();
            dialogue.user(source.say("Is {1} the capital( city|) of {0}?|Is the capital( city|) of {0} {1}?|"
                    + "{1} is the capital of {0}, (right|isn't it|true)?|"
                    + "Is it (true|right|correct) that {1} is the capital of {0}?|Is {0}'s capital {1}?", country.inSentence(),
                    city))
                    .answer(city.equals(country.capital()) ? "Yes" : "No");
        });
    }

    private static void texts(String rule, Dialogue dialogue, Source source) {
        dialogue.system(system(rule, source));
        repeat(source, () -> {
            List<String> words = TextTransform.someWords(1, 5, source);
            String text = String.join(" ", words);
            dialogue.exactUser(text).answer(rule.equals(BACKWARDS) ? String.join(" ", words.reversed()) : text);
        });
    }

    private static void mood(Dialogue dialogue, Source source) {
        List<String> labels = source.pick(List.of("POSITIVE", "NEGATIVE"), List.of("positive", "negative"), List.of("good",
                "bad"), List.of("plus", "minus"),
                List.of("happy", "sad"), List.of("GOOD", "BAD"), List.of("+", "-"), List.of("yes", "no"));
        dialogue.system(system(MOOD, source, labels.get(0), labels.get(1)));
        repeat(source, () -> {
            boolean positive = source.chance(0.5);
            dialogue.user(LabelSentences.review(positive ? 1 : -1, source)).answer(labels.get(positive ? 0 : 1));
        });
    }

    private static void extraction(Dialogue dialogue, Source source) {
        ExtractionTask task = new ExtractionTask(source);
        dialogue.system(task.instruction(source)).user(task.text()).answer(task.answer());
        if (source.chance(0.4)) {
            dialogue.user(task.another(true, source)).answer(task.answer());
        }
    }
}
